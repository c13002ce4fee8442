"""A second wall: each county has a role of its own that sees its schema and no other, and cannot change the ledger.

`context.serve_county` lets every transaction of a page or a job act as that role. The role is made, and its rights
follow the tables, whenever the owner of the tables adds or migrates the county. Who may not create roles goes without,
and doctor says so. A role belongs to the whole server: another house there shares it, its rights lie in each database.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg import errors

from weimin.kernel.chosen import chosen_schema

# Whether whoever is connected owns what rights are given to, whether they may create roles, whether the role is there;
# and, before a county's role is given, whether all of them may read the directory.
SHARED_STANDING = """
SELECT pg_has_role(current_user, c.relowner, 'USAGE'), u.rolcreaterole OR u.rolsuper, r.oid IS NOT NULL
FROM pg_class c JOIN pg_roles u ON u.rolname = current_user LEFT JOIN pg_roles r ON r.rolname = %s
WHERE c.oid = 'shared_countyentry'::regclass
"""
STANDING = """
SELECT pg_has_role(current_user, n.nspowner, 'USAGE') AND EXISTS (
           SELECT FROM pg_roles a WHERE a.rolname = %s AND has_table_privilege(a.oid, 'shared_countyentry', 'SELECT')),
       u.rolcreaterole OR u.rolsuper, r.oid IS NOT NULL
FROM pg_namespace n JOIN pg_roles u ON u.rolname = current_user
LEFT JOIN pg_roles r ON r.rolname = 'weimin_' || n.nspname
WHERE n.nspname = current_schema()
"""
# What the role should hold and does not, or holds and should not: the rights of the tables' owner, as far as rows go.
LACKING = """
WITH held AS (
    SELECT c.oid, c.relkind, x.grantee, c.relowner, x.privilege_type AS may
    FROM pg_class c, aclexplode(coalesce(c.relacl,
         acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) x
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'S')
), wanted AS (
    SELECT oid, relkind, may FROM held
    WHERE grantee = relowner AND may IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE')
      AND (relkind, may) <> ('S', 'UPDATE')
), has AS (SELECT oid, relkind, may FROM held WHERE grantee = %(role)s::regrole),
change AS (
    SELECT 'GRANT' AS act, 'TO' AS word, w.* FROM (TABLE wanted EXCEPT TABLE has) w
    UNION ALL SELECT 'REVOKE', 'FROM', w.* FROM (TABLE has EXCEPT TABLE wanted) w
), by_table AS (
    SELECT act, word, relkind, oid, string_agg(may, ', ' ORDER BY may) AS rights FROM change GROUP BY 1, 2, 3, 4
)
SELECT format('%%s %%s ON %%s %%s %%s %%s', act, rights, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
              string_agg(oid::regclass::text, ', ' ORDER BY oid), word, %(role)s::regrole)
FROM by_table GROUP BY act, word, relkind, rights
UNION ALL
SELECT format('GRANT USAGE ON SCHEMA %%I TO %%s', n.nspname, %(role)s::regrole) FROM pg_namespace n
WHERE n.nspname = current_schema() AND NOT EXISTS (
    SELECT 1 FROM aclexplode(n.nspacl) x WHERE x.grantee = %(role)s::regrole AND x.privilege_type = 'USAGE')
UNION ALL
SELECT format('GRANT %%I TO %%s', g.rolname, %(role)s::regrole) FROM pg_roles g
WHERE g.rolname = %(all)s AND NOT EXISTS (
    SELECT 1 FROM pg_auth_members a WHERE a.roleid = g.oid AND a.member = %(role)s::regrole)
UNION ALL
SELECT DISTINCT format('GRANT %%s TO %%I', %(role)s::regrole, m.rolname) FROM pg_roles m
WHERE NOT m.rolsuper AND m.oid <> %(role)s::regrole
  AND (m.rolname = current_user OR m.oid IN (SELECT grantee FROM held))
  AND NOT EXISTS (SELECT 1 FROM pg_auth_members a WHERE a.roleid = %(role)s::regrole AND a.member = m.oid)
"""
SHARED_LACKING = """
SELECT format('GRANT %%s ON %%I TO %%I', w.rights, w.name, r.rolname)
FROM (VALUES ('shared_countyentry', 'SELECT'), ('shared_calendaryear', 'SELECT, INSERT, UPDATE, DELETE'),
             ('shared_calendarday', 'SELECT, INSERT, UPDATE, DELETE')) w (name, rights)
JOIN pg_class c ON c.relname = w.name AND c.relnamespace = current_schema()::regnamespace
JOIN pg_roles r ON r.rolname = %s
WHERE NOT EXISTS (SELECT 1 FROM aclexplode(c.relacl) x WHERE x.grantee = r.oid)
"""
ALL = "weimin_counties"

log = logging.getLogger(__name__)


def role_of(schema: str) -> str:
    """`county_990101` → `weimin_county_990101`."""
    return f"weimin_{schema}"


def give_shared_role() -> None:
    """One role for what all counties' roles may do on the shared shelf; before several processes give roles at once.

    Given to each county's role, these rights would pile up in one row of the catalog, changed by all at once.
    """
    with _if_allowed(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SHARED_STANDING, [ALL])
        owns, may_create, stands = cursor.fetchone()
        if not owns or not (stands or may_create):
            return
        if not stands:
            _create(ALL)
        cursor.execute(SHARED_LACKING, [ALL])
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def give_role() -> bool:
    """The chosen county's role stands and holds what it should; False where it could not be made."""
    role = role_of(chosen_schema())
    with _if_allowed(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STANDING, [ALL])
        owns, may_create, stands = cursor.fetchone()
        if not owns or not (stands or may_create):
            return bool(stands)
        if not stands:
            _create(role)
        cursor.execute(LACKING, {"role": role, "all": ALL})
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        return True
    return False


@contextmanager
def _if_allowed() -> Iterator[None]:
    """Roles that another house on this server made may not be ours to give: then we go without, and it is told."""
    try:
        yield
    except ProgrammingError as wrong:
        if not isinstance(wrong.__cause__, errors.InsufficientPrivilege):
            raise
        log.warning("a county goes without a role of its own: %s", wrong)


def _create(role: str) -> None:
    # another house on the same server may just have made it
    with suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{role}" NOLOGIN')


def take_role(schema: str) -> None:
    """The county is gone: so is its role, unless another house on this server has a county of that code."""
    role = role_of(schema)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DROP ROLE "{role}"')
    except DatabaseError as wrong:
        if not isinstance(wrong.__cause__, (errors.DependentObjectsStillExist, errors.InsufficientPrivilege)):
            raise
