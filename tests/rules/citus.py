"""What Citus refuses in a county's schema, read from models, migrations and source. Rules return what breaks them."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import models
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

from weimin.county.postgresql.base import DatabaseWrapper

# never connects: it only answers which type a field has in a county's schema
PLANNED = DatabaseWrapper({"ENGINE": "weimin.county.postgresql", "OPTIONS": {}, "NAME": "planned"}, alias="planned")
SHARED_APP = "shared"

_SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|GRANT|REVOKE|TRUNCATE|COPY|ANALYZE|SET|DO|MERGE)\s",
    re.DOTALL,
)
_CATALOG = r"pg_catalog|information_schema"
_IN_SCHEMA = re.compile(rf'\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+"?(?!{_CATALOG})(\w+|{{}})"?\."?[\w{{]')
_VOLATILE_NAMES = r"random|gen_random_uuid|uuidv7|uuid_generate_v\w+|clock_timestamp|timeofday|nextval|setval"
_VOLATILE = re.compile(rf"\b({_VOLATILE_NAMES})\s*\(", re.IGNORECASE)
_VOLATILE_CALLS = {"Random", "RandomUUID"}


def weimin_migrations() -> dict[str, Migration]:
    """`room.0001_name` → the migration, of our own rooms."""
    found = MigrationLoader(None).disk_migrations or {}
    ours = {key: one for key, one in found.items() if type(one).__module__.startswith("weimin.")}
    return {f"{room}.{name}": one for (room, name), one in sorted(ours.items())}


# --- models ---------------------------------------------------------------------------------------------------------


def _keys(model: type[models.Model]) -> Iterator[tuple[str, Any]]:
    for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
        if field.is_relation:
            yield f"{model._meta.label}.{field.name}", field


def keys_across(found: Iterable[type[models.Model]]) -> list[str]:
    """A county may point to the shared shelf with PROTECT, by a column of its own; nothing points back."""
    wrong = []
    for model in found:
        for name, field in _keys(model):
            here, there = (one._meta.app_label == SHARED_APP for one in (model, field.related_model))
            if here and not there:
                wrong.append(f"{name}: the shared shelf points into a county")
            elif there and not here and field.many_to_many:
                wrong.append(f"{name}: a table between a county and the shared shelf")
            elif there and not here and field.remote_field.on_delete is not models.PROTECT:
                wrong.append(f"{name}: a key to the shared shelf without PROTECT")
    return wrong


def narrow_keys(found: Iterable[type[models.Model]]) -> list[str]:
    """Numbers made on a worker begin at 2^48, so an identity, and whatever points to one, is a bigint."""
    wrong = []
    for model in found:
        own = model._meta.pk
        if isinstance(own, models.AutoField | models.SmallAutoField) and own.db_type(PLANNED) != "bigint":
            wrong.append(f"{model._meta.label}: {own.db_type(PLANNED)} identity")
        for name, field in _keys(model):
            column = None if field.many_to_many else field.db_type(PLANNED)
            if column in {"integer", "smallint"} and field.target_field.db_type(PLANNED) == "bigint":
                wrong.append(f"{name}: {column}, points to a bigint")
    return wrong


def without_primary_key(found: Iterable[type[models.Model]]) -> list[str]:
    """A table without one cannot be moved while it is written to. Tables we do not make cannot be known to have one."""
    return [
        f"{model._meta.label}: {'not managed' if not model._meta.managed else 'no primary key of its own'}"
        for model in found
        if not model._meta.managed or model._meta.pk is None or model._meta.pk.column is None
    ]


# --- migrations -----------------------------------------------------------------------------------------------------


def hand_written(migrations: dict[str, Migration]) -> list[str]:
    """Steps that are not described by models, so that no rule above sees what they do."""
    found = [
        f"{name}: {type(step).__name__}"
        for name, migration in migrations.items()
        for step in _flat(migration.operations)
        if isinstance(step, RunSQL | RunPython)
    ]
    return list(dict.fromkeys(found))


def _flat(operations: Iterable[Any]) -> Iterator[Any]:
    for one in operations:
        yield one
        yield from _flat(getattr(one, "database_operations", []))


# --- source ---------------------------------------------------------------------------------------------------------


def statements(source: str) -> Iterator[tuple[int, str]]:
    """SQL written in the source, with its line; what is filled in later reads `{}`."""
    module = ast.parse(source)
    inner = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    prose = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if id(node) in inner | prose:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        else:
            continue
        if _SQL.match(text):
            yield node.lineno, text


def refused_sql(source: str) -> list[str]:
    """`line: rule` for each statement that Citus, or the wall between counties, does not bear."""
    return [f"{line}: {rule}" for line, text in statements(source) for rule in _refusals(text)]


def _refusals(text: str) -> Iterator[str]:
    words = " ".join(text.split())
    if re.search(r"\bCREATE (OR REPLACE )?(CONSTRAINT )?TRIGGER\b", words):
        yield "a trigger"
    if re.search(r"\bINHERITS?\b", words):
        yield "a table that inherits"
    if re.search(r"\bCREATE (UNLOGGED |FOREIGN )?TABLE\b", words):
        yield "a table that no model describes"
    if re.search(r"\bCREATE SCHEMA\b(?=.*(;.*\w|\b(CREATE TABLE|CREATE VIEW|CREATE INDEX|GRANT)\b))", words):
        yield "CREATE SCHEMA together with what stands in it"
    if _IN_SCHEMA.search(words) or re.search(r"\bcounty_\d{6}\b|\bpublic\.", words):
        yield "a schema named: it is chosen by use_county alone"
    if re.search(rf"\b{SHARED_APP}_(countyentry|calendaryear|calendarday)\b", words):
        yield "a shared table in SQL: ask through its model"
    if re.match(r"(UPDATE|WITH .*\bUPDATE)\b", words) and _VOLATILE.search(words):
        yield "a volatile function in UPDATE"
    if _VOLATILE.search(words.rpartition(" RETURNING ")[2]) and " RETURNING " in words:
        yield "a volatile function in RETURNING"
    if re.search(r"\bSET STATISTICS\b", words):
        yield "SET STATISTICS"


def volatile_updates(source: str) -> list[str]:
    """`.update(x=Random())`: each worker would throw its own dice, so Citus refuses."""
    return [
        f"{node.lineno}: {ast.unparse(inner.func)} in update()"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        for value in node.keywords
        for inner in ast.walk(value.value)
        if isinstance(inner, ast.Call) and _is_volatile(inner)
    ]


def _is_volatile(call: ast.Call) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in _VOLATILE_CALLS:
        return True
    asked = [word.value for word in call.keywords if word.arg in {"function", "template"}]
    words = [one.value for one in [*call.args, *asked] if isinstance(one, ast.Constant)]
    in_words = any(re.search(rf"\b({_VOLATILE_NAMES})\b", str(one), re.IGNORECASE) for one in words)
    return name in {"Func", "RawSQL"} and in_words


def in_files(paths: Iterable[Path], rule: Any, root: Path) -> list[str]:
    return [f"{path.relative_to(root).as_posix()}:{found}" for path in paths for found in rule(path.read_text())]


# --- what stands in the database ------------------------------------------------------------------------------------

# The chosen schema on PostgreSQL, looked at: what a migration really left there.
STANDING = {
    "trigger": """
        SELECT c.relname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal""",
    "inherits": """
        SELECT c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
        WHERE c.relnamespace = current_schema()::regnamespace""",
    "no primary key": """
        SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('r', 'p') AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p')""",
    "narrow identity": """
        SELECT c.relname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND a.attidentity <> ''
        AND a.atttypid <> 'bigint'::regtype""",
    "key to another schema": """
        SELECT c.relname FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_class t ON t.oid = k.confrelid
        WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
        AND t.relnamespace <> c.relnamespace""",
    "foreign or unlogged table": """
        SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = current_schema()::regnamespace
        AND (c.relkind = 'f' OR (c.relkind = 'r' AND c.relpersistence <> 'p'))""",
}
