-- wrk script. One request body a line of $BENCH_BODIES, headers from $BENCH_HEADERS ("Name: value" lines), paths from
-- $BENCH_PATHS (one a line; the given path when empty), method $BENCH_METHOD, and, where $BENCH_KEY is set, an
-- Idempotency-Key that no other request has. Prints one line of JSON that begins with "BENCH ".
local bodies, paths, headers = {}, {}, {}
local method = os.getenv("BENCH_METHOD") or "GET"
local key = os.getenv("BENCH_KEY")
local sent = 0

local function lines_of(name, into)
  local file = os.getenv(name)
  if file then for line in io.lines(file) do into[#into + 1] = line end end
end

lines_of("BENCH_BODIES", bodies)
lines_of("BENCH_PATHS", paths)
for line in string.gmatch(os.getenv("BENCH_HEADERS") or "", "[^\n]+") do
  local name, value = string.match(line, "^([^:]+):%s*(.*)$")
  if name then headers[name] = value end
end

local offset = tonumber(os.getenv("BENCH_OFFSET") or "0")

function request()
  sent = sent + 1
  local at = offset + sent
  if key then headers["Idempotency-Key"] = key .. "-" .. at end
  local body = #bodies > 0 and bodies[at % #bodies + 1] or nil
  local path = #paths > 0 and paths[at % #paths + 1] or nil
  return wrk.format(method, path, headers, body)
end

function done(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format(
    'BENCH {"requests":%d,"seconds":%.4f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"non2xx":%d,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, wrong.status, wrong.connect + wrong.read + wrong.write + wrong.timeout))
end
