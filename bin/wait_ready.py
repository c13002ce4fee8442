"""Wait until the pages answer: wait_ready.py URL PID. Ends at once when that process ends."""

import os
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 60


def answer(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 -- our own address, from bin/run
            return response.status, ""
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(errors="replace").strip()
    except OSError as silent:
        return 0, str(silent)


def main(url: str, pid: int) -> int:
    until = time.monotonic() + PATIENCE_SECONDS
    status, reason = 0, ""
    while time.monotonic() < until:
        status, reason = answer(url)
        if status == 200:
            return 0
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            print("The server has ended; is the port free?", file=sys.stderr)
            return 1
        time.sleep(0.1)
    print(f"Not ready after {PATIENCE_SECONDS} seconds: {status} {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
