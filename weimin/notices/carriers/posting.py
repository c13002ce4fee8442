"""One request to a program outside: no redirects, a time limit, and a clear word for how far it came."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_MOST_BYTES = 64 * 1024
_TRICKLE = 3  # times the limit of one wait: whoever sends a byte now and then is cut off after so long


class NotSent(Exception):
    """Nothing has reached the other side."""


class Unsure(Exception):
    """It may have reached the other side: no answer came, or none that can be read."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


Judge = Callable[[str], bool]  # whether we may speak to this network address


def post(url: str, body: bytes, *, headers: Mapping[str, str], seconds: float, may: Judge | None = None) -> Answer:
    """Send and wait. With `may`, the name is looked up once and only an address that is allowed is spoken to."""
    return ask("POST", url, body, headers=headers, seconds=seconds, may=may)


def ask(
    method: str, url: str, body: bytes | None = None, *, headers: Mapping[str, str], seconds: float,
    may: Judge | None = None, most: int = _MOST_BYTES,
) -> Answer:  # fmt: skip
    """The same by any method; at most so many bytes of the answer are read."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds, may)
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as trouble:  # a name that cannot be looked up may be a ValueError
            raise NotSent(str(trouble)) from trouble
        with _cut_off(connection, seconds * _TRICKLE) as cut:
            try:
                connection.request(method, path, body, dict(headers))
                reply = connection.getresponse()
                answer = Answer(reply.status, reply.read(most))
                if cut.is_set():  # half an answer can look like a whole one
                    raise TimeoutError("the answer only trickled in")
            except (OSError, http.client.HTTPException) as trouble:
                raise Unsure(f"{type(trouble).__name__} {trouble}") from trouble
            return answer
    finally:
        connection.close()


@contextmanager
def _cut_off(connection: "_Plain | _Sealed", seconds: float) -> Iterator[threading.Event]:
    """The time limit of a socket counts anew at every byte; this one does not. Says whether it came to that."""
    line, cut = connection.sock, threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError):  # closed by itself in the meantime
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()


def _connection(scheme: str, host: str, port: int | None, seconds: float, may: Judge | None) -> "_Plain | _Sealed":
    if scheme == "https":
        return _Sealed(host, port, seconds, may)
    return _Plain(host, port, seconds, may)


def _socket_to(host: str, port: int, seconds: float, may: Judge | None) -> socket.socket:
    """Looked up once: the address that was judged is the address that is called."""
    trouble: OSError = OSError(f"{host} has no address we may speak to")
    for *_kind, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if may is not None and not may(str(address[0])):
            continue
        try:
            return socket.create_connection((str(address[0]), port), seconds)
        except OSError as failed:
            trouble = failed
    raise trouble


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, port: int | None, seconds: float, may: Judge | None) -> None:
        super().__init__(host, port, timeout=seconds)
        self._seconds, self._may = seconds, may

    def connect(self) -> None:
        self.sock = _socket_to(self.host, self.port, self._seconds, self._may)


class _Sealed(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int | None, seconds: float, may: Judge | None) -> None:
        self._seal = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._seal)
        self._seconds, self._may = seconds, may

    def connect(self) -> None:
        plain = _socket_to(self.host, self.port, self._seconds, self._may)
        try:
            self.sock = self._seal.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
