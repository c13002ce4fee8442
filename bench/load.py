"""Closed-loop load on one address: so many clients, each asking again as soon as it is answered.

    python -m bench.load --url http://127.0.0.1:8000/api/v1/matters --method POST --bodies FILE --key run1 \\
        --header 'Authorization: Bearer ...' --conc 1 8 32 --rounds 3 --seconds 8 [--pid SERVER] [--dsn DATABASE]

With wrk where it is installed, else with threads of Python (which cost CPU of their own: it is said in the answer).
CPU per request stays comparable when something else keeps the machine busy; requests a second do not.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import watch
from bench.cluster import statements
from bench.loopback import here
from bench.threads import by_threads

LUA = Path(__file__).with_name("load.lua")
SLOW_SECONDS = 0.4
SLOW_REQUESTS = 3


@dataclass
class Target:
    """What is asked, and whose cost is counted. `sent` goes on from round to round, so that keys never repeat."""

    name: str
    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    bodies: Path | None = None
    paths: Path | None = None
    key: str = ""
    pid: int | None = None
    database_pid: int | None = None
    dsn: str = ""
    sent: int = 0

    def __post_init__(self) -> None:
        here(self.url)
        if self.dsn:
            here(self.dsn)


def measure(target: Target, clients: int, seconds: float) -> dict[str, Any]:
    """One level of one round. What wrk leaves unanswered at the end is still worked on, and is counted as work."""
    slow = _is_slow(target)
    before, began = _cost(target), watch.machine()
    said = _load(target, clients, seconds, slow=slow)
    ended = watch.machine()
    watch.calm(target.pid)
    after = _cost(target)
    done = said["requests"] + (clients if said["by"] == "wrk" else 0)
    target.sent += done + 1
    used = {name: round((after[name] - before[name]) / done, 3) for name in before}
    busy = round((ended[0] - began[0]) / max(1, ended[1] - began[1]), 3)
    return said | used | {"rps": round(said["requests"] / said["seconds"], 2), "machine_busy": busy}


def _cost(target: Target) -> dict[str, float]:
    """What the server and its database have used and been asked so far."""
    asked, framed, checked = statements(target.dsn) if target.dsn else (0, 0, 0)
    return {
        "server_cpu_ms": watch.cpu_seconds(target.pid) * 1000,
        "database_cpu_ms": watch.cpu_seconds(target.database_pid) * 1000,
        "statements": asked,
        "begin_commit": framed,
        "key_checks": checked,
    }


def _load(target: Target, clients: int, seconds: float, *, slow: bool) -> dict[str, Any]:
    if slow:  # a window would hold too few: some are asked one after another and timed singly
        return by_threads(target, 1, 600, most=SLOW_REQUESTS) | {"by": "one after another"}
    if shutil.which("wrk") is None:
        return by_threads(target, clients, seconds)
    env = os.environ | {
        "BENCH_METHOD": target.method,
        "BENCH_HEADERS": "\n".join(f"{name}: {value}" for name, value in target.headers.items()),
        "BENCH_OFFSET": str(target.sent),
    }
    for name, value in (("BODIES", target.bodies), ("PATHS", target.paths), ("KEY", target.key)):
        if value:
            env[f"BENCH_{name}"] = str(value)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "60s", "-s", str(LUA), target.url],
        env=env, capture_output=True, text=True, timeout=seconds + 120,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if not lines:
        raise SystemExit(f"{target.name}: wrk said nothing. {done.stdout[-300:]}{done.stderr[-300:]}")
    return json.loads(lines[0].removeprefix("BENCH ")) | {"by": "wrk"}


def _is_slow(target: Target) -> bool:
    """One request warms up and shows whether the address is right: a way to the sign-in would be quick too."""
    started = time.monotonic()
    first = by_threads(target, 1, 0, most=1)
    if first["non2xx"] or first["errors"]:
        raise SystemExit(f"{target.name}: the first answer was no success; nothing was measured.")
    target.sent += 1
    took = time.monotonic() - started
    watch.calm(target.pid)
    return took > SLOW_SECONDS


def middle(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of the rounds, the spread of requests a second, and every answer that failed."""
    names = ("rps", "p50_ms", "p99_ms", "server_cpu_ms", "database_cpu_ms", "statements", "begin_commit", "key_checks")
    said: dict[str, Any] = {name: round(median(one[name] for one in rounds), 3) for name in names}
    said["rps_from_to"] = [min(one["rps"] for one in rounds), max(one["rps"] for one in rounds)]
    said["requests"] = sum(one["requests"] for one in rounds)
    said["failed"] = sum(one["non2xx"] + one["errors"] for one in rounds)
    said["machine_busy"] = [one["machine_busy"] for one in rounds]
    said["by"] = rounds[0]["by"]
    return said


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--url", required=True)
    asked.add_argument("--method", default="GET")
    asked.add_argument("--header", action="append", default=[])
    asked.add_argument("--bodies", type=Path)
    asked.add_argument("--paths", type=Path)
    asked.add_argument("--key", default="", help="send an Idempotency-Key that begins so")
    asked.add_argument("--conc", type=int, nargs="+", default=[1, 8, 32])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--pid", type=int)
    asked.add_argument("--database-pid", type=int)
    asked.add_argument("--dsn", default=os.environ.get("BENCH_DSN", ""))
    given = asked.parse_args()
    target = Target(
        "load", given.url, given.method, dict(line.split(": ", 1) for line in given.header), given.bodies,
        given.paths, given.key, given.pid, given.database_pid, given.dsn,
    )  # fmt: skip
    rounds: dict[int, list[dict[str, Any]]] = {clients: [] for clients in given.conc}
    for _round in range(given.rounds):  # rounds outside: what drifts hits every level alike
        for clients in given.conc:
            rounds[clients].append(measure(target, clients, given.seconds))
    print(json.dumps({str(clients): middle(found) for clients, found in rounds.items()}))


if __name__ == "__main__":
    main()
