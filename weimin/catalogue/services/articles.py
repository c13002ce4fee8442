"""The knowledge base: writing an article, saying that it is still right, taking it out of use."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.models import Office, Post
from weimin.county.pinyin import search_words
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import Article, ArticleAct, ArticleChange, Kind, Service
from ..permissions import post_that_keeps
from ._wording import Words, code_of, content_of, plain

LONGEST = timedelta(days=731)  # nobody promises for longer than two years that words stay right


@transaction.atomic
def keep_article(
    article: Article | None,
    *,
    words: Words,
    office: Office,
    kind: Kind | None,
    services: Sequence[Service],
    valid_until: date,
    by: Actor,
    now: datetime,
) -> Article:
    """Write a new article (None), or new words for one. The words before stay on record.

    Before: new, or in force as it was read.  After: open to all with these words; reviewed today.
    Who: CONFIGURE, or HANDLE in the office responsible, and in the one it is taken over from.
    """
    post = _who_keeps(by, office.pk, *([article.office_id] if article else []))
    words = plain(words)
    _check_day(valid_until, now)
    fields = {**asdict(words), "pinyin": search_words(words.title_zh, *words.keywords.split()), "office": office,
              "kind": kind, "valid_until": valid_until, "reviewed_on": county_day(now)}  # fmt: skip
    try:
        with transaction.atomic():
            kept = _changed(article, **fields) if article else _made(**fields, published_on=county_day(now))
    except IntegrityError:
        raise Refused("ASKED_ALREADY", _("本单位已有这个问题的条目，请改那一条。"), field="title_zh") from None
    kept.services.set(services)
    said = {**asdict(words), "office": office.code, "kind": kind.code if kind else "",
            "services": sorted(service.code for service in services)}  # fmt: skip
    _note(kept, ArticleAct.KEEP, "catalogue.keep_article", by=by, post=post, now=now, words=said)
    return kept


@transaction.atomic
def confirm_article(article: Article, *, valid_until: date, by: Actor, now: datetime) -> Article:
    """Say that an article was read through and is still right, and by when it is to be looked at again.

    Before: in force as it was read.  After: the same words, reviewed today.
    Who: CONFIGURE, or HANDLE in the office responsible.
    """
    post = _who_keeps(by, article.office_id)
    _check_day(valid_until, now)
    _changed(article, valid_until=valid_until, reviewed_on=county_day(now))
    _note(article, ArticleAct.CONFIRM, "catalogue.confirm_article", by=by, post=post, now=now)
    return article


@transaction.atomic
def retire_article(article: Article, *, reason: str, by: Actor, now: datetime) -> Article:
    """Take an article out of use from today; on the desk it stays readable with all its wordings.

    Before: in force as it was read.  After: as if it were not there for residents.
    Who: CONFIGURE, or HANDLE in the office responsible.
    """
    post = _who_keeps(by, article.office_id)
    if not reason.strip():
        raise Refused("NO_REASON", _("请写明停用的理由。"), field="reason")
    _changed(article, retired_on=county_day(now))
    _note(article, ArticleAct.RETIRE, "catalogue.retire_article", by=by, post=post, now=now, reason=reason.strip())
    return article


def _who_keeps(by: Actor, *offices: int) -> Post | None:
    """The post that lets this person act for each office; None for the operator at the machine."""
    if by.kind == "import":
        return None
    posts = [post_that_keeps(by, office) for office in offices]
    if by.kind != "official" or None in posts:
        raise Refused("NOT_YOUR_DUTY", _("只有负责这一条的单位，或负责规则维护的岗位，可以改动。"))
    return posts[0]


def _check_day(valid_until: date, now: datetime) -> None:
    today = county_day(now)
    if not today < valid_until <= today + LONGEST:
        raise Refused("REVIEW_DAY", _("复核日期要在今天以后、两年以内。"), field="valid_until")


def _made(**fields: Any) -> Article:
    taken = set(Article.objects.values_list("code", flat=True))
    return Article.objects.create(code=code_of(fields["title_zh"], taken=taken), **fields)


def _changed(article: Article, **fields: Any) -> Article:
    """Compare and set: whoever read an older version is told, and nothing of theirs is kept."""
    standing = Article.objects.filter(pk=article.pk, version=article.version, retired_on__isnull=True)
    if not standing.update(version=article.version + 1, **fields):
        raise Refused("MOVED_ON", _("刚才已有人改过或停用了这一条，您的改动没有生效。请刷新页面再看。"))
    for name, value in {**fields, "version": article.version + 1}.items():
        setattr(article, name, value)
    return article


def _note(
    article: Article, act: ArticleAct, what: str, *, by: Actor, post: Post | None, now: datetime,
    words: dict[str, Any] | None = None, reason: str = "",
) -> None:  # fmt: skip
    change = ArticleChange(
        article=article, version=article.version, act=act, at=now, post=post, official=by.official,
        words=words or {}, reason=reason, valid_until=article.valid_until,
    )  # fmt: skip
    entry = record(what=what, about=f"article:{article.code}", by=by.word(post), at=now, content=content_of(change))
    change.salt = entry.salt
    change.save(force_insert=True)
