"""Rows without what follows from them: the body and the county go, the commitment becomes its 32 bytes.

First every body that stands here is built anew from its columns and compared, byte for byte. One that differs stops the
migration before anything is taken away.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from weimin.kernel.chosen import current_code
from weimin.ledger.canonical import body_of, commitment_of

BEFORE = "ledger_entry_before"
POSTGRESQL = [
    "DROP INDEX ledger_about",  # else it would be built twice
    """
    ALTER TABLE ledger_entry
        DROP CONSTRAINT ledger_commitment_is_sha256, DROP COLUMN county, DROP COLUMN body,
        ALTER COLUMN commitment TYPE bytea USING decode(substr(commitment, 8), 'hex')
    """,  # the table is written once anew, in the order of its rows
    "ALTER TABLE ledger_entry RENAME COLUMN commitment TO digest",
]
SQLITE = [
    "DROP INDEX ledger_about",
    f"ALTER TABLE ledger_entry RENAME TO {BEFORE}",
]
COPY = f"""
INSERT INTO ledger_entry (id, at, what, about, "by", digest)
SELECT id, at, what, about, "by", bytes_of(substr(commitment, 8)) FROM {BEFORE} ORDER BY id
"""  # noqa: S608 -- our names


class BodyDiffers(Exception):
    """An entry was hashed as something else than its columns say."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"The body of ledger entry {number} is not what its columns say, so it cannot be left out. Nothing was "
            "changed. Find out who wrote this row: bin/weimin verify_backup tells whether an archive has it otherwise."
        )


def prove_bodies(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Row by row, with the function that reads them from now on."""
    names = ("pk", "at", "what", "about", "by", "commitment", "body")
    rows = apps.get_model("ledger", "Entry")._base_manager.order_by("pk").values_list(*names)
    county = None
    for number, at, what, about, by, commitment, body in rows.iterator(chunk_size=5000):
        county = county or current_code()
        try:
            digest = bytes.fromhex(commitment.removeprefix("sha256:"))
        except ValueError:
            raise BodyDiffers(number) from None
        built = body_of(at=at, what=what, about=about, by=by, digest=digest, county=county)
        if built != body or commitment != commitment_of(digest) or len(digest) != 32:
            raise BodyDiffers(number)


def shorten(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    entry = apps.get_model("ledger", "Entry")
    if schema_editor.connection.vendor == "sqlite":
        _anew_on_sqlite(entry, schema_editor)
        return
    for statement in POSTGRESQL:
        schema_editor.execute(statement)
    for index in entry._meta.indexes:
        schema_editor.add_index(entry, index)
    for constraint in entry._meta.constraints:
        schema_editor.add_constraint(entry, constraint)


def _anew_on_sqlite(entry: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite changes no column, and its guards let no row be changed: a new table takes the place of the old one."""
    guards = import_module("weimin.ledger.migrations.0002_appended_only")
    schema_editor.connection.connection.create_function("bytes_of", 1, bytes.fromhex, deterministic=True)
    for statement in SQLITE:
        schema_editor.execute(statement)
    schema_editor.create_model(entry)
    schema_editor.execute(COPY)
    schema_editor.execute(f"DROP TABLE {BEFORE}")
    guards.forbid(None, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_appended_only")]

    operations = [
        migrations.RunPython(prove_bodies),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("entry", "ledger_commitment_is_sha256"),
                migrations.RemoveIndex("entry", "ledger_about"),
                migrations.RemoveField("entry", "county"),
                migrations.RemoveField("entry", "body"),
                migrations.RenameField("entry", "commitment", "digest"),
                migrations.AlterField("entry", "digest", models.BinaryField("内容承诺值", max_length=32)),
                migrations.AddIndex("entry", models.Index(fields=["about"], name="ledger_about")),
                migrations.AddConstraint(
                    "entry",
                    models.CheckConstraint(name="ledger_digest_is_sha256", condition=Exact(Length("digest"), 32)),
                ),
            ]
        ),
        migrations.RunPython(shorten),
    ]
