"""A county's own tables of kinds and routes, row by row: understood, or refused with the reason in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from django.utils.translation import gettext as _

from weimin.county.models import Office, Place
from weimin.county.models.places import Level
from weimin.county.queries import offices_open

from .models import Kind, Route
from .queries import imported_code, kinds_open

COLUMNS = ("kind", "place", "lead", "supporting", "from", "source")


class BadRow(ValueError):
    """A row that cannot be used, with the reason in a sentence."""


@dataclass(frozen=True)
class Wanted:
    """One route as the table asks for it."""

    kind: Kind
    place: Place
    lead: Office
    supporting: tuple[Office, ...]
    from_on: date
    source_zh: str


def path_of(text: str) -> tuple[str, ...]:
    """城乡建设/安全生产 as names from the top down."""
    return tuple(name for part in text.split("/") if (name := part.strip()))


@dataclass
class RouteTable:
    """What rows name, looked up once: kinds by code, by path or by a name that only one kind has."""

    today: date
    kinds: dict[str, list[Kind]] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    county: Place | None = None

    def __post_init__(self) -> None:
        for kind in kinds_open().select_related("parent__parent"):
            for name in {kind.code, kind.name_zh, _path(kind)}:
                self.kinds.setdefault(name, []).append(kind)
        self.offices = {name: one for one in offices_open() for name in (one.name_zh, one.code)}
        found = list(Place.objects.filter(retired_on__isnull=True).defer("outline").order_by("-code"))
        self.places = {name: one for one in found for name in (one.name_zh, one.code)}
        self.county = next((one for one in found if one.level == Level.COUNTY), None)

    def read(self, row: Mapping[str, str]) -> Wanted:
        """The route of this row; BadRow where it names what is not there."""
        names = row.get("supporting", "").replace("、", " ").split()
        source = row.get("source", "")
        if not source:
            raise BadRow(_("没有写明依据。"))
        return Wanted(
            kind=self._kind(row.get("kind", "")),
            place=self._place(row.get("place", "")),
            lead=self._office(row.get("lead", "")),
            supporting=tuple(self._office(name) for name in names),
            from_on=self._day(row.get("from", "")),
            source_zh=source[:200],
        )

    def _kind(self, text: str) -> Kind:
        found = self.kinds.get("/".join(path_of(text)), [])
        exact = [kind for kind in found if kind.code in (text, imported_code(path_of(text)))] or found
        if not exact:
            raise BadRow(_("没有这个类别：%(name)s") % {"name": text or "—"})
        if len(exact) > 1:
            raise BadRow(_("叫“%(name)s”的类别不止一个，请写全路径或代码。") % {"name": text})
        return exact[0]

    def _place(self, text: str) -> Place:
        place = self.places.get(text) if text else self.county
        if place is None:
            raise BadRow(_("没有这个地点：%(name)s") % {"name": text or "—"})
        return place

    def _office(self, text: str) -> Office:
        office = self.offices.get(text)
        if office is None:
            raise BadRow(_("没有这个单位：%(name)s") % {"name": text or "—"})
        return office

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text) if text else self.today
        except ValueError:
            raise BadRow(_("看不懂的日期：%(text)s，请写成 2026-10-01 这样。") % {"text": text[:40]}) from None


def stands(wanted: Wanted) -> bool:
    """Whether this very route is in force already, or will be, so that a table may be loaded twice."""
    same = Route.objects.filter(kind=wanted.kind, place=wanted.place, lead=wanted.lead, to_on__isnull=True)
    helpers = {office.pk for office in wanted.supporting} - {wanted.lead.pk}
    return any({office.pk for office in route.supporting.all()} == helpers for route in same)


def _path(kind: Kind) -> str:
    above = kind.parent
    names = chain([above.parent.name_zh] if above and above.parent else [], [above.name_zh] if above else [])
    return "/".join([*names, kind.name_zh])
