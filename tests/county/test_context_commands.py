"""Commands about the counties themselves, and the choice every other command is given."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

import manage
from tests import harness
from weimin.county.context import use_county, use_shared
from weimin.county.many.migrating import Migrator
from weimin.county.models import Account
from weimin.county.schemas import county_codes, pending_migrations
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def test_migrating_again_does_nothing():
    first = ["shared: nothing to do"] if connection.vendor == "postgresql" else []
    assert said("county", "migrate", harness.A) == [*first, "990101: nothing to do"]


@pytest.mark.postgresql
def test_without_a_name_every_county_is_migrated(county_b):
    assert said("migrate") == ["shared: nothing to do", "990101: nothing to do", "990102: nothing to do"]


@pytest.mark.postgresql
def test_a_new_county_gets_a_schema_with_all_its_tables(county_b):
    assert said("county", "migrate", "990103") == [
        "shared: nothing to do",
        "990103: schema created",
        f"990103: {applied('990103')} migrations applied",
    ]
    assert county_codes() == ["990101", "990102", "990103"]
    with use_county("990103"):
        assert (Account.objects.count(), Entry.objects.count(), pending_migrations()) == (0, 0, [])
    assert catalogue("990103") == catalogue("990101")


def applied(code: str) -> int:
    with use_county(code), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return cursor.fetchone()[0]


def catalogue(code: str) -> list[tuple[str, ...]]:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = %s ORDER BY 1, 2",
            [f"county_{code}"],
        )
        return cursor.fetchall()


def test_a_role_that_may_not_make_tables_is_told_which_may(monkeypatch):
    def refused(migrator):
        raise ProgrammingError("permission denied for schema public")

    monkeypatch.setattr(Migrator, "migrate", refused)
    with pytest.raises(CommandError, match=r"permission denied(.|\n)*as the role that owns the tables"):
        said("county", "migrate", harness.A)


@pytest.mark.parametrize(
    ("typed", "code", "rest"),
    [
        (["manage.py", "work"], "990101", ["manage.py", "work"]),
        (["manage.py", "work", "--county", "990102", "--once"], "990102", ["manage.py", "work", "--once"]),
        (["manage.py", "--county=990102", "work"], "990102", ["manage.py", "work"]),
        (["manage.py", "work", "--county"], "990101", ["manage.py", "work", "--county"]),
    ],
)
def test_a_command_is_given_its_county(typed, code, rest):
    assert manage.county_of(typed) == (code, rest)


def test_a_county_that_is_none_ends_the_command_with_a_sentence(monkeypatch):
    monkeypatch.setattr("sys.argv", ["manage.py", "check", "--county", "QS"])
    with pytest.raises(SystemExit, match="'QS' is not a county code: six digits are needed"):
        manage.main()
