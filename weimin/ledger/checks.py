"""Whether the database itself can keep the ledger from being changed."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connection

SUPERUSER = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper"


def role_is_bound(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """A superuser of PostgreSQL is bound by no REVOKE."""
    if connection.vendor != "postgresql" or "default" not in (databases or ()):
        return []
    with connection.cursor() as cursor:
        cursor.execute(SUPERUSER)
        found = cursor.fetchone()
    if found is None:
        return []
    return [
        Warning(
            f"The database role {found[0]} is a superuser: it could change or delete entries of the ledger.",
            hint="Let Weimin sign in to PostgreSQL as an ordinary role, best as one that does not own the tables.",
            id="ledger.W001",
        )
    ]
