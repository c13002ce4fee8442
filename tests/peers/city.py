"""Another city's GeoReport v2 server, written from the frozen text alone: the standard library, nothing of ours.

It misbehaves when asked to: `mood` is "well", "token", "busy" (503), "broken" (500), "hangs up" or "babbles".
"""

import json
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

KEY, JURISDICTION = "the city's key", "qinghe.example"
SERVICES = {"POTHOLE", "WATER"}


class City:
    """What the city knows: requests by number, tokens, updates; and everything it was asked."""

    def __init__(self):
        self.requests, self.tokens, self.updates, self.asked = {}, {}, [], []
        self.mood, self.offers_updates, self.most = "well", True, 1000

    def add(self, at, *, code="POTHOLE", description="路面有坑", status="open", **more):
        """A request that somebody made there."""
        number = f"C-{len(self.requests) + 1}"
        self.requests[number] = {
            "service_request_id": number, "status": status, "status_notes": "", "service_code": code,
            "description": description, "requested_datetime": at.isoformat(),
            "updated_datetime": at.isoformat(), **more,
        }  # fmt: skip
        return number

    def say(self, number, at, *, status, words):
        """A step on a request, told in both ways."""
        self.requests[number] |= {"status": status.lower(), "status_notes": words, "updated_datetime": at.isoformat()}
        self.updates.append(
            {"update_id": f"U{len(self.updates) + 1}", "service_request_id": number, "status": status,
             "updated_datetime": at.isoformat(), "description": words}
        )  # fmt: skip

    def post(self, form, now):
        wrong = []
        if form.get("service_code") not in SERVICES:
            wrong.append((404, "service_code was not found"))
        if not any(form.get(name) for name in ("lat", "address_string", "address_id")):
            wrong.append((400, "no location was given"))
        if form.get("api_key") != KEY:
            wrong = [(403, "the api_key is not known")]
        if wrong:
            return wrong[0][0], "errors", "error", [{"code": code, "description": words} for code, words in wrong]
        number = self.add(now, code=form["service_code"], description=form.get("description", ""))
        if self.mood == "token":
            self.tokens[f"t{number}"] = ""
            return 202, "service_requests", "request", [{"token": f"t{number}"}]
        return 201, "service_requests", "request", [{"service_request_id": number, "service_notice": ""}]

    def get(self, path, query):
        name, _slash, key = path.partition("/")
        if name == "tokens":
            return 200, "service_requests", "request", [{"service_request_id": self.tokens[key], "token": key}]
        if name == "servicerequestupdates" and self.offers_updates:
            return (
                200,
                "service_request_updates",
                "request_update",
                self.within(self.updates, "updated_datetime", query),
            )
        if name != "requests":
            return 404, "errors", "error", [{"code": 404, "description": "nothing here"}]
        if ids := query.get("service_request_id"):
            found = [self.requests[one] for one in ids.split(",") if one in self.requests]
        else:
            found = self.within(self.requests.values(), "requested_datetime", query)
        return 200, "service_requests", "request", found

    def within(self, rows, column, query):
        start, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        assert start.tzinfo and end.tzinfo and timedelta(0) <= end - start <= timedelta(days=90)
        return [row for row in rows if start <= datetime.fromisoformat(row[column]) <= end][: self.most]


def _xml(root, item, rows):
    inner = "".join(
        f"<{item}>" + "".join(f"<{key}>{escape(str(part))}</{key}>" for key, part in row.items()) + f"</{item}>"
        for row in rows
    )
    return f'<?xml version="1.0" encoding="utf-8"?><{root}>{inner}</{root}>'


@contextmanager
def running(now):
    """The city's server on this machine; `now()` is its clock."""
    city = City()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.serve({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}, "GET")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.serve({name: values[0] for name, values in parse_qs(body).items()}, "POST")

        def serve(self, given, method):
            path, _dot, fmt = urlsplit(self.path).path.removeprefix("/v2/").rpartition(".")
            city.asked.append((method, path, given))
            if city.mood == "hangs up":
                if method == "POST":
                    city.post(given, now())  # it did what it was asked, and nobody will ever hear of it
                self.close_connection = True
                return
            if city.mood in ("busy", "broken", "babbles"):
                self.answer({"busy": 503, "broken": 500, "babbles": 200}[city.mood], "<html>oh dear")
                return
            if given.get("jurisdiction_id", JURISDICTION) != JURISDICTION:
                status, root, item, rows = (
                    404,
                    "errors",
                    "error",
                    [{"code": 404, "description": "no such jurisdiction"}],
                )
            else:
                status, root, item, rows = city.post(given, now()) if method == "POST" else city.get(path, given)
            self.answer(status, json.dumps(rows) if fmt == "json" else _xml(root, item, rows))

        def answer(self, status, words):
            body = words.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    city.url = f"http://127.0.0.1:{server.server_port}/v2"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield city
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
