"""A small county of its own on either database, served as bin/run serves it, that can be killed and started again."""

import copy
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.loopback import here

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = Path(os.environ.get("WEIMIN_VENV", ROOT / ".venv")) / "bin" / "python"
PATIENCE = 60
APPLICATION = "config.wsgi:application"
WORK = ("manage.py", "work")


class House:
    """Where it lives, how it is called, and the processes that serve it now."""

    def __init__(self, home: Path, url: str, tree: Path = ROOT, *, log: Path | None = None, **more: str) -> None:
        self.home, self.port, self.tree = home, free_port(), tree
        self.database = "postgresql" if url else "sqlite"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WEIMIN_")},
            "WEIMIN_HOME": str(home), "DATABASE_URL": url, "WEIMIN_COUNTY": "990101", "WEIMIN_SAMPLE": "0",
            "WEIMIN_RATE_LIMITS": "0", "PORT": str(self.port), "PYTHONPATH": str(tree), "MALLOC_ARENA_MAX": "2", **more,
        }  # fmt: skip
        self.log = (log or home / "drill.log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.manage("prepare")
        self.manage("sample_county", "--small")
        self.token = json.loads((home / "demo.json").read_text())["tokens"]["TAKE_IN"]

    def beside(self, tree: Path) -> "House":
        """Another version of the code on the same home and database, at a port of its own."""
        other = copy.copy(self)
        other.tree, other.port, other.processes = tree, free_port(), []
        other.env = {**self.env, "PORT": str(other.port), "PYTHONPATH": str(tree)}
        return other

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run_module(self, module: str, *words: str) -> None:
        """A program of the drills, in the surroundings of this house."""
        command = [str(PYTHON), "-m", module, *words]
        done = subprocess.run(command, cwd=self.tree, env=self.env, capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise SystemExit(f"{module} {' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")

    def manage(self, *words: str, **more: str) -> str:
        done = self.try_manage(*words, **more)
        if done.returncode:
            raise SystemExit(f"manage.py {' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def try_manage(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        command, env = [str(PYTHON), str(self.tree / "manage.py"), *words], {**self.env, **more}
        return subprocess.run(command, cwd=self.tree, env=env, capture_output=True, text=True, timeout=600)

    def start(
        self, *, worker: bool = True, application: str = APPLICATION, work: tuple[str, ...] = WORK, **more: str
    ) -> float:
        """Serve; the seconds until it is ready. `work` is how the background work is started."""
        began = time.monotonic()
        server = ("config.serve",) if application == APPLICATION else ("bench.drills.other_way_in", application)
        workers = "2" if self.env["DATABASE_URL"] else "1"
        how = ("--port", str(self.port), "--workers", workers, "--threads", "4")
        self._begin([str(PYTHON), "-m", *server, *how], more)
        if worker:
            self._begin([str(PYTHON), *work], {})
        self.wait_ready()
        return time.monotonic() - began

    def _begin(self, command: list[str], more: dict[str, str]) -> None:
        self.processes.append(
            subprocess.Popen(
                command, cwd=self.tree, env={**self.env, **more}, stdin=subprocess.DEVNULL, stdout=self.log,
                stderr=self.log, start_new_session=True,
            )
        )  # fmt: skip

    def workers(self) -> set[int]:
        """The processes between which the server is divided now, and those it has lost and not yet buried."""
        server = self.processes[0].pid
        return {int(one) for one in Path(f"/proc/{server}/task/{server}/children").read_text().split()}

    def wait_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with (
                suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(here(f"{self.base}/health/ready"), timeout=5),
            ):
                return
            time.sleep(0.05)
        raise SystemExit(f"{self.base} was not ready within {PATIENCE} s; see {self.home / 'drill.log'}")

    def kill(self) -> None:
        """SIGKILL to everything at once: no process says goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, word: signal.Signals) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, word)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(15)
            with suppress(ProcessLookupError):  # a worker outlives its parent that was killed alone
                os.killpg(process.pid, signal.SIGKILL)
        self.processes.clear()

    def audit(self) -> dict[str, Any]:
        """What is in the database now, asked by a process of its own."""
        return self._asked()

    def late(self, seconds: float) -> dict[str, int]:
        """How many matters are past their date so many seconds from now, and how many of those in silence."""
        return self._asked(str(seconds))

    def _asked(self, *words: str) -> dict[str, Any]:
        command = [str(PYTHON), "-m", "bench.drills.audit", *words]
        done = subprocess.run(command, cwd=self.tree, env=self.env, capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise SystemExit(f"The audit could not be made: {done.stderr[-2000:]}")
        return dict(json.loads(done.stdout))


@contextmanager
def house(database: str, *, cluster: "Cluster | None" = None, tree: Path = ROOT) -> Iterator[House]:
    """A county on `sqlite` or `postgresql`, gone at the end; the log is kept if something fails."""
    home = Path(tempfile.mkdtemp(prefix="weimin-drill-"))
    with own_cluster(cluster) if database == "postgresql" else no_cluster() as server:
        here = House(home, server.create() if server else "", tree)
        try:
            yield here
        finally:
            here.stop()
            here.log.close()
    shutil.rmtree(home, ignore_errors=True)


# --- a PostgreSQL that may be killed --------------------------------------------------------------------------------


class Cluster:
    """A durable server of its own: fsync and synchronous_commit are on, as in service."""

    def __init__(self, home: Path, *, initdb: tuple[str, ...] = (), settings: str = "") -> None:
        self.home, self.port, self.count = home, free_port(), 0
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        at = found[-1] if found else Path(shutil.which("initdb") or "initdb").resolve()
        self.programs = at.parent
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        self.run("initdb", "-D", self.data, "-U", "drill", "--auth=trust", "-E", "UTF8", *initdb)
        with open(f"{self.data}/postgresql.conf", "a") as file:
            file.write(
                f"port = {self.port}\nunix_socket_directories = '{home}'\nlisten_addresses = '127.0.0.1'\n"
                f"fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nshared_buffers = 64MB\n{settings}"
            )
        self.start()

    @property
    def data(self) -> str:
        return str(self.home / "data")

    def run(self, program: str, *words: str) -> str:
        done = self.try_run(program, *words)
        if done.returncode:
            raise SystemExit(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def try_run(self, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=300)

    def start(self) -> None:
        if self.try_start():
            raise SystemExit(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-2000:]}")

    def try_start(self) -> int:
        """pg_ctl's own word: 0 if it runs."""
        return self.try_run(
            "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", str(self.home / "log"), "start"
        ).returncode

    def runs(self) -> bool:
        return self.try_run("pg_ctl", "-D", self.data, "status").returncode == 0

    def stop(self) -> None:
        if Path(self.data, "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def kill(self) -> None:
        """SIGKILL to the server and every process of it."""
        first = int(Path(self.data, "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{first}").exists():
            time.sleep(0.02)
        time.sleep(0.2)  # the last children see that their first process is gone

    def create(self) -> str:
        self.count += 1
        name = f"weimin{self.count}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "drill", "-T", "template0", name)
        return f"postgresql://drill@127.0.0.1:{self.port}/{name}"


@contextmanager
def own_cluster(given: Cluster | None = None) -> Iterator[Cluster]:
    if given is not None:
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="weimin-drill-pg-"))
    cluster = Cluster(home)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def no_cluster() -> Iterator[None]:
    yield None


def has_ended(process: int) -> bool:
    """Gone, or a name that its parent has not yet struck out."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
