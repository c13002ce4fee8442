"""The measurements: loopback only, plain Python beside the house, every floor told by a ratio."""

import ast
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import loopback, ratios, report
from bench.load import Target, measure
from bench.words import bodies
from tests.rules.house import ROOT, called, python_files, tree

FILES = python_files(ROOT / "bench")
OUTSIDE = [
    "http://192.0.2.7:8000/",
    "https://example.test/api",
    "postgresql://bench@192.0.2.7/weimin",
    "http://0.0.0.0/",
]


@pytest.mark.parametrize("address", OUTSIDE)
def test_no_other_machine_is_measured(address):
    with pytest.raises(loopback.NotHere):
        loopback.here(address)
    with pytest.raises(loopback.NotHere):
        Target("elsewhere", address)
    with pytest.raises(loopback.NotHere):
        Target("elsewhere", "http://127.0.0.1:8000/", dsn="postgresql://bench@192.0.2.7/weimin")


def test_this_machine_is():
    for address in ("http://127.0.0.1:8000/x", "http://localhost/", "http://[::1]:1/", "postgresql:///weimin"):
        assert loopback.here(address) == address


@pytest.mark.parametrize("program", ["load", "cluster"])
def test_a_program_ends_at_an_address_of_another_machine(program):
    given = {"load": ["--url", OUTSIDE[0]], "cluster": ["--dsn", OUTSIDE[2]]}[program]
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{program}", *given], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0 and "only 127.0.0.1" in done.stderr


def test_whatever_opens_a_line_looks_at_the_address_first():
    """An address comes in through a Target, a Server or `query`, which ask `here`; nothing else opens lines."""
    opens = {"HTTPConnection", "urlopen", "connect", "create_connection"}
    found = {
        called(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in opens
    }
    assert found == {
        "bench/threads.py",
        "bench/servers.py",
        "bench/systems.py",
        "bench/more.py",
        "bench/drills/house.py",
        "bench/drills/brokers.py",
        "bench/drills/clients.py",
        "bench/drills/pooler.py",
        "bench/drills/soak.py",
        "bench/drills/upgrade.py",
    }
    for name in (
        "bench/load.py",
        "bench/servers.py",
        "bench/cluster.py",
        "bench/floor_app.py",
        "bench/drills/house.py",
        "bench/drills/brokers.py",
        "bench/drills/clients.py",
        "bench/drills/pooler.py",
        "bench/drills/soak.py",
        "bench/drills/upgrade.py",
    ):
        assert "here(" in (ROOT / name).read_text()


def test_files_are_short_and_stand_beside_the_house():
    assert {called(path) for path in FILES if len(path.read_text().splitlines()) > 300} == set()
    inside = {
        called(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"weimin", "config"}
    }
    # the drills alone look inside: what is left of a house they killed, where it can be, how its reply is cut short,
    # by which clock it goes, the server in which such an application is served, jobs whose effect can be counted; and
    # the questions by which two counties' catalogs are compared
    assert inside == {
        "bench/drills/audit.py",
        "bench/drills/errands.py",
        "bench/drills/failpoints.py",
        "bench/drills/half_reply.py",
        "bench/drills/other_clock.py",
        "bench/drills/other_way_in.py",
        "bench/one_county.py",
    }


def test_bodies_are_the_same_on_every_machine():
    first, second = (list(bodies('{"title": "$TITLE", "text": "$TEXT", "n": "$N"}', n=3, seed=5)) for _turn in range(2))
    assert first == second and len(set(first)) == 3
    assert json.loads(first[0])["n"] == "5-0" and len(json.loads(first[0])["text"]) > 40


class Counting(BaseHTTPRequestHandler):
    """Answers at once and remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.asked.append(
            (self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"])))
        )
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        """Quietly."""


@pytest.fixture
def answering():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.asked, server.status, server.daemon_threads = [], 201, True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("tool", ["what is here", "threads of Python"])
def test_each_request_of_a_load_has_a_key_of_its_own(answering, tmp_path, monkeypatch, tool):
    if tool == "threads of Python":
        monkeypatch.setattr("bench.load.shutil.which", lambda name: None)
    file = tmp_path / "bodies"
    file.write_text("\n".join(bodies('{"title": "$TITLE"}', n=5, seed=1)))
    target = Target(
        "t", f"http://127.0.0.1:{answering.server_port}/x", "POST", {"Content-Type": "application/json"},
        bodies=file, key="k",
    )  # fmt: skip
    found = [measure(target, 2, 1) for _round in range(2)]
    keys = [key for key, _body in answering.asked]
    assert len(keys) == len(set(keys)) >= sum(one["requests"] for one in found) > 2
    assert all(json.loads(body)["title"] for _key, body in answering.asked)
    assert [one["non2xx"] + one["errors"] for one in found] == [0, 0]


def test_an_address_whose_first_answer_is_no_success_is_not_measured(answering):
    answering.status = 302
    with pytest.raises(SystemExit, match="no success"):
        measure(Target("t", f"http://127.0.0.1:{answering.server_port}/x", "POST"), 1, 1)


def level(**values):
    return {"rps": 100, "p50_ms": 10, "p99_ms": 40, "server_cpu_ms": 2, "database_cpu_ms": 1, "statements": 5,
            "failed": 0, **values}  # fmt: skip


def results(**change):
    said = {
        "matters": 100_000,
        "measured": {
            "ours": {"intake": {c: level() for c in ("1", "8", "32")}, "list": {"1": level()}, "pages": {"1": level()},
                     "detail": {"1": level()}, "counts": {"1": level()}},
            "floor": {"intake": {c: level(rps=200) for c in ("1", "8", "32")}},
            "helpdesk": {"intake": {c: level(rps=30, p99_ms=400, server_cpu_ms=18) for c in ("1", "8", "32")},
                         "list": {"1": level(p50_ms=600)}, "detail": {"1": level(p50_ms=60)}},
            "sqlite": {"intake": {"8": level(rps=120)}},
        },
        "import": {"matters_per_second": 6000}, "memory": {"before": {"pss_mib": 150}, "growth": 0.02},
        "sizes": {"bytes_a_matter": 1400},
    }  # fmt: skip
    return said | change


def test_a_ratio_is_told_for_every_floor_and_a_short_one_loudly(capsys):
    met = ratios.of(results(), results(matters=10_000))
    assert set(met) == set(json.loads(ratios.FLOORS.read_text()))
    assert (met["intake_rps_of_floor_8"]["value"], met["list_time_of_helpdesk"]["value"]) == (0.5, 0.0167)
    assert (met["intake_cpu_of_helpdesk"]["value"], met["list_growth"]["value"]) == (0.1579, 1.0)
    assert ratios.tell(met) == 0 and "FALLS SHORT" not in capsys.readouterr().err

    short = results()
    short["measured"]["ours"]["intake"]["8"] = level(statements=27, failed=1)
    told = ratios.of(short)
    assert "list_growth" not in told  # one size alone says nothing
    assert ratios.tell(told) == 1
    said = capsys.readouterr().err
    assert [line.split()[2] for line in said.splitlines() if line.startswith("FALLS SHORT")] == [
        "intake_statements:", "intake_failed:",
    ]  # fmt: skip


def test_the_report_tells_plainly_what_falls_short():
    said = results(
        machine={"processors": 2, "model": "one", "memory_gib": 8, "system": "Linux", "python": "3.11"},
        database="15", date="2026-11-24", rounds=3, seconds=5, residents=37_000, grow_seconds=60,
    )  # fmt: skip
    said["measured"]["ours"]["intake"]["8"] = level(statements=27)
    for levels in said["measured"].values():
        for found in levels.values():
            for one in found.values():
                one |= {"begin_commit": 1, "key_checks": 9, "machine_busy": [0.5, 0.7]}
    said["memory"] |= {"after_reports": {"pss_mib": 153}, "slowest_seconds": {"/": 0.1}}
    said["import"] |= {"imported": 100, "seconds": 2.0}
    said["sizes"]["tables"] = {"matters_matter": 900}
    said["ratios"] = ratios.of(said)
    page = report.page([said])
    assert "| intake: statements a request, transaction frames aside | ≤ 6 | **27, falls short** |" in page
    assert "**Short of what was asked: 1.**" in page
    assert "| ours | 8 | 100 | 10 | 40 | 2 | 1 | 27 | 1 | 9 | 0 | 60% |" in page


def test_what_was_not_measured_is_not_met():
    bare = results(measured={"ours": {}})
    assert ratios.of(bare)["intake_statements"] | {"asked": ""} == {
        "asked": "", "most": 6, "least": None, "value": None, "met": False, "counts": True,
    }  # fmt: skip
