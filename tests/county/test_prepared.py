"""The statements of every request: planned once a connection, right in every county, and no dead line is trusted."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import harness
from weimin.county.context import use_county
from weimin.county.models import Office
from weimin.county.postgresql import base
from weimin.county.postgresql.base import DatabaseWrapper, numbered

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def another(cast):
    """A connection beside the test's own, as another thread has it."""
    one = DatabaseWrapper({**connection.settings_dict, "CONN_MAX_AGE": None}, "another")
    yield one
    one.close()


def names(one: DatabaseWrapper, code: str) -> list[str]:
    with one.prepared_cursor() as cursor:
        cursor.execute("SELECT name_en FROM county_office WHERE code = %s AND id > %s", [code, 0])
        return [row[0] for row in cursor.fetchall()]


def prepared(one: DatabaseWrapper) -> int:
    with one.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%county_office%'")
        return cursor.fetchone()[0]


def test_marks_are_counted_as_the_server_counts_them():
    assert numbered("VALUES (%s, %s) = %s") == "VALUES ($1, $2) = $3"
    assert numbered("SELECT 1") == "SELECT 1"


def test_one_statement_answers_in_each_county_with_its_own_rows(another, county_b):
    Office.objects.filter(code="WATER").update(name_en="Water of A")
    for _turn in range(12):  # from the sixth time on the server may keep one plan
        with use_county(harness.A):
            assert names(another, "WATER") == ["Water of A"]
        with use_county(county_b):
            assert names(another, "WATER") == []
    assert prepared(another) == 1


def test_whole_numbers_of_every_size_are_one_statement(another):
    with another.prepared_cursor() as cursor:
        for number in (1, 40_000, 3_000_000_000):
            cursor.execute("SELECT count(*) FROM county_office WHERE id > %s", [number])
    assert prepared(another) == 1


def test_one_cursor_goes_on_after_a_statement_that_failed_and_on_a_new_line(another):
    assert names(another, "WATER") == ["Water Office"]
    with pytest.raises(ProgrammingError), another.prepared_cursor() as cursor:
        cursor.execute("SELECT nothing_here")
    assert names(another, "WATER") == ["Water Office"]
    another.close()
    assert names(another, "WATER") == ["Water Office"]
    assert names(another, "NOWHERE") == []  # and tells nothing of the answer before


def test_a_pooler_without_prepared_statements_is_spared_them(cast):
    one = DatabaseWrapper({**connection.settings_dict, "PREPARED_STATEMENTS": False}, "unprepared")
    assert names(one, "WATER") == ["Water Office"]
    assert prepared(one) == 0
    one.close()


def test_a_line_that_is_silent_costs_no_statement(another):
    names(another, "WATER")
    another.is_usable()
    with CaptureQueriesContext(another) as asked:
        assert another.is_usable()
    assert another.connection.info.transaction_status == base.pq.TransactionStatus.IDLE
    assert len(asked.captured_queries) == 0


@pytest.mark.parametrize("quiet_for", [0.0, 60.0])
def test_a_server_that_has_gone_is_noticed(another, quiet_for):
    names(another, "WATER")
    another.is_usable()
    another._used_at -= quiet_for
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [another.connection.info.backend_pid])
    assert not another.is_usable()


def test_a_transaction_undone_leaves_the_statement_usable(cast):
    with transaction.atomic():
        names(connection, "WATER")
        transaction.set_rollback(True)
    assert names(connection, "WATER") == ["Water Office"]
