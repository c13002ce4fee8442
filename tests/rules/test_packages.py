"""What others wrote and we install: pinned to the byte, on the lines we follow, under licences we may ship.

This needs no network and so knows of no vulnerability; `bin/audit` asks for those, and how it does is tried here.
"""

import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import metadata, version

import pytest

from tests.harness import ROOT

LISTS = ["constraints.txt", "constraints-test.txt", "constraints-celery.txt"]
PIN = re.compile(r"([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)(?: ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
# As packages write it themselves. LGPL and MPL bind the package, not who uses it as it is.
ALLOWED = {
    "MIT", "MIT License", "MIT-0", "MIT-CMU", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0",
    "Apache Software License", "ISC", "PSF-2.0", "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "LGPL-3.0-only",
    # parts that numpy carries: no conditions, or only to name who wrote them
    "0BSD", "Zlib", "CC0-1.0",
    # the logo of a trade mark in one file of qrcode, which we do not use
    "Other/Proprietary License",
}  # fmt: skip
ONLY = {"qrcode": {"Other/Proprietary License"}}


def pinned(name):
    return {m[1].lower(): m[2] for line in (ROOT / name).read_text().splitlines() if (m := PIN.fullmatch(line))}


@pytest.mark.parametrize("name", LISTS)
def test_every_line_is_a_package_at_one_version_or_the_digest_of_one_of_its_files(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    odd = [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)]
    assert odd == []
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.fullmatch(line) and not HASH.fullmatch(after)
    ]
    assert bare == []


def test_what_is_tested_is_what_is_served():
    served, tested, carried = (pinned(name) for name in LISTS)
    served |= carried
    assert {name: tested.get(name) for name in served} == served
    assert {name: version(name) for name in served} == served


def licences(name):
    """Every licence a package names: of an expression its parts, else of its classifiers, else its own word."""
    said = metadata(name)
    if expression := said.get("License-Expression"):
        return set(re.split(r" (?:AND|OR) |[()]", expression)) - {""}
    classified = {one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License ::")}
    return classified or {str(said.get("License")).strip()}


@pytest.mark.parametrize("name", sorted(pinned("constraints.txt") | pinned("constraints-celery.txt")))
def test_its_licence_is_one_we_may_ship(name):
    found = licences(name)
    assert found <= ALLOWED
    if "Other/Proprietary License" in found:
        assert name in ONLY


def test_the_lines_we_follow():
    """Django's long-term line, and no package from before its present major version was begun."""
    served = pinned("constraints.txt")
    assert served["django"].startswith("5.2.")
    assert [name for name in ("django", "lxml", "pillow", "cryptography", "psycopg") if name not in served] == []


# --- how the known ones are asked for -------------------------------------------------------------------------------


@contextmanager
def list_of(known, *, status=200):
    """A list of vulnerabilities on this machine, which knows these."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            told = [{"vulns": known[key]} if (key := one["package"]["name"]) in known else {} for one in asked]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"results": told}).encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def audit(where):
    done = subprocess.run(
        [sys.executable, str(ROOT / "bin" / "audit")], env={"WEIMIN_OSV": where}, capture_output=True, text=True
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_nothing_known_ends_well_and_says_how_many_were_asked_for():
    with list_of({}) as where:
        packages = len({*pinned(LISTS[0]).items(), *pinned(LISTS[1]).items()})
        assert audit(where)[:2] == (0, {"packages": packages, "vulnerable": {}})


def test_what_is_known_is_named_and_fails():
    with list_of({"django": [{"id": "PYSEC-2999-1", "modified": "2999-01-01T00:00:00Z"}]}) as where:
        code, told, _error = audit(where)
        assert (code, told["vulnerable"]) == (1, {f"django=={version('django')}": ["PYSEC-2999-1"]})


def test_where_nobody_can_be_asked_it_says_that_nothing_was_checked():
    with list_of({}, status=500) as where:
        assert audit(where)[0] == 2
    code, told, error = audit("http://127.0.0.1:1")
    assert (code, told, "Nothing has been checked" in error) == (2, None, True)
