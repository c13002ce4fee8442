"""The official calendar: years, months, and entering next year's notice with what it moves."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from weimin.county import queries
from weimin.county.duties import Duty
from weimin.county.forms.calendar import NoticeForm
from weimin.county.notice_days import as_lines, calendar_with, months_of
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs, year_of
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.matters.recount import Change, enter_notice, recount, waiting, would_change

from .county_shared import history, sent, show, show_form, tried

SHOWN = 200


@require_GET
@keeps_or_looks
def calendar(request: StaffRequest) -> HttpResponse:
    """The years that have been entered, and the next that has not."""
    years = queries.years_entered()
    missing = max([year.year for year in years] + [county_day(clock.now()).year - 1]) + 1
    return show(request, "calendar.html", {"years": years, "missing": missing})


@require_GET
@keeps_or_looks
def year(request: StaffRequest, year: int) -> HttpResponse:
    """Twelve small months, the table beneath, and matters still to be counted anew."""
    year_of(year)
    left = waiting(year=year) if queries.calendar().is_published(year) else []
    context = {
        "year": year, "entered": queries.year_entered(year), "months": months_of(year, queries.calendar()),
        "days": queries.notice_of(year), "history": history(f"year:{year}", "calendar:seed"), **_moved(left),
    }  # fmt: skip
    return show(request, "calendar_year.html", context)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def enter(request: StaffRequest, year: int) -> HttpResponse:
    """Write the notice down, see what it moves, enter it."""
    year_of(year)
    if "tick" in request.POST:
        return _ticked(request, year)
    form = NoticeForm(sent(request), year=year, initial=_standing(year))
    if form.is_valid() and "enter" in request.POST:
        source = form.cleaned_data["source"]
        done, changed = tried(
            form,
            lambda: enter_notice(year=year, days=form.days, source=source, by=request.actor, now=clock.now()),
        )
        if done:
            words = _("%(year)s 年的日历已录入，%(n)s 件事项的期限已重新计算。")
            messages.success(request, words % {"year": year, "n": len(changed or ())})
            return redirect("web:settings_year", year=year)
    context: dict[str, Any] = {"year": year, "previewed": form.is_valid()}
    if form.is_valid():
        context |= _moved(would_change(year=year, days=form.days))
    shown = calendar_with(year, form.days if form.is_bound else queries.notice_of(year))
    return show_form(request, "calendar_enter.html", form, months=months_of(year, shown), **context)


def _ticked(request: StaffRequest, year: int) -> HttpResponse:
    """The ticked days are written into the lines, and the page comes back."""
    given = request.POST.copy()
    given["lines"] = NoticeForm(given, year=year).with_ticked(request.POST.getlist("day"))
    form = NoticeForm(year=year, initial={name: given.get(name, "") for name in NoticeForm.base_fields})
    days = NoticeForm(given, year=year)
    days.is_valid()
    months = months_of(year, calendar_with(year, days.days))
    return show_form(request, "calendar_enter.html", form, months=months, year=year)


def _standing(year: int) -> dict[str, str]:
    entered = queries.year_entered(year)
    return {"source": entered.source if entered else "", "lines": as_lines(queries.notice_of(year))}


def _moved(changes: Iterable[Change]) -> dict[str, Any]:
    found = list(changes)
    return {"changes": found[:SHOWN], "n_changes": len(found), "n_more": max(0, len(found) - SHOWN)}


@require_POST
@needs(Duty.CONFIGURE)
def again(request: StaffRequest, year: int) -> HttpResponse:
    """Count anew what an interruption, or another county's entry, left as it was."""
    changed = recount(year=year_of(year), now=clock.now())
    messages.success(request, _("%(n)s 件事项的期限已重新计算。") % {"n": len(changed)})
    return redirect("web:settings_year", year=year)
