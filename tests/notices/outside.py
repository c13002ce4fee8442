"""The world outside, on this machine: a mail server and a text message gateway that misbehave when asked to."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "whsec_" + base64.b64encode(b"the gateway and the county know").decode()


def signed(body, *, message_id, at, secret=SECRET):
    """The headers of Standard Webhooks, worked out by hand from its text."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


class MailServer:
    """Speaks SMTP to one letter after another, and keeps them."""

    def __init__(self):
        self.letters, self.recipients, self.asked = [], [], 0
        self.says = {}  # word → what is answered instead, or "hang" / "close"
        self.port = 0

    async def talk(self, reader, writer):
        self.asked += 1
        try:
            await self.listen(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the other side has gone
        finally:
            writer.close()

    async def listen(self, reader, writer):
        await self.answer(writer, "HELLO", "220 here")
        while line := (await reader.readline()).decode():
            word = line.split()[0].upper()
            if word == "QUIT" or not await self.answer(writer, word, "354 go on" if word == "DATA" else "250 ok"):
                return
            if word == "RCPT":
                self.recipients.append(line.partition("<")[2].partition(">")[0])
            if word == "DATA" and "DATA" not in self.says:
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await self.answer(writer, "END", "250 kept as 77"):
                    return

    async def answer(self, writer, word, usual):
        said = self.says.get(word, usual)
        if said == "close":
            return False
        if said == "hang":
            await asyncio.sleep(30)
        writer.write(said.encode() + b"\r\n")
        await writer.drain()
        return True


@contextmanager
def mail_server():
    server, loop, ready = MailServer(), asyncio.new_event_loop(), threading.Event()

    async def serve():
        listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@contextmanager
def gateway():
    """Keeps what it is sent; answers `status` and `body`, or hangs up on `status` None."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            here = self.server
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.taken.append((self.path, dict(self.headers), body))
            if here.before_answer:
                here.before_answer(json.loads(body))
            if here.status is None:
                self.close_connection = True
                return
            self.send_response(here.status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(here.body)))
            self.end_headers()
            self.wfile.write(here.body)

        def log_message(self, *args):
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken, server.status, server.body, server.headers = [], 202, b'{"id": "gw-1"}', {}
    server.before_answer = None
    server.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
