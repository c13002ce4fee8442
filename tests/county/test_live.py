"""Indexes and checks of large tables are made while the county is served, on both databases."""

import pytest
from django.db import IntegrityError, connection, models
from django.db.migrations.state import ProjectState
from django.db.transaction import atomic, set_rollback
from django.test.utils import CaptureQueriesContext

from weimin.county.live import AddConstraintLive, AddIndexLive, RemoveKeyIndex, RemoveLikeIndexes
from weimin.matters.models import Rating
from weimin.web.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = AddIndexLive("run", models.Index(fields=["failures"], name="run_planted"))
CHECK = AddConstraintLive("run", models.CheckConstraint(condition=models.Q(failures__lt=5), name="run_fails_seldom"))


@pytest.fixture
def migrated():
    """Runs a step forwards in a connection without a transaction, and takes it back at the end."""
    from_state = ProjectState.from_apps(Run._meta.apps)
    done = []

    def run(step, **more):
        to_state = from_state.clone()
        step.state_forwards("web", to_state)
        with CaptureQueriesContext(connection) as asked, connection.schema_editor(atomic=False) as editor:
            step.database_forwards("web", editor, from_state, to_state)
        done.append((step, to_state))
        return [query["sql"] for query in asked]

    yield run
    for step, to_state in done[:1]:
        with connection.schema_editor(atomic=False) as editor:
            step.database_backwards("web", editor, to_state, from_state)


def constraints():
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, Run._meta.db_table)


def test_an_index_is_there_and_nobody_waited(migrated):
    asked = migrated(INDEX)
    assert constraints()["run_planted"]["columns"] == ["failures"]
    if connection.vendor == "postgresql":
        assert [sql for sql in asked if "CREATE INDEX CONCURRENTLY" in sql]


def test_a_check_binds(migrated):
    asked = migrated(CHECK)
    assert constraints()["run_fails_seldom"]["check"]
    with pytest.raises(IntegrityError), atomic():
        Run.objects.create(job="planted", failures=5, bad_at="2026-11-24T00:00Z")
    if connection.vendor == "postgresql":
        told = [sql.partition('"web_run" ')[2].split()[0] for sql in asked if sql.startswith("ALTER")]
        assert told == ["DROP", "ADD", "VALIDATE"]


@pytest.mark.postgresql
@pytest.mark.parametrize("step", [INDEX, CHECK], ids=["index", "check"])
def test_one_that_was_interrupted_is_run_again(migrated, step):
    migrated(step)
    migrated(step)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_catalog.pg_index WHERE NOT indisvalid")
        invalid = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_catalog.pg_constraint WHERE NOT convalidated")
        assert (invalid, cursor.fetchone()[0]) == (0, 0)


@pytest.mark.postgresql
def test_inside_a_transaction_it_is_djangos_own_step():
    """As where a new county is made in one transaction: nobody is there yet who could wait."""
    state = ProjectState.from_apps(Run._meta.apps)
    after = state.clone()
    INDEX.state_forwards("web", after)
    with CaptureQueriesContext(connection) as asked, atomic(), connection.schema_editor() as editor:
        INDEX.database_forwards("web", editor, state, after)
        set_rollback(True)
    assert [query["sql"] for query in asked if "planted" in query["sql"]] == [
        'CREATE INDEX "run_planted" ON "web_run" ("failures")'
    ]


def keys_of(table):
    """Of each index of one column and each key, its column and what it is."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    indexes = {one["columns"][0] for one in found.values() if one["index"] and len(one["columns"]) == 1}
    return indexes, {one["columns"][0] for one in found.values() if one["foreign_key"]}


def test_a_key_loses_its_index_and_goes_on_binding():
    table = Rating._meta.db_table
    before, bound = keys_of(table)
    from_state = ProjectState.from_apps(Rating._meta.apps)
    plain = models.ForeignKey("matters.Matter", models.PROTECT, related_name="ratings", db_index=False)
    step, to_state = RemoveKeyIndex("rating", "matter", plain), from_state.clone()
    step.state_forwards("matters", to_state)
    with CaptureQueriesContext(connection) as asked, connection.schema_editor(atomic=False) as editor:
        step.database_forwards("matters", editor, from_state, to_state)
    try:
        assert keys_of(table) == (before - {"matter_id"}, bound)
        assert not [query["sql"] for query in asked if query["sql"].startswith(("ALTER", "CREATE"))]
    finally:
        with connection.schema_editor() as editor:
            step.database_backwards("matters", editor, to_state, from_state)
    assert keys_of(table) == (before, bound)


@pytest.mark.postgresql
def test_the_second_index_of_a_word_is_not_made_and_an_earlier_one_removed(migrated):
    def for_like():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexdef ~ 'pattern_ops'"
            )
            return [name for (name,) in cursor.fetchall()]

    assert for_like() == []
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX web_run_job_like ON web_run (job varchar_pattern_ops)")
    assert for_like() == ["web_run_job_like"]
    migrated(RemoveLikeIndexes("run"))
    assert for_like() == []
