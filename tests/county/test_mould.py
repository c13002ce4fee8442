"""A county cast from the mould is the county that the migrations make, to the last right and sequence."""

import pytest
from django.db import connection

from tests import harness
from weimin.county.context import use_county, use_shared
from weimin.county.many.migrating import Migrator
from weimin.county.postgresql import mould as moulds
from weimin.county.postgresql.catalog import catalog_of_chosen, differences
from weimin.county.postgresql.definition import definition
from weimin.county.schemas import county_codes, create_schema

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
NEW = "990103"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def catalog_of(code: str):
    with use_county(code):
        return catalog_of_chosen()


def kinds(code: str) -> set[str]:
    """What kinds of things differ between county A and this one."""
    return {sentence.split()[4] for sentence in differences(catalog_of(harness.A), catalog_of(code))}


def test_a_cast_county_is_a_migrated_county():
    create_schema(NEW)
    with use_county(NEW):
        moulds.cast(Migrator())
        assert Migrator().lacking() == []
    assert differences(catalog_of(harness.A), catalog_of(NEW)) == []
    assert len(catalog_of(NEW)) > 1500
    assert county_codes() == [harness.A, harness.B, NEW]  # what was migrated and cast for comparison is gone


def test_what_the_migrations_wrote_is_cast_too_and_keys_go_on_after_it():
    create_schema(NEW)
    with use_county(NEW):
        moulds.cast(Migrator())
        run("INSERT INTO django_content_type (app_label, model) VALUES ('none', 'none')")
    asked = "SELECT id, app_label, model FROM {}.django_content_type WHERE app_label <> 'none' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(asked.format("county_990101"))
        there = {row[1:] for row in cursor.fetchall()}
        cursor.execute(asked.format("county_990103"))
        assert {row[1:] for row in cursor.fetchall()} == there


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE county_account ALTER username DROP NOT NULL", {"column"}),
        ("ALTER TABLE county_account ALTER username SET DEFAULT 'x'", {"column"}),
        ("ALTER TABLE county_account ALTER username TYPE text", {"column"}),
        ("ALTER TABLE county_post ALTER id DROP IDENTITY", {"column", "relation", "sequence", "privilege"}),
        ("ALTER TABLE county_post DROP CONSTRAINT county_post_code_key", {"constraint", "index", "relation"}),
        ("DROP INDEX notice_lost", {"index", "relation"}),
        ("ALTER SEQUENCE matters_number_serial INCREMENT 2", {"sequence"}),
        ("GRANT UPDATE ON ledger_entry TO CURRENT_USER", {"privilege"}),
        ("REVOKE DELETE ON county_post FROM CURRENT_USER", {"privilege"}),
        ("GRANT USAGE ON SCHEMA county_990102 TO PUBLIC", {"privilege"}),
        ("CREATE VIEW all_posts AS SELECT * FROM county_post", {"column", "privilege", "relation"}),
        ("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'", {"function"}),
        ("CREATE TYPE mood AS ENUM ('calm')", {"type"}),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON county_post EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            {"trigger"},
        ),
        ("CREATE POLICY p ON county_post USING (true)", {"policy"}),
    ],
)
def test_the_comparison_sees_each_kind_of_difference(change, told, county_b):
    with use_county(county_b):
        run(change.replace("UPDATE ON county_post EXECUTE", "UPDATE ON county_post FOR EACH ROW EXECUTE"))
    assert kinds(county_b) == told


def test_the_sql_names_no_county():
    with use_county(harness.A):
        text = definition()
    assert (text.count("CREATE TABLE") > 50, "990101" in text) == (True, False)


def test_tables_that_name_each_other_are_tied_afterwards():
    create_schema(NEW)
    create_schema("990104")
    with use_county(NEW):
        run(
            "CREATE TABLE hen (id int PRIMARY KEY, egg int)",
            "CREATE TABLE egg (id int PRIMARY KEY, hen int REFERENCES hen)",
            "ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg, ADD CONSTRAINT self FOREIGN KEY (id) REFERENCES hen",
        )
        text = definition()
    with use_county("990104"):
        run(text)
    assert differences(catalog_of(NEW), catalog_of("990104")) == []


def test_what_cannot_be_cast_is_told_and_left_to_the_migrations(monkeypatch, caplog, settings, tmp_path):
    settings.WEIMIN_HOME = tmp_path
    migrate = Migrator.migrate

    def with_a_view(migrator):
        done = migrate(migrator)
        run("CREATE VIEW all_posts AS SELECT code FROM county_post")
        return done

    monkeypatch.setattr(Migrator, "migrate", with_a_view)
    create_schema(NEW)
    with use_county(NEW):
        assert moulds.mould(Migrator()) == ""
        moulds.cast(Migrator())
        assert connection.introspection.table_names() == []
    assert "counties are made by their migrations, for a copy would differ" in caplog.text


def test_a_mould_is_kept_until_the_migrations_change(monkeypatch, settings, tmp_path):
    settings.WEIMIN_HOME = tmp_path
    taken = []

    def taking(migrator):
        taken.append(1)
        return "SELECT 1;", []

    monkeypatch.setattr(moulds, "_taken", taking)
    assert [moulds.mould(Migrator()) for _ in range(2)] == ["SELECT 1;"] * 2
    assert len(taken) == 1
    (first,) = (tmp_path / "moulds").iterdir()
    less = {("ledger", "0001_initial"): Migrator().migrations["ledger", "0001_initial"]}
    monkeypatch.setattr(Migrator, "migrations", less)
    moulds.mould(Migrator())
    assert len(taken) == 2
    (second,) = (tmp_path / "moulds").iterdir()
    assert second != first


def test_nothing_of_the_shared_shelf_is_cast():
    with use_shared():
        shared = {what for _, what, _ in catalog_of_chosen()}
    assert "shared_countyentry" in shared
    assert "shared_countyentry" not in {what for _, what, _ in catalog_of(harness.A)}
