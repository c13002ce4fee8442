"""One county among many: its catalog and its rows as one word each, and whether it comes back whole from pg_dump."""

import subprocess

from bench.cluster import programs, query
from bench.loopback import here
from weimin.county.postgresql.catalog import PARTS

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = '{}' ORDER BY 1"
# PostgreSQL writes the casts of `x IN ('A', 'B')` in one way when it made them and in another when it read them.
PLAIN = r"regexp_replace(x.what, '::(character varying|text)(\[\])?|[() ]', '', 'g')"
LINES = " UNION ALL ".join(f"SELECT concat_ws(' ', '{kind}', x.place, {PLAIN}) FROM ({asked}) x (place, what)"
                           for kind, asked in PARTS.items())  # fmt: skip
DIGEST = "SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")) FROM ({}) x (line)"


def catalog(url: str, schema: str) -> str:
    """Every relation, column, constraint, index, sequence and right, without casts and the schema's own name."""
    return query(url, f"SET search_path = {schema}, public; {DIGEST.format(LINES)}")


def rows(url: str, schema: str) -> dict[str, str]:
    """Each table with the digest of its rows."""
    tables = query(url, TABLES.format(schema)).splitlines()
    of_each = {name: DIGEST.format(f'SELECT t::text FROM {schema}."{name}" t') for name in tables}
    asked = " UNION ALL ".join(f"SELECT '{name}', ({one})" for name, one in of_each.items())
    return dict(line.split("|") for line in query(url, asked).splitlines())


def sum_of_rows(url: str, schema: str) -> int:
    """How many rows it holds in all."""
    tables = query(url, TABLES.format(schema)).splitlines()
    return int(query(url, "SELECT " + " + ".join(f'(SELECT count(*) FROM {schema}."{name}")' for name in tables)))


def restored(url: str, schema: str, into: str) -> list[str]:
    """What differs between a county and what pg_dump and psql made of it in an empty database; none if it is whole."""
    tools = programs()
    dump = subprocess.Popen([str(tools / "pg_dump"), here(url), "-n", schema], stdout=subprocess.PIPE)
    done = subprocess.run(
        [str(tools / "psql"), here(into), "-XAtq", "-v", "ON_ERROR_STOP=1", "--single-transaction"],
        stdin=dump.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600,
    )  # fmt: skip
    if dump.wait() or done.returncode:
        return [f"pg_dump or psql ended with {dump.returncode} and {done.returncode}: {done.stderr.strip()}"]
    before, after = rows(url, schema), rows(into, schema)
    wrong = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return wrong if catalog(url, schema) == catalog(into, schema) else [*wrong, "the catalog"]
