"""A PostgreSQL of its own for one measurement: durable, counting its statements, gone at the end.

python -m bench.cluster                 # makes one, prints its address, removes it when standard input ends
python -m bench.cluster --dsn postgresql://...   # only looks whether that server is fit to be measured
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.loopback import here

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "pg_stat_statements.max": "10000",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}
MUST = ("fsync", "synchronous_commit", "full_page_writes")
BEGINNINGS = "'^(begin|commit|rollback|savepoint|release|set local role)'"

# A deferred foreign key is looked up by the database itself, at COMMIT: no round trip, and nobody sent it.
CHECKS = "'^select .* from only .* for key share of x$'"


@dataclass(frozen=True)
class Cluster:
    """A server and its first process, whose children are all that it costs."""

    url: str
    pid: int | None

    def database(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, name: str) -> str:
        query(self.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        query(self.url, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        query(self.database(name), "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        return self.database(name)


def query(url: str, sql: str) -> str:
    """The answer as plain text, columns by |, through psql: no driver is needed here."""
    done = subprocess.run(
        ["psql", here(url), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], capture_output=True, text=True, timeout=3600
    )
    if done.returncode:
        raise SystemExit(f"{sql[:80]}: {done.stderr.strip()}")
    return done.stdout.strip()


def statements(url: str) -> tuple[int, int, int]:
    """What this database has done: statements sent to it, those that only frame a transaction, its own checks."""
    sql = (
        f"SELECT coalesce(sum(calls) FILTER (WHERE query !~* {BEGINNINGS} AND query !~* {CHECKS}), 0), "
        f"coalesce(sum(calls) FILTER (WHERE query ~* {BEGINNINGS}), 0), "
        f"coalesce(sum(calls) FILTER (WHERE query ~* {CHECKS}), 0) FROM pg_stat_statements s "
        "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() "
        "AND query NOT ILIKE '%pg_stat_statements%'"
    )
    asked, framed, checked = query(url, sql).split("|")
    return int(asked), int(framed), int(checked)


def programs() -> Path:
    """Where initdb stands: the newest that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SystemExit("PostgreSQL's server programs are not installed: apt-get install postgresql")
    return Path(on_path).resolve().parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _as_postgres(command: list[str]) -> list[str]:
    """The server refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _run(command: list[str]) -> None:
    done = subprocess.run(_as_postgres(command), capture_output=True, text=True, cwd="/", timeout=300)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stdout}{done.stderr}")


@contextmanager
def cluster(dsn: str = "", kept: Path | None = None) -> Iterator[Cluster]:
    """The server of this address if one is given, else the one in the folder that is kept, else a new one.

    What is kept is made at the first call and stopped cleanly; what is not is gone at the end.
    """
    if dsn:
        fit(here(dsn))
        yield Cluster(dsn, _postmaster(dsn))
        return
    home = kept or Path(tempfile.mkdtemp(prefix="weimin-bench-pg-"))
    data = home / "data"
    control = [str(programs() / "pg_ctl"), "-D", str(data), "-w"]
    try:
        if not data.exists():
            _initialised(home, data)
        port = free_port()
        _run([*control, "-t", "60", "-o", f"-p {port}", "-l", str(home / "log"), "start"])
        yield Cluster(f"postgresql://bench@127.0.0.1:{port}/postgres", int((data / "postmaster.pid").open().readline()))
    finally:
        if (data / "postmaster.pid").exists():
            _run([*control, "-m", "fast" if kept else "immediate", "stop"])
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def _initialised(home: Path, data: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    _run([str(programs() / "initdb"), "-D", str(data), "-U", "bench", "--auth=trust", "-E", "UTF8", "--no-sync"])
    with (data / "postgresql.conf").open("a") as file:
        settings = SETTINGS | {"unix_socket_directories": str(home)}
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def fit(url: str) -> None:
    """A comparison on a server that forgets, or does not count, is none."""
    wrong = [name for name in MUST if query(url, f"SHOW {name}") != "on"]
    if "pg_stat_statements" not in query(url, "SHOW shared_preload_libraries"):
        wrong.append("shared_preload_libraries = pg_stat_statements")
    if wrong:
        raise SystemExit(f"This server is not fit to be measured: {', '.join(wrong)} is not on.")


def _postmaster(url: str) -> int | None:
    """Its first process, where we may see it."""
    file = query(url, "SELECT current_setting('data_directory') || '/postmaster.pid'")
    try:
        return int(Path(file).open().readline())
    except OSError:
        return None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", default=os.environ.get("BENCH_DSN", ""))
    with cluster(asked.parse_args().dsn) as made:
        print(json.dumps({"url": made.url, "pid": made.pid}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
