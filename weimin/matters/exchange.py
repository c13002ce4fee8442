"""Reading earlier records from CSV: which column means what, and what is wrong with a row."""

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind
from weimin.county.models import Place
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.csv_safe import restore_cell
from weimin.kernel.words import Mistake, clean_text, first_words

from .journey.bring_in import Old

FIELDS = ("outside_id", "text", "title", "kind", "place", "received_at", "closed_at", "address", "lat", "long")
_SHAPES = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M",
    "%Y年%m月%d日",
)  # fmt: skip


_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class BadRow(ValueError):
    """A row that cannot be taken over, with the reason in a sentence."""


def open_table(path: Path) -> IO[str]:
    """The file as text, unpacked if its name says so. UTF-8, with or without a mark at its beginning."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their number in the file, cells as they were before a safe export."""
    csv.field_size_limit(10_000_000)
    with open_table(path) as table:
        rows = csv.reader(table)
        names = next(rows, [])
        for number, cells in enumerate(filter(None, rows), start=1):
            cells += [""] * (len(names) - len(cells))
            yield number, dict(zip(names, map(restore_cell, cells), strict=False))  # cells without a name are left


def count_rows(path: Path) -> int:
    """How many rows there are; what cannot be read raises here, before anything is written."""
    csv.field_size_limit(10_000_000)
    with open_table(path) as table:
        rows = csv.reader(table)
        next(rows, None)
        return sum(1 for _cells in filter(None, rows))


def columns_of(path: Path) -> list[str]:
    with open_table(path) as table:
        return next(csv.reader(table), [])


@dataclass
class Reader:
    """Turns a row into an earlier record. `mapping` is field → columns; several columns are joined by a line break."""

    mapping: dict[str, list[str]]
    kinds: dict[str, Kind]  # by code and by name
    places: dict[str, Place]
    default_kind: Kind | None
    default_place: Place
    now: datetime
    prefix: str = ""
    seen: set[str] = field(default_factory=set)

    def read(self, number: int, row: dict[str, str]) -> Old:
        """The record in this row; BadRow with the reason if it cannot be taken over."""
        outside_id = f"{self.prefix}{self._cell(row, 'outside_id')}"[:80]
        if outside_id == self.prefix:
            raise BadRow(_("没有外部编号，再导入一次就会重复。"))
        if outside_id in self.seen:
            raise BadRow(_("外部编号 %(id)s 在文件里出现了两次。") % {"id": outside_id})
        text = self._text(row)
        received_at = self._moment(self._cell(row, "received_at")) or self.now
        closed_at = self._moment(self._cell(row, "closed_at"))
        if received_at > self.now or (closed_at and closed_at > self.now):
            raise BadRow(_("时间在将来。"))
        if closed_at and closed_at < received_at:
            raise BadRow(_("办结时间早于收到时间。"))
        lat, long = self._position(row)
        self.seen.add(outside_id)
        return Old(
            outside_id=outside_id,
            text=text,
            title=first_words(self._cell(row, "title"), 40),
            kind=self._kind(row),
            place=self._place(row),
            received_at=received_at,
            closed_at=closed_at,
            address=first_words(self._cell(row, "address"), 190),
            lat=lat,
            long=long,
        )

    def _cell(self, row: dict[str, str], name: str) -> str:
        parts = [row.get(column, "").strip() for column in self.mapping.get(name, ())]
        return parts[0] if len(parts) == 1 else "\n".join(filter(None, parts))

    def _text(self, row: dict[str, str]) -> str:
        words = self._cell(row, "text") or self._cell(row, "title")
        # Other systems leave tabs, form feeds and marks of lost characters in their texts; a longer one is cut
        # where ours ends.
        plain = _CONTROL.sub(" ", words[:4000].replace("\ufffd", "?"))
        try:
            return clean_text(plain, limit=4000)
        except Mistake as mistake:
            raise BadRow(mistake.words(get_language() or "zh-hans")) from None

    def _kind(self, row: dict[str, str]) -> Kind:
        name = self._cell(row, "kind")
        kind = self.kinds.get(name.replace("\n", "/")) or self.default_kind
        if kind is None:
            raise BadRow(_("不认识的类别：%(name)s") % {"name": name or "—"})
        return kind

    def _place(self, row: dict[str, str]) -> Place:
        name = self._cell(row, "place")
        if not name:
            return self.default_place
        place = self.places.get(name)
        if place is None:
            raise BadRow(_("不认识的地点：%(name)s") % {"name": name})
        return place

    def _position(self, row: dict[str, str]) -> tuple[Decimal | None, Decimal | None]:
        lat, long = self._cell(row, "lat"), self._cell(row, "long")
        if not (lat and long):
            return None, None
        try:
            position = round(Decimal(lat), 6), round(Decimal(long), 6)
        except InvalidOperation:
            raise BadRow(_("经纬度不是数字。")) from None
        finite = all(part.is_finite() for part in position)
        if not finite or abs(position[0]) > 90 or abs(position[1]) > 180:
            raise BadRow(_("经纬度超出范围。"))
        return position

    def _moment(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        for shape in _SHAPES if moment is None else ():
            try:
                moment = datetime.strptime(text, shape)  # noqa: DTZ007 -- county time is set below
                break
            except ValueError:
                continue
        if moment is None:
            raise BadRow(_("看不懂的时间：%(text)s") % {"text": text[:40]})
        return moment if moment.tzinfo else moment.replace(tzinfo=COUNTY_TIME)
