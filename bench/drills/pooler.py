"""A PgBouncer of one's own before any PostgreSQL, gone at the end. The tests use it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from bench.drills.house import free_port
from bench.loopback import here

PGBOUNCER = shutil.which("pgbouncer") or next(filter(os.path.exists, ["/usr/sbin/pgbouncer"]), None)
# whoever comes is let in, from this machine alone, as the one role that the server is asked by
SETTINGS = """[databases]
{name} = host={host} port={port} dbname={name} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def pgbouncer(url: str, *, mode: str, size: int) -> Iterator[str]:
    """The address of the same database through the pooler, which keeps so many connections to the server."""
    assert PGBOUNCER is not None
    there, own = urlsplit(here(url)), free_port()
    home = Path(tempfile.mkdtemp(prefix="weimin-drill-pooler-"))
    file = home / "pgbouncer.ini"
    words = SETTINGS.format(
        name=there.path.strip("/"), host=there.hostname, port=there.port or 5432, user=unquote(there.username or ""),
        password=unquote(there.password or ""), own=own, mode=mode, size=size,
    )  # fmt: skip
    file.write_text(words)
    command = [PGBOUNCER, "-q", str(file)]
    if os.geteuid() == 0:  # it refuses to run as root
        for path in (home, file):
            shutil.chown(path, "postgres")
        command = ["runuser", "-u", "postgres", "--", *command]
    process = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL)
    at = urlunsplit(there._replace(netloc=f"{there.username}:{there.password}@127.0.0.1:{own}"))
    try:
        _wait_for(at)
        yield at
    finally:
        process.terminate()
        process.wait(15)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        time.sleep(0.05)
    raise SystemExit("PgBouncer did not begin within 15 s.")
