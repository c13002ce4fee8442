"""The articles a county begins with: laid down in few statements, each with its own entry in the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from weimin.county.models import Office
from weimin.county.pinyin import search_words
from weimin.kernel.clock import county_day
from weimin.ledger.services import Act, record_many

from ..models import Article, ArticleAct, ArticleChange, Kind, Service
from ._wording import Words, content_of, plain

# What was shipped has been read by no office of this county: each has half a year to do so.
FIRST_REVIEW = timedelta(days=182)
Row = Mapping[str, Any]


def lay_down(
    rows: Iterable[Row], kinds: Mapping[str, Kind], offices: Mapping[str, Office], *, who: str, now: datetime
) -> set[str]:
    """Articles this county lacks, of offices it has; the codes of offices it has not."""
    known = set(Article.objects.values_list("code", flat=True))
    asked = set(Article.objects.filter(retired_on__isnull=True).values_list("office__code", "title_zh"))
    rows = list(rows)
    ours = [
        row
        for row in rows
        if row["office"] in offices and row["code"] not in known and (row["office"], row["title_zh"]) not in asked
    ]
    services = {service.code: service for service in Service.objects.all()}
    articles = Article.objects.bulk_create([_article(row, kinds, offices, now) for row in ours])
    linked = [[services[code] for code in row.get("services", ()) if code in services] for row in ours]
    Article.services.through.objects.bulk_create(
        Article.services.through(article=article, service=service)
        for article, some in zip(articles, linked, strict=True)
        for service in some
    )
    changes = [_change(article, row, some, now) for article, row, some in zip(articles, ours, linked, strict=True)]
    entries = record_many(acts=[_act(change, who) for change in changes])
    for change, entry in zip(changes, entries, strict=True):
        change.salt = entry.salt
    ArticleChange.objects.bulk_create(changes)
    return {row["office"] for row in rows} - set(offices)


def _words(row: Row) -> Words:
    return plain(Words(**{field.name: row[field.name] for field in fields(Words)}))


def _article(row: Row, kinds: Mapping[str, Kind], offices: Mapping[str, Office], now: datetime) -> Article:
    words, today = _words(row), county_day(now)
    return Article(
        code=row["code"],
        **asdict(words),
        pinyin=search_words(words.title_zh, *words.keywords.split()),
        kind=kinds[row["kind"]] if row.get("kind") else None,
        office=offices[row["office"]],
        published_on=today,
        reviewed_on=today,
        valid_until=today + FIRST_REVIEW,
    )


def _change(article: Article, row: Row, services: Iterable[Service], now: datetime) -> ArticleChange:
    said = {**asdict(_words(row)), "office": row["office"], "kind": row.get("kind", ""),
            "services": sorted(service.code for service in services)}  # fmt: skip
    return ArticleChange(
        article=article, version=1, act=ArticleAct.KEEP, at=now, words=said, valid_until=article.valid_until
    )


def _act(change: ArticleChange, who: str) -> Act:
    about = f"article:{change.article.code}"
    return Act(what="catalogue.keep_article", about=about, by=who, at=change.at, content=content_of(change))
