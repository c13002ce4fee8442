"""The watcher of every test (tests/watcher.py) hears what it is there for: each leak here is told in its own words."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from tests import harness, standing
from tests.rules.house import ROOT, WEIMIN, python_files
from tests.watcher import MAY_NAME, Leak, judge, watcher
from weimin.county.context import NoCounty, current, use_county
from weimin.county.models import Account
from weimin.web.models import Run

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.postgresql
RUN = "INSERT INTO county_990102.web_run (job, failures, trouble, found) VALUES ('leak', 0, '', '{}')"


@pytest.fixture
def told(request):
    """What the watcher says of this test so far; after that it has said nothing."""

    def ask() -> list[str]:
        try:
            judge(request.node)
        except Leak as leak:
            return str(leak).splitlines()
        finally:
            watcher.begin()
        return []

    return ask


def unheard(statement: str) -> None:
    """Past every cursor, as another process would send it, but in the transaction of the test."""
    done = connection.connection.pgconn.exec_(statement.encode())
    assert done.status == psycopg.pq.ExecStatus.COMMAND_OK, done.error_message


# --- it is wired up: these fail, and must ---------------------------------------------------------------------------


@on_postgresql
@pytest.mark.xfail(strict=True, raises=Leak, reason="leaks on purpose")
def test_whoever_writes_into_the_neighbour_fails():
    with use_county(harness.B):
        Account.objects.create(username="leak")


@on_postgresql
@pytest.mark.xfail(strict=True, raises=Leak, reason="leaks on purpose")
@pytest.mark.django_db(transaction=True)
def test_whoever_commits_into_the_neighbour_unheard_fails():
    Account.objects.exists()
    unheard(RUN)


@pytest.mark.django_db(transaction=True)
def test_and_the_next_test_finds_the_neighbour_as_it_was(told):
    assert told() == []


@pytest.mark.xfail(strict=True, raises=Leak, reason="leaks on purpose")
def test_whoever_asks_before_choosing_fails_though_the_error_is_swallowed():
    token = current.set(None)
    with suppress(NoCounty):
        Account.objects.exists()
    current.reset(token)


@on_postgresql
@pytest.mark.xfail(strict=True, raises=Leak, reason="leaks on purpose")
def test_whoever_names_a_schema_fails():
    planted("SELECT count(*) FROM county_990101.county_account")


# --- rows -----------------------------------------------------------------------------------------------------------


@on_postgresql
def test_no_table_of_the_neighbour_is_empty_so_that_each_has_something_to_lose():
    assert [name for name, digest in standing.neighbour.digests.items() if digest is None] == []
    with use_county(harness.A):
        assert sorted(connection.introspection.table_names()) == standing.neighbour.tables


@on_postgresql
@pytest.mark.parametrize(
    "leak",
    [
        RUN,
        "UPDATE county_990102.web_run SET trouble = trouble || ' '",
        "DELETE FROM county_990102.web_run",
        "ALTER TABLE county_990102.web_run ADD COLUMN more int",
    ],
    ids=["insert", "update", "delete", "alter"],
)
def test_a_changed_row_is_found_though_nobody_heard_the_statement(told, leak):
    Account.objects.exists()
    with transaction.atomic():
        unheard(leak)
        assert told() == ["rows of the neighbouring county changed: web_run"]
        transaction.set_rollback(True)
    assert told() == []


@on_postgresql
def test_rows_are_compared_also_in_the_role_of_a_county_and_in_a_failed_transaction(told):
    Account.objects.exists()
    connection._act_as("weimin_county_990101")
    assert told() == []
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.connection.execute("SELECT 1/0")
    assert told() == []
    transaction.set_rollback(True)  # Django has not heard of it


# --- statements -----------------------------------------------------------------------------------------------------


@on_postgresql
def test_each_way_to_the_neighbour_is_heard(told):
    def in_the_neighbour(*_):
        with use_county(harness.B):
            Run.objects.exists()
            connection.close()

    def raw():
        connection.connection.execute("SELECT 1 FROM county_990102.web_run")

    def streamed():
        with connection.cursor() as cursor, cursor.copy("COPY county_990102.web_run TO STDOUT") as rows:
            assert list(rows)

    def given():
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", ["county_990102.web_run"])

    def in_a_thread():
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_the_neighbour).result()

    def on_a_connection_of_its_own():
        with psycopg.connect(standing.neighbour.url) as own, own.cursor(name="all") as cursor:
            cursor.execute("SELECT 1 FROM county_990102.web_run")

    for way in (raw, streamed, given, in_a_thread, on_a_connection_of_its_own):
        way()
        lines = told()
        assert lines and all(line.startswith("a statement in the neighbouring county: ") for line in lines), way
    Account.objects.exists()
    assert told() == []


@on_postgresql
@pytest.mark.usefixtures("county_b")
def test_whoever_asked_for_the_neighbour_has_it_empty_and_may_write(told):
    with use_county(harness.B):
        assert not Account.objects.exists()
        Account.objects.create(username="asked")
    assert told() == []


def test_a_query_before_a_choice_is_told_with_its_module_in_a_thread_too(told):
    def forgetful():
        with suppress(NoCounty):
            Account.objects.exists()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(forgetful).result()
    assert told() == ["a query before a county was chosen, from tests/rules/test_watcher.py"]


# --- names of schemas -----------------------------------------------------------------------------------------------


def planted(statement: str, *, module: str = "weimin/matters/planted.py", values: tuple[str, ...] = ()) -> None:
    """As if a module of the house sent it."""
    source = "with connection.cursor() as cursor: cursor.execute(statement, values or None)"
    exec(compile(source, str(ROOT / module), "exec"), {
        "connection": connection, "statement": statement, "values": values,
    })  # fmt: skip


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM county_990101.county_account",
        'SELECT count(*) FROM public."shared_countyentry"',
        'SELECT count(*) FROM "public".shared_countyentry',
        "SET LOCAL search_path TO public",
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname LIKE 'county%'",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'pg_catalog'",
    ],
)
def test_a_statement_that_names_a_schema_is_told_with_its_module(told, statement):
    planted(statement)
    assert told() == [f"a statement names a schema, from weimin/matters/planted.py: {statement}"]
    planted(statement, module="weimin/county/schemas.py")
    assert told() == []


@on_postgresql
def test_a_schema_among_the_values_is_a_schema_named(told):
    planted("SELECT to_regclass(%s)", values=("county_990101.web_run",))
    assert told() == ["a statement names a schema, from weimin/matters/planted.py: SELECT to_regclass(%s)"]
    planted("SELECT count(*) FROM county_account WHERE username = %s", values=("public",))
    planted("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace LIMIT 1")
    planted("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LIMIT 1")
    assert told() == []


def test_who_may_name_a_schema_is_there():
    assert [module for module in MAY_NAME if not (ROOT / module).is_file()] == []


def test_nobody_goes_past_the_cursors_where_nothing_is_heard():
    past = re.compile(r"\bpgconn\b|\bpsycopg\.connect\b|\bConnectionPool\b")
    found = [path.relative_to(ROOT).as_posix() for path in python_files(WEIMIN) if past.search(path.read_text())]
    assert found == ["weimin/county/postgresql/base.py"]  # BEGIN and the role, sent together
    assert settings.DATABASES.keys() == {"default"}
