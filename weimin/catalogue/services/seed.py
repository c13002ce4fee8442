"""The catalogue a county begins with: rules, kinds, questions, templates; for its offices routes and services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.models import Office, Place
from weimin.county.models.places import Level
from weimin.county.pinyin import search_words
from weimin.county.services.gate import who_configures
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import AnswerTemplate, Kind, Question, Route, Service, TimeRule, Urgency
from ._shipped_articles import lay_down

TOWNSHIP = "TOWNSHIP"  # in routes: each township, and the office that stands for it
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seed:
    """The tables of a catalogue as read from files."""

    urgencies: Sequence[Row]
    time_rules: Sequence[Row]
    kinds: Sequence[Row]
    questions: Sequence[Row]
    templates: Sequence[Row]
    routes: Sequence[Row]
    services: Sequence[Row]
    articles: Sequence[Row] = ()


@dataclass
class Missing:
    """Offices that routes, services or articles name and this county does not have: those rows wait until it does."""

    offices: set[str] = field(default_factory=set)


@transaction.atomic
def seed_catalogue(seed: Seed, *, routes_from: date | None = None, by: Actor, now: datetime) -> Missing:
    """Fill in what the catalogue lacks. What is there already, changed or not, stays as it is.

    Before: empty or partly filled. After: every rule, kind, question and template; routes, services and articles
    whose offices exist. Safe to run again once more offices have been entered. Who: CONFIGURE, mostly the operator.
    """
    who = who_configures(by)
    urgencies = _urgencies(seed.urgencies)
    _time_rules(seed.time_rules)
    kinds = _kinds(seed.kinds, urgencies)
    _questions(seed.questions, kinds)
    _templates(seed.templates, kinds)
    missing = Missing()
    offices = {office.code: office for office in Office.objects.filter(retired_on__isnull=True)}
    _routes(seed.routes, kinds, offices, routes_from or county_day(now), missing)
    _services(seed.services, kinds, offices, missing)
    missing.offices.update(lay_down(seed.articles, kinds, offices, who=who, now=now))
    content = {"kinds": len(kinds), "routes": Route.objects.count(), "services": Service.objects.count()}
    record(what="catalogue.seed_catalogue", about="catalogue:seed", by=who, at=now, content=content)
    return missing


def _urgencies(rows: Iterable[Row]) -> dict[str, Urgency]:
    known = set(Urgency.objects.values_list("code", flat=True))
    Urgency.objects.bulk_create(
        [
            Urgency(**_named(row, "code", "name_zh", "name_en", "rank", "source_zh", "source_en"),
                    **_limit(row["limit"]), **_limit(row["contact"], "contact_"))
            for row in rows
            if row["code"] not in known
        ]
    )  # fmt: skip
    return {urgency.code: urgency for urgency in Urgency.objects.all()}


def _time_rules(rows: Iterable[Row]) -> None:
    known = set(TimeRule.objects.values_list("code", flat=True))
    TimeRule.objects.bulk_create(
        [
            TimeRule(**_named(row, "code", "name_zh", "name_en", "from_on", "source_zh", "source_en"),
                     **_limit(row["limit"]))
            for row in rows
            if row["code"] not in known
        ]
    )  # fmt: skip


def _kinds(rows: Iterable[Row], urgencies: Mapping[str, Urgency]) -> dict[str, Kind]:
    """A parent stands before its children; what a row leaves empty is copied from its parent."""
    table = {kind.code: kind for kind in Kind.objects.select_related("urgency")}
    for row in rows:
        if row["code"] in table:
            continue
        parent = table.get(row["code"].rpartition(".")[0])
        legal, promised = row["legal"], row["promised"]
        kind = Kind(
            **_named(row, "code", "name_zh", "name_en", "description_zh", "description_en", "keywords"),
            parent=parent,
            depth=row["code"].count(".") + 1,
            pinyin=search_words(row["name_zh"], *row["keywords"].split()),
            urgency=urgencies[row["urgency"]] if row["urgency"] or parent is None else parent.urgency,
            source_zh=row["source_zh"] or (parent.source_zh if parent else ""),
            source_en=row["source_en"] or (parent.source_en if parent else ""),
            **_limit(legal or str(parent.legal if parent else ""), "legal_"),
            **_limit(promised or str(parent.promised if parent else ""), "promised_"),
        )
        kind.save(force_insert=True)
        table[kind.code] = kind
    return table


def _questions(rows: Iterable[Row], kinds: Mapping[str, Kind]) -> None:
    for row in rows:
        values = [
            dict(zip(("key", "zh", "en"), part.split("="), strict=True)) for part in row["values"].split(";") if part
        ]
        Question.objects.get_or_create(
            kind=kinds[row["kind"]],
            code=row["code"],
            defaults={
                **_named(row, "text_zh", "text_en", "datatype", "order"),
                "required": row["required"] == "yes",
                "values": values,
            },
        )


def _templates(rows: Iterable[Row], kinds: Mapping[str, Kind]) -> None:
    for row in rows:
        kind = kinds[row["kind"]] if row["kind"] else None
        words = _named(row, "facts", "reasons", "rule", "promise")
        AnswerTemplate.objects.get_or_create(kind=kind, name_zh=row["name_zh"], defaults=words)


def _routes(
    rows: Iterable[Row], kinds: Mapping[str, Kind], offices: Mapping[str, Office], from_on: date, missing: Missing
) -> None:
    county = Place.objects.filter(level=Level.COUNTY).first()
    if county is None:
        missing.offices.update(row["lead"] for row in rows)
        return
    by_place = {office.place_id: office for office in offices.values() if office.place_id != county.pk}
    townships = [place for place in Place.objects.filter(level=Level.TOWNSHIP).order_by("code") if place.pk in by_place]
    known = set(Route.objects.values_list("kind__code", "place__code"))
    for row in rows:
        for place in townships if row["place"] == TOWNSHIP else [county]:
            lead, *helpers = [
                by_place.get(place.pk) if code == TOWNSHIP else offices.get(code)
                for code in (row["lead"], *row["supporting"].split())
            ]
            if lead is None:
                missing.offices.add(row["lead"])
            elif (row["kind"], place.code) not in known:
                made = Route.objects.create(
                    kind=kinds[row["kind"]], place=place, lead=lead, from_on=from_on, source_zh=row["source_zh"]
                )
                made.supporting.set([helper for helper in helpers if helper is not None])


def _services(rows: Iterable[Row], kinds: Mapping[str, Kind], offices: Mapping[str, Office], missing: Missing) -> None:
    known = set(Service.objects.values_list("code", flat=True))
    for row in rows:
        if row["office"] not in offices:
            missing.offices.add(row["office"])
        elif row["code"] not in known:
            plain = {name: value for name, value in row.items() if name not in ("office", "kind", "legal", "promised")}
            Service.objects.create(
                **plain,
                office=offices[row["office"]],
                kind=kinds[row["kind"]] if row.get("kind") else None,
                pinyin=search_words(row["name_zh"], row.get("plain_zh", "")),
                **_limit(row["legal"], "legal_"),
                **_limit(row["promised"], "promised_"),
            )


def _named(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _limit(text: str, prefix: str = "") -> dict[str, Any]:
    if not text:
        raise Refused("NO_LIMIT", _("最上一级的类别要写明时限。"))
    limit = Limit.parse(text)
    return {f"{prefix}amount": limit.amount, f"{prefix}unit": limit.unit.value}
