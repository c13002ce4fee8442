"""Telling us what is the matter, in four short pages."""

from typing import Any

from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.models import Article, Kind
from weimin.catalogue.queries import articles_answering, kinds_open, questions_of
from weimin.county import throttle
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.county.permissions import open_to_all
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.matters import permissions, uploads
from weimin.matters.forms.portal import IDENTITIES, REQUESTS, ReachForm, WhatForm, WhereForm
from weimin.matters.states import Request

from . import receipts
from .alike import alike, keep_choice
from .draft import SessionDraft
from .once import first_answer, receive_once

SENT_PER_MINUTE = 30  # a whole village may share one address
# Which page asks for the field a refusal names.
PAGE_OF = {"text": "matters:file", "kind": "matters:file_kind", "place": "matters:file_where",
           "address": "matters:file_where", "files": "matters:file_where"}  # fmt: skip


def _page(request: HttpRequest, name: str, step: int, **context: Any) -> HttpResponse:
    steps = [_("什么事"), _("在哪里"), _("怎么联系您"), _("看一遍，发送")]
    return render(request, f"matters/portal/{name}.html", {"step": step, "steps": steps, **context})


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def what(request: HttpRequest) -> HttpResponse:
    """Page 1: the words, written or spoken. Whoever comes from a service or an article has its kind chosen already."""
    draft, begun = SessionDraft(request), _begun(request)
    spoken = any(upload.is_sound for upload in draft.uploads)
    form = WhatForm(
        request.POST or None,
        request.FILES or None,
        spoken=spoken and not request.POST.getlist("remove"),
        initial={"text": "", **draft.kept, **_asked(request)},
    )
    if request.method == "POST":
        draft.drop_files(request.POST.getlist("remove"))
        if form.is_valid() and _keep_what(draft, form, begun):
            return redirect("matters:file_where" if draft.kind else "matters:file_kind")
    sounds = [upload for upload in draft.uploads if upload.is_sound]
    return _page(request, "file_what", 1, form=form, draft=draft, kept_files=sounds, begun=begun)


def _begun(request: HttpRequest) -> Kind | None:
    """The kind with which this page was opened (`?kind=`), if residents may choose it."""
    return kinds_open().filter(for_residents=True, code=request.GET.get("kind", "").replace("\0", "")).first()


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = request.GET.get("request", "")
    return {"request": asked} if asked in Request.values else {}


def _keep_what(draft: SessionDraft, form: WhatForm, begun: Kind | None) -> bool:
    said = dict(form.cleaned_data) | ({"kind": begun.code} if begun else {})
    voice = said.pop("voice")
    draft.keep(**said)
    return _keep_files(draft, form, "voice", [voice] if voice else [])


def _keep_files(draft: SessionDraft, form: Form, field: str, files: list[Any]) -> bool:
    """Whether all files were kept; a refusal stands at their field, and nothing else is lost by it."""
    try:
        draft.add_files(uploads.store_all([(file, file.name) for file in files]))
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return False
    return True


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest) -> HttpResponse:
    """Page 1, continued: what it is about, by big buttons down the tree, or by search."""
    draft = SessionDraft(request)
    if not draft.kept.get("text"):
        return redirect("matters:file")
    offered = kinds_open().filter(for_residents=True)
    if request.method == "POST":
        chosen = offered.filter(code=request.POST.get("kind", "")).first()
        if chosen is not None:
            draft.keep(kind=chosen.code)
            return redirect("matters:file_where")
    trouble = _("没有这个类别，请从下面选一个。") if request.method == "POST" else ""
    under = offered.filter(code=request.GET.get("under", "")).first()
    words = request.GET.get("q", "").strip()[:40]
    shown = _kinds_matching(offered, words) if words else offered.filter(parent=under)
    parents = set(offered.filter(parent__in=shown).values_list("parent_id", flat=True))
    context = {"under": under, "q": words, "kinds": shown[:60], "parents": parents, "trouble": trouble}
    return _page(request, "file_kind", 1, draft=draft, **context)


def _kinds_matching(offered: QuerySet[Kind], words: str) -> QuerySet[Kind]:
    for word in words.split()[:4]:
        offered = offered.filter(
            Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(keywords__icontains=word)
            | Q(pinyin__icontains=word.lower())
        )
    return offered


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """Page 2: the place, the photos, and what this kind must be asked."""
    draft = SessionDraft(request)
    if draft.kind is None:
        return redirect(draft.step_missing())
    places = list(
        Place.objects.filter(retired_on__isnull=True, level__in=[Level.TOWNSHIP, Level.VILLAGE]).order_by("code")
    )
    first = {f"q_{code}": value for code, value in draft.kept.get("details", {}).items()}
    form = WhereForm(
        request.POST or None,
        request.FILES or None,
        places=places,
        questions=list(questions_of(draft.kind)),
        initial={"place": draft.kept.get("place", ""), "address": draft.kept.get("address", ""), **first},
    )
    if request.method == "POST":
        draft.drop_files(request.POST.getlist("remove"))
        if form.is_valid() and _keep_where(draft, form):
            return redirect("matters:file_reach")
    return _page(request, "file_where", 2, form=form, draft=draft, kept_files=draft.uploads)


def _keep_where(draft: SessionDraft, form: WhereForm) -> bool:
    """The place is kept even where a file is refused: nothing already given is lost."""
    draft.keep(place=form.cleaned_data["place"], address=form.cleaned_data["address"], details=form.details())
    return _keep_files(draft, form, "files", form.cleaned_data["files"])


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Page 3: how far the name goes, and where the answer is to be sent."""
    draft = SessionDraft(request)
    if draft.place is None:
        return redirect(draft.step_missing())
    kept = {name: draft.kept[name] for name in ReachForm.base_fields if name in draft.kept}
    form = ReachForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        draft.keep(**form.cleaned_data)
        return redirect("matters:file_check")
    return _page(request, "file_reach", 3, form=form, draft=draft)


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Page 4: read it as a letter, see what others already reported, send."""
    if request.method == "POST" and (answered := first_answer(request.POST.get("key", ""))):
        return _given(request, *answered)
    draft, now = SessionDraft(request), clock.now()
    if missing := draft.step_missing():
        return redirect(missing)
    trouble = ""
    if request.method == "POST":
        keep_choice(draft, request.POST.get("same_as", ""), now=now)
        if not throttle.allow(f"intake:{throttle.address_of(request)}", per_minute=SENT_PER_MINUTE, now=now):
            trouble = _("这一分钟里从您这里发来的太多了。内容都还在，请过一分钟再点发送。")
        else:
            try:
                answer = receive_once(draft.whole(), key=draft.key, now=now)
            except Refused as refusal:
                trouble = str(refusal)
            else:
                draft.forget()
                return _given(request, *answer)
    words = {"request": dict(REQUESTS)[draft.kept["request"]], "identity": dict(IDENTITIES)[draft.kept["identity"]]}
    context = {"draft": draft, "trouble": trouble, "alike": alike(draft, now=now), "words": words,
               "answers": _answers(draft)}  # fmt: skip
    return _page(request, "file_check", 4, **context)


def _given(request: HttpRequest, number: str, pin: str) -> HttpResponse:
    now = clock.now()
    receipts.keep(request, number, pin, now=now)
    permissions.unlock(request, number, now=now)
    return redirect("matters:receipt", number)


def _answers(draft: SessionDraft) -> list[Article]:
    """At most three articles that may already answer an enquiry; whoever wants something else is not held up."""
    if draft.kind is None or draft.kept["request"] != Request.ENQUIRY:
        return []
    return articles_answering(draft.kind, draft.kept["text"])[:3]


@open_to_all
@never_cache
@require_GET
def draft_photo(request: HttpRequest, sha256: str) -> FileResponse:
    """A photo or a recording of the draft of this very session."""
    for upload in SessionDraft(request).uploads:
        if upload.sha256 == sha256 and (upload.media_type == "image/jpeg" or upload.is_sound):
            return FileResponse(uploads.path_of(sha256).open("rb"), content_type=upload.media_type)
    raise Http404
