"""The schemas of this installation: which counties have one, how one is made and dropped, how large they are."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .context import schema_of, use_shared


def county_codes() -> list[str]:
    """The counties that have a schema in this database, in order. PostgreSQL only."""
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT substr(nspname, 8) FROM pg_catalog.pg_namespace WHERE nspname ~ '^county_[0-9]{6}$' ORDER BY 1"
        )
        return [code for (code,) in cursor.fetchall()]


def counties_here() -> list[str]:
    """The counties that have tables in this database: on SQLite the one it serves."""
    return county_codes() if connection.vendor == "postgresql" else [settings.COUNTY]


def create_schema(code: str) -> bool:
    """Make room for a county; False if it stood already."""
    if code in county_codes():
        return False
    with use_shared(), connection.cursor() as cursor:
        # the name is six digits after a fixed word: nothing a person typed reaches SQL as a name
        cursor.execute(f'CREATE SCHEMA "{schema_of(code)}"')
    return True


def drop_schema(code: str) -> None:
    """Take a county away with everything in it."""
    with use_shared(), connection.cursor() as cursor:
        # whoever works in the county is waited for, but not for ever: meanwhile nobody else would get in
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(f'DROP SCHEMA "{schema_of(code)}" CASCADE')


def sizes() -> dict[str, int]:
    """Bytes of each county by code, indexes and histories included. PostgreSQL only."""
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT substr(n.nspname, 8), sum(pg_total_relation_size(c.oid))::bigint
            FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
            WHERE n.nspname ~ '^county_[0-9]{6}$' GROUP BY 1
        """)
        return dict(cursor.fetchall())


def pending_migrations() -> list[str]:
    """What the chosen county (or the shared shelf) still lacks, as `room.0001_name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
