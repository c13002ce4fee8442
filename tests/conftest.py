"""The house in which every test runs: a home, a database and two counties of its own.

SQLite by default; PostgreSQL when DATABASE_URL names one. There A and B stand side by side, and a test that touches
B without asking for it fails: see watcher.py. This file is read before Django's settings, which is why it names them.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.drills.brokers import RABBITMQ, REDIS_SERVER, answers
from bench.drills.pooler import PGBOUNCER
from tests import harness
from tests.matters.dovecot import DOVECOT

if "DJANGO_SETTINGS_MODULE" in os.environ:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: tests choose their own home before settings are read.")
harness.prepare_environment()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from django.conf import settings  # noqa: E402 -- the home first
from django.db import connection  # noqa: E402 -- the home first
from django.test import TransactionTestCase  # noqa: E402 -- the home first
from django.utils import translation  # noqa: E402 -- the home first

from tests import standing, watcher  # noqa: E402 -- the home first
from weimin.county.context import current, schema_of  # noqa: E402 -- the home first
from weimin.kernel.kept import forget_all  # noqa: E402 -- the home first

# No test is timed: a busy machine is no mistake of the code. How fast things are, bench/ asks.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of sign-ins in seconds
settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # needs no collectstatic
}
# read by now; a worker that inherited the name would read its settings before it has a home and a database of its own
del os.environ["DJANGO_SETTINGS_MODULE"]
watcher.listen()
current.set(schema_of(harness.A))  # what runs between tests: setting up and emptying the database

ON_POSTGRESQL = connection.vendor == "postgresql"
REQUIRED = os.environ.get("WEIMIN_REQUIRE_SERVICES") == "1"
SPARK = all(map(find_spec, ("pyspark", "ibis"))) and shutil.which("java") is not None
# the one without windows first: it draws the same pages for two thirds of the processor time
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)


# --- database and county --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        harness.open_database()
    watcher.watcher.begin()  # what filled county B is no test's
    yield
    with django_db_blocker.unblock():
        harness.close_database()


TransactionTestCase._fixture_teardown = lambda self: harness.flush()


@pytest.fixture(autouse=True)
def _in_county_a() -> Iterator[None]:
    """Every test has chosen county A, and knows nothing that was read before it."""
    forget_all()
    token = current.set(schema_of(harness.A))
    yield
    current.reset(token)


@pytest.fixture(autouse=True)
def _in_the_countys_language() -> None:
    """A page leaves its reader's language behind in the thread; no test begins in that of the one before."""
    translation.deactivate()


@pytest.fixture
def no_county() -> Iterator[None]:
    """As code runs that forgot to choose."""
    token = current.set(None)
    yield
    current.reset(token)


@pytest.fixture
def county_b(db) -> str:
    """The code of the neighbouring county, emptied; `with use_county(county_b):` enters it. PostgreSQL only."""
    standing.neighbour.empty()
    return harness.B


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """County B stands as it was made, whatever the test before did to it."""
    if standing.neighbour is not None and standing.neighbour.changed_for_good:
        standing.neighbour.restore()
    watcher.watcher.begin()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that did more than its county allows fails, whatever it says itself."""
    result = yield
    watcher.judge(item)
    return result


@pytest.fixture
def cast(db):
    """The small county with everybody in it: see tests/cast.py."""
    return import_module("tests.cast").build()


@pytest.fixture
def own_keys(settings, tmp_path) -> Path:
    """The folder of the data keys, copied: what a test does to them, no other meets."""
    folder = tmp_path / "own-keys"
    shutil.copytree(settings.KEYS, folder)
    settings.KEYS = folder
    return folder


# --- what is not here -----------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config, items) -> None:
    """Tests whose service is absent are skipped and named. Left out are those that the other pass runs,
    those on real data that was not given, and Spark, half a gigabyte, where nothing may be skipped."""
    run, left_out = [], []
    for item in items:
        needs_postgresql = item.get_closest_marker("postgresql") or "county_b" in getattr(item, "fixturenames", ())
        if (
            (needs_postgresql and not ON_POSTGRESQL and os.environ.get("WEIMIN_POSTGRESQL_FOLLOWS") == "1")
            or (item.get_closest_marker("sqlite") and ON_POSTGRESQL)
            or (item.get_closest_marker("data") and not os.environ.get("WEIMIN_DATA"))
            or (item.get_closest_marker("spark") and not SPARK and REQUIRED)
        ):
            left_out.append(item)
            continue
        if needs_postgresql and not ON_POSTGRESQL:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="needs Chromium on the path"))
        if item.get_closest_marker("spark") and not SPARK:
            item.add_marker(pytest.mark.skip(reason="needs pyspark, ibis and Java: pip install weimin[spark]"))
        if item.get_closest_marker("imap") and DOVECOT is None:
            item.add_marker(pytest.mark.skip(reason="needs Dovecot on the path"))
        if item.get_closest_marker("redis") and REDIS_SERVER is None:
            item.add_marker(pytest.mark.skip(reason="needs redis-server on the path"))
        if item.get_closest_marker("pgbouncer") and PGBOUNCER is None:
            item.add_marker(pytest.mark.skip(reason="needs pgbouncer on the path"))
        if item.get_closest_marker("rabbitmq") and not answers(RABBITMQ):
            item.add_marker(pytest.mark.skip(reason="needs RabbitMQ: set BROKER_URL to amqp://..."))
        run.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped where nothing may be skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter, config) -> None:
    """Names what was not run, and leaves the figures for bin/test to add up."""
    stats = terminalreporter.stats
    if stats.get("skipped"):
        terminalreporter.section("not run")
        for report in stats["skipped"]:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.write_line(f"{report.nodeid}: {str(reason).removeprefix('Skipped: ')}")
    if summary := os.environ.get("WEIMIN_TEST_SUMMARY"):
        figures = {
            "passed": len(stats.get("passed", [])) + len(stats.get("xfailed", [])),
            "failed": len(stats.get("failed", [])) + len(stats.get("error", [])),
            "skipped": len(stats.get("skipped", [])),
        }
        Path(summary).write_text(json.dumps(figures))
