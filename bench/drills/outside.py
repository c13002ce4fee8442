"""The world outside on this machine: a text message gateway and a mail server that are down, slow, broken or repeat.

Each keeps the marks of what it took: what it took is what a resident would have received.
"""

import base64
import hashlib
import hmac
import json
import re
import socketserver
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "whsec_" + base64.b64encode(b"the gateway and the county know").decode()
WELL, DOWN, SLOW, BREAKING, BUSY, REPEATING = "well", "down", "slow", "breaking", "busy", "repeating"
TOO_LONG = 2.0  # seconds: longer than the house is told to wait
_MARK = re.compile(rb"w\d{6}\.(\d+)\.[0-9a-f]{20}")


def signed(body: bytes, message_id: str) -> dict[str, str]:
    """The headers of Standard Webhooks, worked out from its text."""
    stamp = str(int(time.time()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id, "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(), "Content-Type": "application/json",
    }  # fmt: skip


class Outside(ABC):
    """What both have: how they behave now, and what they took, by the row of the message."""

    def __init__(self) -> None:
        self.port, self.behaves, self.taken, self.marks = 0, WELL, [], []  # type: int, str, list[int], list[str]
        self._server: socketserver.TCPServer | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def take(self, message: bytes) -> str:
        """The mark of this message, noted down."""
        found = _MARK.search(message)
        assert found is not None, "a message of ours carries a mark"
        with self._lock:
            self.taken.append(int(found[1]))
            self.marks.append(found[0].decode())
        return found[0].decode()

    def turn(self) -> int:
        with self._lock:
            return len(self.taken)

    def up(self) -> None:
        """On the same port as before, if there was one."""
        self._server = self.make()
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def down(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    @abstractmethod
    def make(self) -> socketserver.TCPServer:
        """A server that behaves as this one is told to."""


class Gateway(Outside):
    """Takes text messages by HTTP."""

    def make(self) -> socketserver.TCPServer:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outside.behaves == BUSY:
                    return self._say((503, 429)[len(body) % 2])
                outside.take(body)
                if outside.behaves == SLOW:
                    time.sleep(TOO_LONG)
                if outside.behaves == BREAKING:
                    if outside.turn() % 2:
                        self.close_connection = True  # it took the message, and falls silent
                        return None
                    return self._say(500)
                return self._say(202)

            def _say(self, status: int) -> None:
                words = json.dumps({"id": f"gw-{outside.turn()}"}).encode()
                with suppress(OSError):  # whoever asked has gone
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(words)))
                    self.end_headers()
                    self.wfile.write(words)

            def log_message(self, *args: object) -> None:
                """Quietly."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        server.daemon_threads = True
        return server


class _MailTCP(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True
    outside: "Mail"


class _Talk(socketserver.StreamRequestHandler):
    """One conversation, as far as the house needs it."""

    server: _MailTCP

    def handle(self) -> None:
        with suppress(OSError):
            self._say(b"220 here")
            while (line := self.rfile.readline()) and self._answer(line.split()[:1]):
                pass

    def _answer(self, words: list[bytes]) -> bool:
        """Whether we go on talking."""
        word = words[0].upper() if words else b""
        if word == b"QUIT":
            return False
        if word == b"DATA":
            self._say(b"354 go on")
            return self._letter()
        busy = word == b"RCPT" and self.server.outside.behaves == BUSY
        self._say(b"451 come again later" if busy else b"250 ok")
        return True

    def _letter(self) -> bool:
        outside, lines = self.server.outside, []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        outside.take(b"".join(lines))
        if outside.behaves == BREAKING:
            return False  # it took the letter, and falls silent
        if outside.behaves == SLOW:
            time.sleep(TOO_LONG)
        self._say(b"250 kept")
        return True

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class Mail(Outside):
    """Takes letters by SMTP."""

    def make(self) -> socketserver.TCPServer:
        server = _MailTCP(("127.0.0.1", self.port), _Talk)
        server.outside = self
        return server
