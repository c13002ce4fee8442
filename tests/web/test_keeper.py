"""What built the house makes room for its workers, and builds it anew when one of them is gone."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bench.cluster import free_port
from config import keeper, serve

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
# as many as there are numbers, each of which ends by itself after so many seconds
DIVIDED = (
    f"import os, sys, time; sys.path.insert(0, {str(ROOT)!r}); from config import keeper; kept = []\n"
    "for seconds in map(float, sys.argv[1].split(',')):\n"
    "    pid = os.fork()\n"
    "    if not pid: time.sleep(seconds); os._exit(3)\n"
    "    kept.append(pid)\n"
    "keeper.keep(kept, [], [])"
)


def until(wanted):
    end = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.1)


def children(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def is_keeper(pid: int) -> bool:
    return b"keeper.py\0keep" in Path(f"/proc/{pid}/cmdline").read_bytes()


def anonymous_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


@contextmanager
def serving(home: Path, *, workers: int) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    env = os.environ | {"WEIMIN_HOME": str(home), "DATABASE_URL": "", "PORT": str(port)}
    command = [sys.executable, "-m", "config.serve", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            until(lambda: lives(f"http://127.0.0.1:{port}/health/live"))
            yield f"http://127.0.0.1:{port}/health/live", process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def lives(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.read() == b"alive\n")
    return False


def test_a_worker_that_is_killed_is_replaced_while_the_other_serves(tmp_path):
    with serving(tmp_path, workers=2) as (url, process):
        until(lambda: is_keeper(process.pid))
        first = children(process.pid)
        assert (len(first), anonymous_mib(process.pid) < 8) == (2, True)
        time.sleep(keeper.SOON + 3)  # the keeper itself begins a moment later
        os.kill(min(first), signal.SIGKILL)
        until(lambda: not is_keeper(process.pid))
        assert (lives(url), children(process.pid)) == (True, {max(first)})
        until(lambda: is_keeper(process.pid) and not children(process.pid) & first)
        assert (lives(url), len(children(process.pid))) == (True, 2)
        left = children(process.pid)
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == []


def test_one_worker_alone_is_replaced_at_once(tmp_path):
    with serving(tmp_path, workers=1) as (url, process):
        assert not is_keeper(process.pid)
        (only,) = children(process.pid)
        os.kill(only, signal.SIGKILL)
        until(lambda: children(process.pid) not in ({only}, set()) and lives(url))
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_worker_that_ends_as_soon_as_it_begins_stops_the_server():
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", DIVIDED, "600,600,0.5"], capture_output=True, text=True, timeout=PATIENCE, cwd="/"
    )
    assert done.returncode == 1
    assert [line.split('"event": ')[1] for line in done.stderr.splitlines()] == [
        '"A worker has ended by itself"}',
        '"A worker ended as soon as it had begun: the server stops, see the lines above"}',
    ]
    assert time.monotonic() - began < 60


def test_where_the_house_cannot_be_built_anew_those_who_serve_end_too(monkeypatch):
    told: list[set[int]] = []
    monkeypatch.setattr(keeper, "tell", told.append)
    monkeypatch.setattr(serve, "build", lambda: 1 / 0)
    monkeypatch.setattr(serve, "give_back", lambda: None)
    with pytest.raises(ZeroDivisionError):
        keeper.renew({41, 42}, ["--port", "1"])
    assert told == [{41, 42}]
