"""Sizes, furniture, reasons: what makes one who knows one room know all of them."""

import ast
import re

import pytest

from tests.rules.house import PYPROJECT, ROOMS, ROOT, WEIMIN, called, functions, length, python_files, tree

LINES_IN_A_FILE, LINES_IN_A_FUNCTION, LINES_IN_A_PAGE = 300, 40, 30

# A longer file or function stands here with its reason, or is divided.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

FURNITURE = {
    "__init__", "apps", "states", "models", "queries", "permissions", "services", "journey", "pages", "api", "forms",
    "tasks", "management", "templates", "templatetags", "migrations", "urls", "urls_portal", "urls_desk",
    "urls_settings_people", "locale",
}  # fmt: skip
# What a room holds besides, and why.
EXTRAS = {
    "kernel": None,  # plain Python, one subject a file; its size is held below
    "language": None,  # plain Python too
    "ledger": {
        "canonical": "the bytes that are hashed, in one way",
        "checks": "tells the operator whether the database itself keeps the ledger unchanged",
    },
    "county": {
        "accounts": "what the sign-in package asks of us",
        "actors": "who acts, handed to every verb",
        "bulk": "thousands of new rows at once",
        "callers": "who is calling, also behind web servers of our own",
        "beside": "counts of a minute and used codes, for all processes of a machine",
        "checks": "what must hold before a county may be served",
        "columns": "what of a row is written into its columns, as a driver takes it",
        "context": "the one entrance to a county's data",
        "context_processors": "what every template knows about its county",
        "directory": "which counties are served by which host name",
        "durable": "a small file written whole, for its owner only",
        "duties": "the words for what a post may do",
        "headers": "what a browser is told it may do with our pages",
        "idempotency": "the same request sent twice is answered once",
        "logs": "lines for the operator, and the number of a request",
        "live": "migration steps during which a county goes on being served",
        "many": "counties added, listed, migrated and dropped, many at once",
        "middleware": "each request enters one county",
        "notice_days": "a year of the official notice, read and judged",
        "pinyin": "names found by their sounds",
        "programs": "what programs ask goes past the middlewares of the pages",
        "readings": "how Chinese is read, in little memory",
        "plans": "a county read from tables before it is founded",
        "postgresql": "the database engine for many counties",
        "router": "which tables stand in which schema",
        "sampling": "now and then the database is asked whether it stands in the chosen county",
        "schemas": "a county's schema is made and looked at",
        "sealed": "personal fields sealed at rest, their keys, and indexes that show nothing",
        "seed_years": "the official calendar of the years already published",
        "secret_file": "the installation's secrets, the newest first, read before there are settings",
        "sessions": "sessions as they stand in the database: sealed",
        "shared": "the tables all counties of an installation share",
        "sqlite": "the database engine for one county",
        "throttle": "limits on guessing and flooding",
        "together": "the rows of one act, written in one statement where the database can",
        "tokens": "keys of programs: which post they act for",
        "trouble": "what has failed under us: no room, the database away, or our fault",
    },
    "catalogue": {
        "seed": "kinds, urgencies and limits a new county starts from",
        "tables": "a county's own tables of kinds and routes, read and judged row by row",
        "seeds": "the catalogue's tables read from a directory, before they are laid down",
    },
    "households": {"searching": "the words by which a resident is found, of which only digests are kept"},
    "notices": {
        "carriers": "who takes messages out of the house: mail servers, gateways, files",
        "outside": "what the operator tells of mail servers, gateways and mailboxes, typed",
    },
    "webhooks": {"schedule": "when a delivery that failed is tried again"},
    "matters": {
        "access": "how a resident gets back to their matter",
        "announcements": "what other programs are told of an act",
        "exchange": "reading earlier records from CSV",
        "facts": "matters as rows of open fields in Parquet, and reports across counties",
        "clocks": "due moments from the catalogue's limits and the county's calendar",
        "guessing": "what a trained model takes waiting matters for, guessed by the worker",
        "letters": "e-mail and text messages that come in, threaded to their matter",
        "filters": "conditions in the form that costs the database least",
        "late": "how many are past their date, from the running counts",
        "finding": "matters by their words: the index, and the first of a list that have them",
        "lines": "a line of the timeline read whole: it repeats nothing that stands in a row of its own",
        "names": "kinds, places, posts and offices of matters from copies, instead of by joins",
        "numbering": "numbers that can be spoken",
        "partners": "the client side of Open311: to other cities' servers and back",
        "proofs": "timelines against the ledger, counts against a recount",
        "recount": "a year's holiday notice and the dates it moves",
        "sentences": "what residents and offices are told",
        "side_dates": "dates beside the matter's own clock, and which of them were missed",
        "tallies": "counts kept in the same transaction",
        "uploads": "photographs and recordings, made harmless and stored by digest",
    },
    "web": {
        "doctor": "what is missing, what is lost by it, and how to mend it",
        "backup": "one archive of a county, its restoration and the proof that it is whole",
        "figures": "the honest numbers of both homes, with their samples",
        "growth": "a county of any size, written in bulk as the verbs would have",
        "metrics": "figures for Prometheus",
        "runs": "the heartbeat of the background work",
        "sample": "the sample county",
        "schedule": "when each timed job is due, begun by one process",
        "stuck": "where matters wait and what got worse: the leader's minute",
        "trend": "a share month by month as a picture, drawn on the server",
        "urls_settings": "addresses of the settings of the catalogue, hung under the desk",
    },
}  # fmt: skip


def test_files_are_short():
    long = {
        called(path): lines
        for path in python_files(WEIMIN, ROOT / "config", ROOT / "tests")
        if (lines := len(path.read_text().splitlines())) > LINES_IN_A_FILE
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "an exception that is no longer needed"


def test_functions_are_short():
    long = {}
    for path in python_files(WEIMIN, ROOT / "config"):
        most = LINES_IN_A_PAGE if "pages" in path.parts else LINES_IN_A_FUNCTION
        long |= {f"{called(path)}:{node.name}": length(node) for node in functions(path) if length(node) > most}
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception that is no longer needed"


def test_tasks_and_commands_are_one_call_long():
    long = {
        f"{called(path)}:{node.name}": length(node)
        for path in python_files(WEIMIN)
        if "commands" in path.parts
        for node in functions(path)
        if node.name == "handle" and length(node) > 25
    }
    assert long == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_its_furniture_and_what_is_named(room):
    extras = EXTRAS.get(room, {})
    if extras is None:
        return
    found = {path.stem for path in (WEIMIN / room).iterdir() if path.name != "__pycache__"}
    assert found - FURNITURE - set(extras) == set(), "name it in EXTRAS with its reason, or put it where it belongs"
    assert set(extras) <= found, "named, but not there"
    assert all(len(reason) > 10 for reason in extras.values())


def test_the_cellar_stays_small():
    assert sum(len(path.read_text().splitlines()) for path in python_files(WEIMIN / "kernel")) <= 1200


def test_every_dependency_has_its_reason_beside_it():
    bare, reason = [], False
    for line in (ROOT / "pyproject.toml").read_text().split("[tool.", maxsplit=1)[0].splitlines():
        word = line.strip()
        if word.startswith("#"):
            reason = True
        elif word.endswith("["):
            reason = False
        elif re.fullmatch(r'"[\w.-]+(\[[\w,-]+\])?[<>=~!].*",', word) and not reason:
            bare.append(word)
    assert bare == []
    assert len(PYPROJECT["project"]["dependencies"]) >= 10


def test_every_dependency_is_locked():
    locked = (ROOT / "constraints.txt").read_text().lower()
    names = [re.match(r"[\w.-]+", line)[0].lower() for line in PYPROJECT["project"]["dependencies"]]
    assert [name for name in names if not re.search(rf"^{re.escape(name)}(\[.*\])?==", locked, re.MULTILINE)] == []
    assert "http" not in locked


def test_inner_imports_have_one_of_two_reasons():
    wrong = [
        f"{called(path)}: {line.strip()}"
        for path in python_files(WEIMIN, ROOT / "config")
        for line in path.read_text().splitlines()
        if "PLC0415" in line and not re.search(r"noqa: PLC0415 -- (slow import|optional dependency)$", line)
    ]
    assert wrong == []


def test_nothing_is_left_undone_in_the_code():
    marks = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    wrong = [
        f"{called(path)}:{number}"
        for path in python_files(WEIMIN, ROOT / "config", ROOT / "tests", migrations=True)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert wrong == []


def test_templates_hold_no_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    wrong = [
        f"{called(path)}:{number}"
        for path in sorted([*(ROOT / "templates").rglob("*.html"), *WEIMIN.rglob("*.html")])
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line) and 'type="application/json"' not in line
    ]
    assert wrong == []


def test_tests_throw_no_dice():
    banned = {"random", "faker", "factory", "factory_boy"}
    wrong = []
    for path in python_files(ROOT / "tests"):
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{called(path)}: {name}" for name in names if name.split(".")[0] in banned]
    assert wrong == []


def test_migrations_write_the_same_in_every_process():
    """A set has another order in each process, and two counties would not be alike to the letter."""
    moving = [
        called(path) for path in python_files(WEIMIN) if "migrations" in path.parts and "set([" in path.read_text()
    ]
    assert moving == []
