"""One POST to a program outside: no redirects, a time limit, and a clear word for how far it came."""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_MOST_BYTES = 64 * 1024


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
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds, may)
    try:
        try:
            connection.connect()
        except (OSError, ValueError) as trouble:  # a name that cannot be looked up may be a ValueError
            raise NotSent(str(trouble)) from trouble
        try:
            connection.request("POST", path, body, dict(headers))
            reply = connection.getresponse()
            return Answer(reply.status, reply.read(_MOST_BYTES))
        except (OSError, http.client.HTTPException) as trouble:
            raise Unsure(f"{type(trouble).__name__} {trouble}") from trouble
    finally:
        connection.close()


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
