"""The same closed loop with threads of Python, where wrk is not installed or answers are too slow for a window."""

import http.client
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bench.load import Target

PATIENCE = 300


def by_threads(target: "Target", clients: int, seconds: float, most: int | None = None) -> dict[str, Any]:
    """Until the time is over, or each client has asked `most` times. At least one request is made."""
    bodies, paths = _lines(target.bodies), _lines(target.paths)
    until, counted, lock = time.monotonic() + seconds, [], threading.Lock()
    wrong = {"non2xx": 0, "errors": 0}

    def client(number: int) -> None:
        parts = urlsplit(target.url)
        line = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=PATIENCE)
        plain = parts.path + (f"?{parts.query}" if parts.query else "")
        asked = 0
        while (asked == 0 or time.monotonic() < until) and (most is None or asked < most):
            at = target.sent + asked * clients + number
            asked += 1
            began = time.monotonic()
            failed = _ask(line, target, paths[at % len(paths)] if paths else plain, bodies, at)
            with lock:
                counted.append(time.monotonic() - began)
                if failed:
                    wrong[failed] += 1
        line.close()

    started = time.monotonic()
    threads = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    counted.sort()
    last = len(counted) - 1
    return {
        "requests": len(counted),
        "seconds": took,
        "p50_ms": round(counted[last // 2] * 1000, 3),
        "p99_ms": round(counted[int(last * 0.99)] * 1000, 3),
        "max_ms": round(counted[last] * 1000, 3),
        **wrong,
        "by": "threads of Python",
    }


def _lines(file: Path | None) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file else []


def _ask(line: http.client.HTTPConnection, target: "Target", path: str, bodies: list[str], at: int) -> str:
    headers = dict(target.headers)
    if target.key:
        headers["Idempotency-Key"] = f"{target.key}-one-{at}-{time.monotonic_ns()}"
    body = bodies[at % len(bodies)].encode() if bodies else None
    try:
        line.request(target.method, path, body, headers)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        line.close()
        return "errors"
    return "" if 200 <= answer.status < 300 else "non2xx"
