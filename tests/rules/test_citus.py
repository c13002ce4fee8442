"""What is written here stands on Citus too, one county one schema; each rule is shown to catch what it forbids."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, migrations, models
from django.test.utils import isolate_apps

from tests.rules import citus
from tests.rules.house import ROOT, WEIMIN, python_files
from weimin.county.context import use_shared

MODELS = apps.get_models(include_auto_created=True)
SOURCES = [*python_files(WEIMIN, ROOT / "config", migrations=True), ROOT / "manage.py"]

# Keys of packages to a table of theirs whose identity is a bigint here. No worker writes them: `migrate` does, at the
# coordinator, or nobody, because a switch is off (held below).
NARROW = {
    "auth.Permission.content_type": "written by migrate",
    "auth.Group_permissions.group": "no groups: a post says what its holder may do",
    "auth.Group_permissions.permission": "no groups: a post says what its holder may do",
    "county.Account_groups.group": "no groups: a post says what its holder may do",
    "county.Account_user_permissions.permission": "no permissions: a post says what its holder may do",
    "account.EmailConfirmation.email_address": "confirmations are signed words, not rows",
    "socialaccount.SocialToken.app": "tokens of the identity provider are not kept",
    "socialaccount.SocialToken.account": "tokens of the identity provider are not kept",
    "axes.AccessAttemptExpiration.access_attempt": "attempts do not expire one by one",
}
# Steps that no model describes, looked at by eye.
BY_HAND = {
    "county.0004_seal_answers: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "county.0006_seal_sign_ins: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "households.0003_seal_residents: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "ledger.0002_appended_only: RunPython": "REVOKE, which Citus carries to the workers; triggers on SQLite alone",
    "ledger.0003_short_rows: RunPython": "plain SELECT; ALTER TABLE of one table; a new table on SQLite alone",
    "matters.0002_number_sequence: RunPython": "one sequence, in the county's schema",
    "matters.0009_seal_letters: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "matters.0012_seal_secrets: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "matters.0020_words_of_contacts: RunPython": "plain SELECT of two tables of the county",
    "matters.0023_counted_by_hour: RunPython": "plain SELECT and INSERT of two tables of the county",
    "notices.0005_seal_notices: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
    "webhooks.0003_seal_secrets: RunPython": "plain SELECT and UPDATE by primary key, in the county's schema",
}
ALLOWED_SQL = {
    "weimin/county/postgresql/roles.py: a shared table in SQL: ask through its model":
        "rights on the shared shelf, by who owns it",
    "weimin/county/postgresql/definition.py: a table that no model describes":
        "the tables of the models, as the migrations left them and after their schema was made",
    "weimin/ledger/migrations/0002_appended_only.py: a trigger": "on SQLite alone",
    "weimin/web/backup/snapshot.py: a schema named: it is chosen by use_county alone":
        "the archive holds the county and the shared shelf, of one moment",
}  # fmt: skip


# --- the house ------------------------------------------------------------------------------------------------------


def test_keys_stay_in_the_county_or_point_to_the_shared_shelf_with_protect():
    assert citus.keys_across(MODELS) == []


def test_identities_and_what_points_to_them_are_bigint():
    wrong = {line.partition(":")[0] for line in citus.narrow_keys(MODELS)}
    assert wrong == set(NARROW)
    assert not any(
        getattr(settings, name, False) for name in ("SOCIALACCOUNT_STORE_TOKENS", "AXES_USE_ATTEMPT_EXPIRATION")
    )
    assert getattr(settings, "ACCOUNT_EMAIL_CONFIRMATION_HMAC", True)


def test_every_table_is_made_by_a_model_with_a_primary_key():
    assert citus.without_primary_key(MODELS) == []


def test_steps_written_by_hand_are_known():
    assert citus.hand_written(citus.weimin_migrations()) == list(BY_HAND)


def test_no_statement_is_one_that_citus_refuses():
    found = citus.in_files(SOURCES, citus.refused_sql, ROOT)
    assert {f"{line.split(':')[0]}:{line.split(':', 2)[2]}" for line in found} == set(ALLOWED_SQL)


def test_no_update_asks_for_chance():
    assert citus.in_files(SOURCES, citus.volatile_updates, ROOT) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("what", citus.STANDING)
def test_nothing_of_it_stands_in_a_county(db, what):
    assert standing(what) == []


def standing(what):
    with connection.cursor() as cursor:
        cursor.execute(citus.STANDING[what])
        return [name for (name,) in cursor.fetchall()]


# --- what is planted is found ---------------------------------------------------------------------------------------


class TestPlantedModels:
    """Models that live in one test only."""

    @pytest.fixture(autouse=True)
    def _in_a_registry_of_their_own(self):
        with isolate_apps():
            yield

    def shared(self, **fields):
        return type("Code", (models.Model,), {"__module__": __name__, "Meta": _meta("shared"), **fields})

    def county(self, meta=None, **fields):
        return type("Case", (models.Model,), {"__module__": __name__, "Meta": meta or _meta("county"), **fields})

    def test_a_shared_table_that_points_into_a_county(self):
        case = self.county()
        code = self.shared(case=models.ForeignKey(case, models.PROTECT))
        assert citus.keys_across([case, code]) == ["shared.Code.case: the shared shelf points into a county"]

    @pytest.mark.parametrize("weak", [models.CASCADE, models.SET_NULL, models.DO_NOTHING])
    def test_a_key_to_the_shared_shelf_that_lets_go(self, weak):
        case = self.county(code=models.ForeignKey(self.shared(), weak, null=True))
        assert citus.keys_across([case]) == ["county.Case.code: a key to the shared shelf without PROTECT"]

    def test_a_key_that_protects_is_allowed(self):
        assert citus.keys_across([self.county(code=models.ForeignKey(self.shared(), models.PROTECT))]) == []

    def test_a_table_between_both(self):
        case = self.county(codes=models.ManyToManyField(self.shared()))
        assert citus.keys_across([case]) == ["county.Case.codes: a table between a county and the shared shelf"]

    def test_an_int_that_points_to_a_bigint(self):
        old = self.county(id=models.AutoField(primary_key=True))
        new = self.shared(case=models.ForeignKey(old, models.PROTECT))
        assert citus.narrow_keys([old, new]) == ["shared.Code.case: integer, points to a bigint"]

    def test_an_int_identity(self, monkeypatch):
        old = self.county(id=models.AutoField(primary_key=True))
        assert citus.narrow_keys([old]) == []  # our engine makes it a bigint
        monkeypatch.setitem(citus.PLANNED.data_types, "AutoField", "integer")
        assert citus.narrow_keys([old]) == ["county.Case: integer identity"]

    def test_a_table_that_somebody_else_makes(self):
        found = self.county(meta=_meta("county", managed=False))
        assert citus.without_primary_key([found]) == ["county.Case: not managed"]


def _meta(app_label, **more):
    return type("Meta", (), {"app_label": app_label, **more})


@pytest.mark.parametrize(
    "step",
    [
        migrations.RunSQL("CREATE INDEX x ON y (z)"),
        migrations.RunPython(lambda apps, editor: None),
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL("SELECT 1")]),
    ],
    ids=["RunSQL", "RunPython", "inside"],
)
def test_a_planted_step_written_by_hand(step):
    migration = type("Migration", (migrations.Migration,), {"operations": [step]})("0009_planted", "matters")
    kind = "RunPython" if isinstance(step, migrations.RunPython) else "RunSQL"
    assert citus.hand_written({"matters.0009_planted": migration}) == [f"matters.0009_planted: {kind}"]


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE TRIGGER t BEFORE UPDATE ON matters_matter EXECUTE FUNCTION f()", "a trigger"),
        ("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON matters_matter", "a trigger"),
        ("ALTER TABLE matters_event INHERIT matters_old", "a table that inherits"),
        ("CREATE TABLE notes (t text)", "a table that no model describes"),
        ("CREATE SCHEMA a CREATE VIEW b AS SELECT 1", "CREATE SCHEMA together with what stands in it"),
        ("CREATE SCHEMA a; CREATE INDEX b ON c (d)", "CREATE SCHEMA together with what stands in it"),
        ("SELECT count(*) FROM county_990102.matters_matter", "a schema named: it is chosen by use_county alone"),
        ('UPDATE "public"."shared" SET a = 1', "a schema named: it is chosen by use_county alone"),
        ("SELECT code FROM shared_countyentry", "a shared table in SQL: ask through its model"),
        ("UPDATE matters_matter SET x = random()", "a volatile function in UPDATE"),
        ("WITH a AS (SELECT 1) UPDATE b SET c = gen_random_uuid()", "a volatile function in UPDATE"),
        ("INSERT INTO a (b) VALUES (1) RETURNING nextval('c')", "a volatile function in RETURNING"),
        ("ALTER TABLE matters_matter ALTER COLUMN a SET STATISTICS 500", "SET STATISTICS"),
    ],
)  # fmt: skip
def test_a_planted_statement(sql, rule):
    assert citus.refused_sql(f"cursor.execute({sql!r})") == [f"1: {rule}"]


def test_statements_are_found_where_they_are_composed_and_not_in_prose():
    assert citus.refused_sql('cursor.execute(f"SELECT 1 FROM {county}.matters_matter")') == [
        "1: a schema named: it is chosen by use_county alone"
    ]
    assert citus.refused_sql('"""CREATE TRIGGER is refused."""') == []
    assert citus.refused_sql('cursor.execute("SELECT c.oid FROM pg_catalog.pg_class c JOIN x ON c.oid = x.oid")') == []


@pytest.mark.parametrize(
    "value",
    ["Random()", "functions.RandomUUID()", "Func(function='gen_random_uuid')", "RawSQL('clock_timestamp()', [])"],
)
def test_a_planted_update_that_asks_for_chance(value):
    assert len(citus.volatile_updates(f"Matter.objects.filter(pk=1).update(x={value})")) == 1
    assert citus.volatile_updates("Matter.objects.filter(pk=1).update(x=F('x') + 1, at=now)") == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("what", "planted", "table"),
    [
        ("trigger", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
                    "CREATE TRIGGER t BEFORE UPDATE ON web_run FOR EACH ROW EXECUTE FUNCTION f()", "web_run"),
        ("inherits", "CREATE TABLE planted (PRIMARY KEY (id)) INHERITS (web_run)", "planted"),
        ("no primary key", "CREATE TABLE planted (n int)", "planted"),
        ("narrow identity", "CREATE TABLE planted (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)", "planted"),
        ("foreign or unlogged table", "CREATE UNLOGGED TABLE planted (id bigint PRIMARY KEY)", "planted"),
        ("key to another schema", "CREATE TABLE planted (id bigint PRIMARY KEY, code varchar(6) "
                                  "REFERENCES public.shared_countyentry)", "planted"),
    ],
)  # fmt: skip
def test_a_planted_table(db, what, planted, table):
    with connection.cursor() as cursor:
        cursor.execute(planted)
    assert standing(what) == [table]


@pytest.mark.postgresql
def test_the_shared_shelf_stands_on_citus_too(db):
    with use_shared():
        assert {what: standing(what) for what in citus.STANDING} == {what: [] for what in citus.STANDING}
