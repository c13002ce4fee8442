"""A county of its own in a process of its own: `python tests/peers/neighbour.py`.

Prints where its Open311 interface is and a key, as JSON; then does what is said on standard input, a line each:
`start NUMBER` (classified), `end NUMBER` (taken back by its resident); answers `done`. Ends with its input.
"""

import json
import os
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
for name in list(os.environ):
    if name.startswith("WEIMIN_TEST_") or name in ("PYTEST_XDIST_WORKER", "DATABASE_URL"):
        del os.environ[name]

from tests import harness  # noqa: E402 -- a home of its own first

harness.prepare_environment()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django  # noqa: E402 -- the home first

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- the home first

from tests.cast import build  # noqa: E402 -- the home first
from weimin.county.actors import IMPORT, RESIDENT  # noqa: E402 -- the home first
from weimin.county.context import use_county  # noqa: E402 -- the home first
from weimin.county.services import issue_token  # noqa: E402 -- the home first
from weimin.kernel import clock  # noqa: E402 -- the home first
from weimin.matters import journey  # noqa: E402 -- the home first
from weimin.matters.models import Matter  # noqa: E402 -- the home first


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Nothing to say."""


def obey(cast, line):
    word, number = line.split()
    matter = Matter.objects.get(number=number)
    if word == "start":
        journey.classify_matter(matter, kind=matter.kind, by=cast.acting("hotline", clock.now()), now=clock.now())
    else:
        journey.withdraw_matter(matter, by=RESIDENT, now=clock.now())


def main():
    with use_county(harness.A):
        harness.open_database()
        cast = build()
        now = clock.now()
        _token, key = issue_token(name="邻县", use="OPEN311", post=None, duties=[], by=IMPORT, now=now)
        server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}/open311/v2", "key": key}), flush=True)
        for line in sys.stdin:
            obey(cast, line)
            print("done", flush=True)
        server.shutdown()
        harness.close_database()


if __name__ == "__main__":
    main()
