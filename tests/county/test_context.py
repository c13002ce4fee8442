"""A county is chosen once, and nothing is read or written outside it."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from tests import harness, standing
from weimin.county.checks import county_tables_stay_home
from weimin.county.context import NoCounty, UnknownCounty, current_code, schema_of, serve_county, use_county, use_shared
from weimin.county.models import Account
from weimin.county.router import SchemaRouter
from weimin.county.schemas import county_codes, create_schema, pending_migrations
from weimin.county.shared.models import CountyEntry

pytestmark = pytest.mark.django_db
HOME, NEIGHBOUR = "county_990101, public", "county_990102, public"


def path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return cursor.fetchone()[0].replace('"', "")


def test_no_choice_no_query(no_county):
    with pytest.raises(NoCounty):
        Account.objects.count()
    with pytest.raises(NoCounty):
        current_code()


def test_the_choice_names_the_county_and_ends_with_its_block(no_county):
    with use_county(harness.A):
        assert current_code() == harness.A
        with use_shared(), pytest.raises(NoCounty):
            current_code()
        assert current_code() == harness.A
    with pytest.raises(NoCounty):
        current_code()


@pytest.mark.parametrize("code", ["", "99010", "9901011", "99010x", "٩٩٠١٠١", '990101"; DROP TABLE', "990101\n"])
def test_only_six_digits_name_a_county(code):
    with pytest.raises(UnknownCounty):
        schema_of(code)


def test_an_unknown_county_answers_nothing():
    with pytest.raises(UnknownCounty), use_county("110101"):
        Account.objects.count()


def test_a_new_thread_has_chosen_nothing():
    with ThreadPoolExecutor(1) as pool, pytest.raises(NoCounty):
        pool.submit(current_code).result()


def test_all_migrations_are_applied():
    assert pending_migrations() == []


@pytest.mark.postgresql
def test_two_counties_do_not_see_each_other(county_b):
    Account.objects.create(username="wang")
    with use_county(county_b):
        Account.objects.create(username="zhao")
        assert list(Account.objects.values_list("username", flat=True)) == ["zhao"]
    assert list(Account.objects.values_list("username", flat=True)) == ["wang"]


@pytest.mark.postgresql
def test_the_shared_shelf_is_read_from_every_county_and_holds_no_county_table(county_b):
    with use_shared():
        CountyEntry.objects.create(code=harness.A, letters="QS", name_zh="青石县", name_en="Qingshi County")
        with pytest.raises(DatabaseError), transaction.atomic():
            Account.objects.count()
    assert CountyEntry.objects.get().letters == "QS"
    with use_county(county_b):
        assert CountyEntry.objects.get().letters == "QS"


@pytest.mark.postgresql
def test_the_path_follows_the_choice_after_each_kind_of_rollback(county_b):
    assert path() == HOME
    with transaction.atomic(), use_county(county_b):
        assert path() == NEIGHBOUR
        transaction.set_rollback(True)
    assert path() == HOME
    with pytest.raises(DatabaseError), transaction.atomic(), use_county(county_b), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert path() == HOME
    with use_shared():
        assert path() == "public"
    assert path() == HOME


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_path_follows_the_choice_after_rollback_and_lost_connection(county_b):
    with transaction.atomic():
        with use_county(county_b):
            Account.objects.create(username="zhao")
        transaction.set_rollback(True)
    assert path() == HOME
    connection.close()
    with use_county(county_b):
        assert path() == NEIGHBOUR
        assert Account.objects.count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("within", [False, True], ids=["between transactions", "within one"])
def test_a_connection_that_the_server_ends_takes_its_county_with_it_and_is_made_anew(county_b, within):
    def asked_again():
        with transaction.atomic() if within else nullcontext(), use_county(county_b):
            assert path() == NEIGHBOUR
            with psycopg.connect(standing.neighbour.url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            path()

    assert connection.is_usable()  # asked a moment ago, as by the request before
    with pytest.raises(OperationalError):
        asked_again()
    connection.close_if_unusable_or_obsolete()
    assert path() == HOME
    with use_county(county_b):
        assert path() == NEIGHBOUR


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_line_cut_where_a_transaction_begins_is_the_database_away_and_no_fault_of_ours():
    """A server that is killed says nothing on its way: there is no SQLSTATE to tell the kind of error by."""
    assert path() == HOME
    with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
    with pytest.raises(OperationalError), serve_county(harness.A), transaction.atomic():
        path()
    connection.close_if_unusable_or_obsolete()
    assert path() == HOME


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_four_threads_over_two_counties_never_read_the_neighbour(county_b):
    Account.objects.create(username="a")
    with use_county(county_b):
        Account.objects.create(username="b")

    def ask(turn: int) -> int:
        wrong = 0
        for step in range(100):
            code, expected = ((harness.A, "a"), (harness.B, "b"))[(turn + step) % 2]
            with use_county(code), transaction.atomic():
                wrong += Account.objects.get().username != expected
        connection.close()
        return wrong

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [0, 0, 0, 0]


@pytest.mark.postgresql
def test_only_the_chosen_schemas_tables_are_listed(county_b):
    with use_shared():
        shared = set(connection.introspection.table_names())
    assert "shared_countyentry" in shared
    assert "county_account" not in shared
    own = set(connection.introspection.table_names())
    assert "county_account" in own
    assert "shared_countyentry" not in own


@pytest.mark.postgresql
def test_keys_of_other_peoples_apps_are_bigint(county_b):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT data_type FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = %s",
            [schema_of(harness.A)],
        )
        assert cursor.fetchall() == [("bigint",)]


@pytest.mark.postgresql
def test_a_county_gets_its_schema_once(county_b):
    assert county_codes() == [harness.A, harness.B]
    assert create_schema("990103") is True
    assert create_schema("990103") is False
    assert county_codes() == [harness.A, harness.B, "990103"]


@pytest.mark.postgresql
def test_a_county_table_in_the_shared_schema_is_an_error(county_b):
    assert county_tables_stay_home(["default"]) == []
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE county_account (id bigint)")
    assert [found.id for found in county_tables_stay_home(["default"])] == ["county.E001"]


def test_the_router_sends_each_table_to_its_schema():
    router = SchemaRouter()
    everywhere = connection.vendor == "sqlite"
    assert router.allow_migrate("default", "matters") is True
    assert router.allow_migrate("default", "shared") is everywhere
    with use_shared():
        assert router.allow_migrate("default", "matters") is everywhere
        assert router.allow_migrate("default", "shared") is True
