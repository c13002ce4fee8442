"""One change in three moves: say what, see what it would do, save exactly that. Nothing unseen is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _t

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.matters.pages.desk.shared import queue_counts

from .history import history
from .reach import Preview
from .tables import show

_NOT_SAID = {"csrfmiddlewaretoken", "seen", "save", "preview"}


@dataclass(frozen=True)
class Dated:
    """One dated row: what held, from when, until when, and whether it can still be taken back."""

    pk: int
    words: str
    from_on: date
    to_on: date | None
    source: str
    standing: str  # past, present, planned


@dataclass(frozen=True)
class Change:
    """What a page of change is made of. `act` calls the verb with the cleaned words; `preview` reads only."""

    title: Any
    form: forms.Form
    act: Callable[[dict[str, Any]], object]
    preview: Callable[[dict[str, Any]], Preview]
    back: str  # the table this belongs to
    back_label: Any
    done: str  # where one lands after saving
    about: tuple[str, ...] = ()  # whose history is shown
    facts: tuple[tuple[Any, Any], ...] = ()  # how it stands today
    dated: tuple[Dated, ...] = ()
    tabs: tuple[tuple[str, Any, bool], ...] = ()  # address, label, whether it is this page
    take_back: Callable[[int], object] | None = None  # withdraws a planned row
    warning: str = ""


def change_page(request: StaffRequest, change: Change) -> HttpResponse:
    """Shows the form; previews what was said; saves what was previewed."""
    if "withdraw" in request.POST and change.take_back is not None:
        return _taken_back(request, change)
    preview, saved = _moved(request, change)
    if saved:
        messages.success(request, _t("已保存，改动记在下面的历史里。"))
        return redirect(change.done)
    context = {
        "queue": "settings", "queue_counts": queue_counts(request.actor), "change": change, "form": change.form,
        "preview": preview, "seen": _digest(request.POST) if preview else "",
        "may_change": request.actor.has(Duty.CONFIGURE), "history": history(*change.about),
    }  # fmt: skip
    return show(request, "change.html", context, status=422 if change.form.errors else 200)


def _moved(request: StaffRequest, change: Change) -> tuple[Preview | None, bool]:
    """What to show before saving, or that it is saved. The verb itself says beforehand whether it would refuse."""
    form = change.form
    if request.method != "POST" or not form.is_valid():
        return None, False
    try:
        if "save" in request.POST:
            if request.POST.get("seen") == _digest(request.POST):
                change.act(form.cleaned_data)
                return None, True
            messages.info(request, _t("内容和您刚才看过的不一样，请再看一遍，然后保存。"))
        preview = change.preview(form.cleaned_data)
        _try_out(change, form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None, False
    return preview, False


def _try_out(change: Change, said: dict[str, Any]) -> None:
    """Does it and undoes it: what the verb would refuse is refused before anybody hopes."""
    with transaction.atomic():
        change.act(said)
        transaction.set_rollback(True)


def _digest(sent: QueryDict) -> str:
    """Tells whether what is saved is what was seen."""
    said = sorted((name, value) for name in sent if name not in _NOT_SAID for value in sent.getlist(name))
    return sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _taken_back(request: StaffRequest, change: Change) -> HttpResponse:
    key = request.POST["withdraw"]
    planned = {str(row.pk): row.pk for row in change.dated if row.standing == "planned"}
    try:
        if key not in planned or change.take_back is None:
            raise Refused("NOT_PLANNED", _t("这次改动已经生效或已经撤回。请刷新页面再看。"))
        change.take_back(planned[key])
        messages.success(request, _t("已撤回，原来的规则继续有效。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect(change.done)


def standing(from_on: date, to_on: date | None, today: Any) -> str:
    """past, present or planned, on this day."""
    on = county_day(today)
    if from_on > on:
        return "planned"
    return "past" if to_on is not None and to_on < on else "present"
