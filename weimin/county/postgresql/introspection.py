"""What tables there are: those of the chosen schema only, never a neighbour's or the shared ones."""

from typing import Any

from django.db.backends.postgresql import introspection


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    """Without this `migrate` would find the shared record of migrations and believe the county's were applied."""

    def get_table_list(self, cursor: Any) -> list[Any]:
        cursor.execute(
            """
            SELECT c.relname,
                   CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END,
                   obj_description(c.oid, 'pg_class')
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND n.nspname = current_schema()
            """
        )
        return [introspection.TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]
