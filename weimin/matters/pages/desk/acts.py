"""One page per act: it shows the form, calls the verb once, and says in a sentence what came of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from weimin.catalogue.queries import articles_answering, articles_open, templates_for
from weimin.county.permissions import StaffRequest, needs
from weimin.kernel import clock
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.refusal import Refused

from ... import queries
from ...forms.desk import ActForm
from ...guessing import guess_of, likely
from ...models import Matter
from ...permissions import matter_for
from ...states import Act
from ._acts import PAGES, ActPage, moves_for
from ._exposed import redacted, shown
from ._suggestions import suggestions
from .shared import queue_counts, read_words, show

View = Callable[..., HttpResponseBase]


def _page(slug: str) -> View:
    """The page of this act, opened by its duties."""
    page = PAGES[slug]

    def act(request: StaffRequest, number: str) -> HttpResponse:
        matter, now = matter_for(request.actor, number), clock.now()
        sent = request.POST if request.method == "POST" else None
        form = page.form(sent, matter=matter, initial=_initial(request, matter, page, now))
        preview = sent is not None and "preview" in sent
        if form.is_valid() and not preview and _done(page, matter, form, request, now):
            messages.success(request, _("%(number)s：已%(act)s。") % {"number": number, "act": page.act.label})
            return redirect("matters:desk_matter", number=matter.number)
        read_words(matter, by=request.actor, now=now)
        context = {
            "matter": matter, "form": form, "page": page, "slug": slug, "preview": preview and form.is_valid(),
            "allowed": slug in dict(moves_for(matter, request.actor)), "queue_counts": queue_counts(request.actor),
            **_beside(page, matter, request, now),
        }  # fmt: skip
        return show(request, page.template, context, status=422 if form.errors else 200)

    act.__doc__ = str(page.act)
    return require_http_methods(["GET", "POST"])(needs(*page.duties)(act))


def _done(page: ActPage, matter: Matter, form: ActForm, request: StaffRequest, now: datetime) -> bool:
    """Whether the verb went through; its refusal stands at its field."""
    try:
        if form.cleaned_data["version"] != matter.version:
            raise Refused("MOVED_ON", _("刚才已有人处理了这件事，您的操作没有生效。请刷新页面再看。"))
        page.call(matter, form.cleaned_data, request.actor, now)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def _initial(request: StaffRequest, matter: Matter, page: ActPage, now: datetime) -> dict[str, Any]:
    given: dict[str, Any] = {"version": matter.version}
    if page.act == Act.CLASSIFY:
        given |= {"kind": matter.kind.code, "place": matter.place.code, "request": matter.request}
    elif page.act == Act.CONTACT:
        given["at"] = now.astimezone(COUNTY_TIME).replace(tzinfo=None)
    elif page.act == Act.PUBLISH:
        given |= redacted(queries.drafted(matter))
    elif page.act in (Act.ANSWER, Act.REFUSE):
        given["appeal_route"] = _("收到答复 30 日内可以申请复查")
        chosen = request.GET.get("template", "")
        template = templates_for(matter.kind).filter(pk=chosen).first() if chosen.isdigit() else None
        if template is not None:
            given |= {name: getattr(template, name) for name in ("facts", "reasons", "rule", "promise")}
        given |= _from_article(request, matter)
    return given


def _from_article(request: StaffRequest, matter: Matter) -> dict[str, str]:
    """The words of an article of the knowledge base, in the resident's language, to begin the answer with."""
    article = articles_open().filter(code=request.GET.get("article", "").replace("\0", "")).first()
    if article is None:
        return {}
    if matter.language == "en" and article.answer_en:
        return {"facts": article.answer_en, "rule": article.source_en or article.source_zh}
    return {"facts": article.answer_zh, "rule": article.source_zh}


def _beside(page: ActPage, matter: Matter, request: StaffRequest, now: datetime) -> dict[str, Any]:
    """What helps to decide, beside the form."""
    if page.act == Act.CLASSIFY and (guess := guess_of(matter)):
        return {"guess": guess, "likely": likely(guess)}
    if page.act == Act.DISPATCH:
        return {"suggestions": suggestions(matter, by=request.actor, now=now)}
    if page.act == Act.ANSWER:
        return {"templates": templates_for(matter.kind), "articles": articles_answering(matter.kind, matter.text)[:8]}
    if page.act == Act.KEEP_PROMISE:
        return {"promise": queries.promise_to_keep(matter)}
    if page.act == Act.PUBLISH:
        drafted = queries.drafted(matter)
        return {"answer": queries.latest_answer(matter), "exposed": shown(*drafted.values())}
    return {}


VIEWS: dict[str, View] = {slug: _page(slug) for slug in PAGES}
