"""The database itself refuses to change the ledger, whoever asks."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TRIGGER = """
CREATE TRIGGER ledger_entry_no_{act} BEFORE {act} ON ledger_entry {when}
BEGIN SELECT RAISE(ABORT, 'the ledger is appended to, never changed'); END
"""
# REPLACE removes the old row without asking the trigger on DELETE, so an id already used is refused as well.
GUARDS = {
    "UPDATE": "",
    "DELETE": "",
    "INSERT": "WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id)",
}
SQLITE = [TRIGGER.format(act=act, when=when) for act, when in GUARDS.items()]
# No trigger here: Citus refuses them in a county's schema. Whoever owns the table gives the right up as well, and
# so does every role to which the operator's default privileges gave it when the table was made.
POSTGRESQL = "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM CURRENT_USER, PUBLIC"
ALSO_ALLOWED = """
SELECT DISTINCT quote_ident(pg_get_userbyid(granted.grantee))
FROM pg_catalog.pg_class c, aclexplode(c.relacl) granted
WHERE c.oid = 'ledger_entry'::regclass AND granted.grantee <> 0
  AND granted.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
"""


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)
        return
    schema_editor.execute(POSTGRESQL)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(ALSO_ALLOWED)
        for (role,) in cursor.fetchall():
            schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM {role}")


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for act in GUARDS:
            schema_editor.execute(f"DROP TRIGGER ledger_entry_no_{act}")
    else:
        schema_editor.execute("GRANT UPDATE, DELETE, TRUNCATE ON ledger_entry TO CURRENT_USER")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(forbid, allow)]
