"""Brokers that may be killed: a Redis of one's own, and one's own way to the RabbitMQ of BROKER_URL or of this machine.

The tests use them too. Nothing of the machine's is ended: what dies is what was started here, and that way.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

from bench.drills.house import free_port
from bench.loopback import here

RABBITMQ = os.environ.get("BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")
REDIS_SERVER = shutil.which("redis-server")


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
        command = [REDIS_SERVER, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
        _wait_for(self.port)
        assert self._process.poll() is None, f"port {self.port} was somebody else's by then"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


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
    made = Redis() if kind == "redis" else WayToRabbit(here(RABBITMQ))
    try:
        yield made
    finally:
        made.kill()
        if isinstance(made, WayToRabbit):
            from kombu import Connection  # only here: every run of the tests reads this file

            with Connection(here(RABBITMQ)) as connection:
                connection.default_channel.queue_delete(queue)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while not answers(f"redis://127.0.0.1:{port}"):
        assert time.monotonic() < until, "redis-server did not start"
        time.sleep(0.02)
