"""Old code goes on serving while a migration runs, and after it; each rule is shown to catch what it forbids."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from tests.rules import unsafe
from weimin.county.live import AddConstraintLive, AddIndexLive

# Migrations from before the first release: nothing served on the tables they change. After it a migration stands here
# only with its reason; otherwise it is written so that it breaks no rule (docs/operate/upgrade.md).
BEFORE_THE_FIRST_RELEASE = {
    "county.0002_one_time_password",
    "county.0004_seal_answers",
    "county.0005_only_sealed",
    "county.0006_seal_sign_ins",
    "households.0002_sealed_columns",
    "households.0003_seal_residents",
    "households.0004_only_sealed",
    "ledger.0002_appended_only",
    "ledger.0003_short_rows",
    "matters.0002_number_sequence",
    "matters.0003_helpers_promises_parting",
    "matters.0004_undo",
    "matters.0009_seal_letters",
    "matters.0010_only_sealed",
    "matters.0011_sealed_secrets",
    "matters.0012_seal_secrets",
    "matters.0013_only_sealed_secrets",
    "matters.0020_words_of_contacts",
    "notices.0002_lost",
    "notices.0003_carriers",
    "notices.0005_seal_notices",
    "notices.0006_only_sealed",
    "webhooks.0002_sealed_columns",
    "webhooks.0003_seal_secrets",
    "webhooks.0004_only_sealed",
}
WITH_A_REASON = {
    "matters.0023_counted_by_hour": "reads open matters alone, adds counts that old code never asks for",
}


def test_old_code_can_serve_on_every_new_table():
    found = unsafe.of_the_house()
    told = {name: wrong for name, wrong in found.items() if name not in BEFORE_THE_FIRST_RELEASE | set(WITH_A_REASON)}
    assert told == {}, "make it expand only, or name it above with its reason"
    assert set(found) >= BEFORE_THE_FIRST_RELEASE | set(WITH_A_REASON), "an exception that is no longer needed"


# --- what is planted is found ---------------------------------------------------------------------------------------


def before(*, large=True):
    """One table with rows in it, before the planted migration."""
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.CharField(max_length=40)),
        ("note", models.CharField(max_length=40, null=True)),
        ("count", models.IntegerField(default=0)),
    ]
    for name in ["Matter", "Event"] if large else ["Room"]:
        state.add_model(ModelState("matters", name, [(title, field.clone()) for title, field in fields]))
    return state


def wrong(*operations, atomic=True, large=True):
    planted = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic})
    return unsafe.findings(planted("0099_planted", "matters"), before(large=large))


def rules(*operations, **more):
    names = {value: name for name, value in vars(unsafe).items() if name.isupper() and isinstance(value, str)}
    return [next(names[rule] for rule in names if line.endswith(rule)) for line in wrong(*operations, **more)]


WORD = models.CharField(max_length=10)
INDEX = models.Index(fields=["title"], name="planted")
CHECK = models.CheckConstraint(condition=models.Q(count__gte=0), name="planted")


@pytest.mark.parametrize(
    ("step", "broken"),
    [
        (migrations.AddField("matter", "word", models.CharField(max_length=10, default="")), ["BARE"]),
        (migrations.AddField("matter", "word", models.CharField(max_length=10, null=True, unique=True)), ["NARROWED"]),
        (migrations.RemoveField("matter", "note"), ["GONE"]),
        (migrations.DeleteModel("Event"), ["GONE"]),
        (migrations.RenameField("matter", "note", "remark"), ["RENAMED"]),
        (migrations.RenameModel("Event", "Line"), ["RENAMED"]),
        (migrations.AlterModelTable("matter", "affair"), ["RENAMED"]),
        (migrations.AlterField("matter", "title", models.CharField(max_length=40, db_column="head")), ["RENAMED"]),
        (migrations.AddIndex("matter", INDEX), ["LOCKED"]),
        (migrations.AlterField("matter", "title", models.CharField(max_length=40, db_index=True)), ["LOCKED"]),
        (AddIndexLive("matter", INDEX), ["LOCKED"]),  # in a transaction it locks like Django's own
        (migrations.AlterField("matter", "count", models.BigIntegerField(default=0)), ["REWRITTEN"]),
        (migrations.AlterField("matter", "title", models.CharField(max_length=20)), ["REWRITTEN"]),
        (migrations.AlterField("matter", "note", models.CharField(max_length=40)), ["NULLED"]),
        (migrations.AlterField("matter", "title", models.CharField(max_length=40, unique=True)), ["NARROWED"]),
        (migrations.AlterUniqueTogether("matter", {("title", "note")}), ["NARROWED"]),
        (migrations.AddConstraint("matter", CHECK), ["CONSTRAINED", "SCANNED"]),
        (migrations.RunPython(lambda apps, editor: None), ["FILLED"]),
        (migrations.RunSQL("UPDATE matters_matter SET count = 0"), ["FILLED"]),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else type(value).__name__,
)
def test_a_planted_step_is_found(step, broken):
    assert rules(step) == broken


def test_a_planted_check_that_compares_with_an_old_column_is_found():
    fresh = migrations.AddField("room", "word", models.IntegerField(null=True))
    own = models.CheckConstraint(condition=models.Q(word__gte=0), name="own")
    old = models.CheckConstraint(condition=models.Q(word__gte=models.F("count")), name="old")
    assert rules(fresh, migrations.AddConstraint("room", own), large=False) == []
    assert rules(fresh, migrations.AddConstraint("room", old), large=False) == ["CONSTRAINED"]


def test_planted_locks_on_two_large_tables_are_found():
    here, there = (migrations.AddField(name, "word", models.IntegerField(null=True)) for name in ("matter", "event"))
    assert rules(here, there) == ["SEVERAL"]
    assert rules(here) == rules(there) == []


def test_a_planted_step_that_leaves_half_is_found():
    word = migrations.AddField("matter", "word", models.IntegerField(null=True))
    assert rules(word, AddIndexLive("matter", INDEX), atomic=False) == ["HALF"]


@pytest.mark.parametrize(
    ("step", "atomic"),
    [
        (migrations.AddField("matter", "word", models.CharField(max_length=10, null=True)), True),
        (migrations.AddField("matter", "word", models.CharField(max_length=10, db_default="")), True),
        (migrations.AlterField("matter", "title", models.CharField(max_length=80)), True),
        (migrations.AlterField("matter", "title", models.TextField()), True),
        (migrations.AlterField("matter", "title", models.CharField(max_length=40, choices=[("A", "a")])), True),
        (migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True)), ("word", WORD)]), True),
        (AddIndexLive("matter", INDEX), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_old_code_does_not_notice_is_let_through(step, atomic):
    assert wrong(step, atomic=atomic) == []


def test_a_live_check_locks_nobody_out_but_still_binds_old_code():
    assert rules(AddConstraintLive("matter", CHECK), atomic=False) == ["CONSTRAINED"]


def test_a_small_table_may_be_locked():
    assert rules(migrations.AddIndex("room", INDEX), large=False) == []
