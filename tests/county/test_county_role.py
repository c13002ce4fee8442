"""The second wall: in a page or a job every transaction acts as the county's own role, which sees its county alone."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import harness
from weimin.county.context import serve_county, use_county, use_shared
from weimin.county.models import Account
from weimin.county.postgresql.roles import ALL, LACKING, give_role, role_of, take_role
from weimin.county.schemas import create_schema
from weimin.ledger.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
OWN, NEIGHBOUR = "weimin_county_990101", "weimin_county_990102"


def me() -> str:
    return one("SELECT current_user")


def one(statement: str, *values: object):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def test_transactions_act_as_the_countys_role_and_single_statements_do_not(county_b):
    with serve_county(harness.A):
        assert me() == one("SELECT session_user")
        with transaction.atomic():
            assert me() == OWN
            with use_shared():
                assert me() == OWN
            with use_county(county_b):
                assert me() == NEIGHBOUR
            assert me() == OWN
        assert me() == one("SELECT session_user")
        with transaction.atomic():
            Account.objects.create(username="wang")
    with use_county(harness.A), transaction.atomic():
        assert (me(), Account.objects.get().username) == (one("SELECT session_user"), "wang")


def test_the_role_is_taken_again_after_each_kind_of_rollback():
    with serve_county(harness.A):
        with transaction.atomic():
            with pytest.raises(DatabaseError), transaction.atomic():
                one("SELECT 1/0")
            assert me() == OWN
            with transaction.atomic():
                assert me() == OWN
                transaction.set_rollback(True)
            assert me() == OWN
        with pytest.raises(DatabaseError), transaction.atomic():
            one("SELECT 1/0")
        assert me() == one("SELECT session_user")
        with transaction.atomic():
            assert me() == OWN
            connection.close_if_unusable_or_obsolete()
        connection.close()
        with transaction.atomic():
            assert me() == OWN


def test_it_costs_no_round_trip(tmp_path):
    with serve_county(harness.A), (tmp_path / "sent").open("w") as file:
        one("SELECT 1")
        server = connection.connection.pgconn
        server.trace(file.fileno())
        with transaction.atomic():
            one("SELECT 2")
        server.untrace()
    told = [line.split("\tQuery\t") for line in (tmp_path / "sent").read_text().splitlines()]
    assert [words[1].strip(' "') for words in told if len(words) == 2] == [
        f'BEGIN; SET LOCAL ROLE "{OWN}',
        "SELECT 2",
        "COMMIT",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM county_990102.county_account",
        "INSERT INTO county_990102.county_account (username) VALUES ('zhao')",
        "UPDATE county_990102.matters_matter SET version = 2",
        "DELETE FROM county_990102.ledger_entry",
        "SELECT nextval('county_990102.matters_number_serial')",
        "UPDATE ledger_entry SET what = 'x.y'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "TRUNCATE matters_matter CASCADE",
        "DROP TABLE matters_matter",
        "ALTER TABLE ledger_entry ADD COLUMN more int",
        "CREATE TABLE more (id int)",
        "GRANT UPDATE ON ledger_entry TO CURRENT_USER; UPDATE ledger_entry SET what = 'x.y'",
        "UPDATE public.shared_countyentry SET host = 'elsewhere.example.test'",
        "DELETE FROM public.shared_countyentry",
        "DELETE FROM django_migrations WHERE false; DELETE FROM public.django_migrations",
    ],
)
def test_what_the_role_may_not_do(county_b, statement):
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with serve_county(harness.A), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_it_may_do():
    with serve_county(harness.A), transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table == Entry._meta.db_table:
                continue
            cursor.execute(
                "SELECT has_table_privilege(%s, 'SELECT') AND has_table_privilege(%s, 'INSERT')"
                " AND has_table_privilege(%s, 'UPDATE') AND has_table_privilege(%s, 'DELETE')",
                [table] * 4,
            )
            assert cursor.fetchone()[0], table
        cursor.execute("SELECT nextval('matters_number_serial')")
        cursor.execute("SELECT count(*) FROM shared_countyentry")


def test_rights_follow_the_tables():
    create_schema("990103")
    with use_county("990103"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE first (id bigint GENERATED BY DEFAULT AS IDENTITY)")
            cursor.execute("CREATE TABLE kept (id int)")
            cursor.execute("REVOKE UPDATE, DELETE ON kept FROM CURRENT_USER")
            assert give_role() is True
            assert rights() == {"first": "DELETE INSERT SELECT UPDATE", "kept": "INSERT SELECT"}
            cursor.execute("CREATE TABLE second (id int)")
            cursor.execute("REVOKE UPDATE, DELETE ON first FROM CURRENT_USER")
            give_role()
            assert rights() == {
                "first": "INSERT SELECT", "kept": "INSERT SELECT", "second": "DELETE INSERT SELECT UPDATE",
            }  # fmt: skip
            cursor.execute(LACKING, {"role": role_of("county_990103"), "all": ALL})
            assert cursor.fetchall() == []
            cursor.execute("DROP SCHEMA county_990103 CASCADE")
        with use_shared():
            take_role("county_990103")
            assert one("SELECT count(*) FROM pg_roles WHERE rolname = 'weimin_county_990103'") == 0


def rights() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
            " FROM information_schema.role_table_grants WHERE grantee = 'weimin_county_990103'"
            " AND table_schema = 'county_990103' GROUP BY 1"
        )
        return dict(cursor.fetchall())
