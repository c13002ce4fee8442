"""Seal the answers of the last day, bound to the column under its later name. All of them or none."""

from typing import Any

from django.db import migrations

from weimin.county.sealed import ring

_BATCH = 500


def seal_answers(state: Any, editor: Any) -> None:
    table = state.get_model("county", "AnsweredRequest")._meta.db_table
    with editor.connection.cursor() as cursor:
        while rows := _plain(cursor, table):
            sealed = [
                (ring().seal(bytes(body), bound_to=f"{table}.body:{key}"), pk) for pk, key, body in rows
            ]  # fmt: skip
            cursor.executemany(f"UPDATE {table} SET sealed_body = %s WHERE id = %s", sealed)  # noqa: S608 -- our table


def _plain(cursor: Any, table: str) -> list[Any]:
    cursor.execute(
        f"SELECT id, key, body FROM {table} WHERE sealed_body = '' AND length(body) > 0 "  # noqa: S608 -- our table
        f"ORDER BY id LIMIT {_BATCH}"
    )
    return list(cursor.fetchall())


class Migration(migrations.Migration):
    dependencies = [("county", "0003_sealed_answers")]

    operations = [migrations.RunPython(seal_answers, migrations.RunPython.noop)]
