"""Brokers that may be killed: a Redis and a RabbitMQ of one's own, and one's own way to the RabbitMQ of BROKER_URL.

The tests use them too. Nothing of the machine's is ended: what dies is what was started here, and that way.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.drills.house import free_port
from bench.loopback import here

RABBITMQ = os.environ.get("BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")
REDIS_SERVER = shutil.which("redis-server")
RABBITMQ_SERVER = next(
    iter(Path("/usr/lib/rabbitmq").glob("bin/rabbitmq-server")), None
)  # Debian's; /usr/sbin's is root's
NODE_CONF = "listeners.tcp.local = 127.0.0.1:{port}\ndisk_free_limit.absolute = 50MB\n"


def answers(url: str) -> bool:
    at = urlsplit(url)
    with suppress(OSError), socket.create_connection((at.hostname or "127.0.0.1", at.port or 5672), timeout=2):
        return True
    return False


class Redis:
    """A server of one's own that keeps nothing; `kill` takes all its messages with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.up()

    def up(self) -> None:
        assert REDIS_SERVER is not None
        command = [REDIS_SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--dbfilename", f"weimin-drill-{self.port}.rdb"]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
        _wait_for(self.port)
        assert self._process.poll() is None, f"port {self.port} was somebody else's by then"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Rabbit:
    """A RabbitMQ node of one's own. `kill` is SIGKILL; what it had on disk is there when it is up again."""

    def __init__(self) -> None:
        self.port, names = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._home = Path(tempfile.mkdtemp(prefix="weimin-drill-rabbit-"))
        for file, words in (("node.conf", NODE_CONF.format(port=self.port)), ("plugins", "[].\n"), ("none", "")):
            (self._home / file).write_text(words)
        self._env = {
            **os.environ, "HOME": str(self._home), "RABBITMQ_NODENAME": f"drill{self.port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": f"{self._home}/none", "RABBITMQ_CONFIG_FILE": f"{self._home}/node",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{self._home}/plugins", "RABBITMQ_MNESIA_BASE": f"{self._home}/mnesia",
            "RABBITMQ_LOG_BASE": f"{self._home}/log", "RABBITMQ_PID_FILE": f"{self._home}/pid",
            "RABBITMQ_DIST_PORT": str(free_port()), "ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }  # fmt: skip
        # Erlang's directory of nodes, in the foreground: else the node starts one that outlives it
        self._names = subprocess.Popen(["epmd", "-address", "127.0.0.1", "-port", str(names)], env=self._env)
        self.up()

    def up(self) -> None:
        self._process = subprocess.Popen(
            [str(RABBITMQ_SERVER)], env=self._env, cwd=self._home, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        _wait_for(self.port, seconds=120)
        assert self._process.poll() is None, f"port {self.port} was somebody else's by then"

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def gone(self) -> None:
        self.kill()
        self._names.kill()
        self._names.wait()
        shutil.rmtree(self._home, ignore_errors=True)


class WayToRabbit:
    """A port of one's own that leads to RabbitMQ; `kill` cuts every connection and lets nobody in."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._there = (there.hostname or "127.0.0.1", there.port or 5672)
        self.port = free_port()
        self.url = urlunsplit(there._replace(netloc=f"{there.username}:{there.password}@127.0.0.1:{self.port}"))
        self._ends: list[socket.socket] = []
        self.up()

    def up(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=[self._door], daemon=True).start()

    def kill(self) -> None:
        for end in [self._door, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _let_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _address = door.accept()
                server = socket.create_connection(self._there)
                self._ends += [caller, server]
                for one, other in ((caller, server), (server, caller)):
                    threading.Thread(target=_pass_on, args=[one, other], daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while heard := one.recv(65536):
            other.sendall(heard)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


@contextmanager
def broker(kind: str, queue: str) -> Iterator[Redis | WayToRabbit]:
    """`redis` as a server, `rabbitmq` as a way to the one that is there; its queue is gone at the end."""
    made = Redis() if kind == "redis" else WayToRabbit(here(RABBITMQ))
    try:
        yield made
    finally:
        made.kill()
        if isinstance(made, WayToRabbit):
            from kombu import Connection  # only here: every run of the tests reads this file

            with Connection(here(RABBITMQ)) as connection:
                connection.default_channel.queue_delete(queue)


@contextmanager
def rabbit_node() -> Iterator[Rabbit]:
    node = Rabbit()
    try:
        yield node
    finally:
        node.gone()


def _wait_for(port: int, *, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not answers(f"any://127.0.0.1:{port}"):
        assert time.monotonic() < until, f"nothing answers at port {port}"
        time.sleep(0.02)
