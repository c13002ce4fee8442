"""Starting and stopping what is measured: ours, the floor, django-helpdesk; all by the same server with two workers."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.cluster import free_port
from bench.loopback import here

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
PATIENCE = 90
HELPDESK_SITE = "bench.helpdesk_site"
OURS = "config.wsgi:application"
CSRF = "b" * 32  # cookie and header only have to be the same
HELPDESK = ("django-helpdesk==2.6.1", "django>=5.2,<5.3", "psycopg[binary]>=3.2", "granian>=2")


class Server:
    """One that runs: its address and its first process."""

    def __init__(self, base: str, process: "subprocess.Popen[bytes]") -> None:
        self.base, self.process, self.pid = here(base), process, process.pid


@contextmanager
def serve(
    application: str, python: Path, env: Mapping[str, str], *, ready: str, workers: int = WORKERS
) -> Iterator[Server]:
    """Ours as bin/run starts it, others by granian itself. The whole group ends with the block, whatever happens."""
    port = free_port()
    common = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    if application == OURS:
        command = [str(python), "-m", "config.serve", *common, "--threads", str(THREADS)]
    else:
        command = [
            str(python.parent / "granian"), "--interface", "wsgi", *common, "--blocking-threads", str(THREADS),
            "--no-ws", "--respawn-failed-workers", "--log-level", "warning", application,
        ]  # fmt: skip
    given = os.environ | {"PYTHONPATH": str(ROOT), "PORT": str(port), "MALLOC_ARENA_MAX": "2"} | dict(env)
    process = subprocess.Popen(
        command, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno(), start_new_session=True
    )
    try:
        server = Server(f"http://127.0.0.1:{port}", process)
        _wait(server, ready)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _wait(server: Server, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise SystemExit(f"{path}: the server has ended; its words stand above.")
        try:
            with urllib.request.urlopen(server.base + path, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{server.base}{path} did not answer within {PATIENCE} s.")


def run(command: list[str], env: Mapping[str, str], *, quiet: bool = True) -> str:
    """One command to its end; what it printed."""
    given = os.environ | {"PYTHONPATH": str(ROOT)} | dict(env)
    done = subprocess.run(
        command, cwd=ROOT, env=given, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None, text=True, timeout=4 * 3600,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(command[-4:])} ended with {done.returncode}.\n{(done.stderr or '')[-2000:]}")
    return done.stdout


def helpdesk_python() -> Path:
    """The environment of django-helpdesk, made once under the user's cache, never in this tree."""
    cache = Path(os.environ.get("BENCH_CACHE") or Path.home() / ".cache" / "weimin-bench")
    home = cache / HELPDESK[0].replace("==", "-")
    python = home / "bin" / "python"
    stamp = home / "installed"
    if not stamp.exists():
        venv.create(home, with_pip=True, clear=True)
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *HELPDESK], {})
        stamp.write_text("\n".join(HELPDESK))
    return python
