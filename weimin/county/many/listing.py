"""What stands in this installation, county by county."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import connection

from ..context import schema_of, use_county, use_shared
from ..schemas import counties_here, sizes
from ..shared.models import CountyEntry
from .migrating import Migrator


@dataclass(frozen=True)
class Standing:
    """One county as the operator sees it."""

    code: str
    name_zh: str
    name_en: str
    schema: str
    served: bool
    behind: int
    bytes: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def standing(migrator: Migrator) -> list[Standing]:
    """Every county that has tables here or a line in the directory."""
    codes = counties_here()
    weights = sizes() if connection.vendor == "postgresql" else {settings.COUNTY: _file_size()}
    with use_shared():
        there = CountyEntry._meta.db_table in connection.introspection.table_names()
        entries = {entry.code: entry for entry in CountyEntry.objects.all()} if there else {}
    return [
        _one(code, entries.get(code), migrator if code in codes else None, weights.get(code, 0))
        for code in sorted({*codes, *entries})
    ]


def _one(code: str, entry: CountyEntry | None, migrator: Migrator | None, size: int) -> Standing:
    """Without a migrator: a line in the directory whose tables are gone, or on SQLite were never here."""
    behind = 0
    if migrator is not None:
        with use_county(code):
            behind = len(migrator.lacking())
    return Standing(
        code=code,
        name_zh=entry.name_zh if entry else "",
        name_en=entry.name_en if entry else "",
        schema="" if migrator is None else schema_of(code) if connection.vendor == "postgresql" else "main",
        served=entry is not None and entry.retired_on is None,
        behind=behind,
        bytes=size,
    )


def _file_size() -> int:
    with use_county(settings.COUNTY), connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])
