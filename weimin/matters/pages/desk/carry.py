"""What somebody must read out by telephone, or print and post: the list, one message on record, what came of it."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.households.services import note_reading
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.notices.models import Notice
from weimin.notices.queries import to_carry
from weimin.notices.services import carry_by_hand
from weimin.notices.states import ByHand

from ...forms.carry import CarryForm
from ...permissions import notice_to_carry
from ...queries import visible_to
from .shared import queue_counts, show

MOST = 200


@require_GET
@needs(Duty.TAKE_IN)
def waiting(request: StaffRequest) -> HttpResponse:
    """Those about matters this official may open, the oldest first. No name, number or word of anybody stands here."""
    found = list(to_carry(now=clock.now())[:MOST])
    numbers = {notice.about.removeprefix("matter:") for notice in found}
    mine = set(visible_to(request.actor).filter(number__in=numbers).values_list("number", flat=True))
    rows = [(notice, number) for notice in found if (number := notice.about.removeprefix("matter:")) in mine]
    return show(request, "to_tell.html", {"rows": rows, "queue_counts": queue_counts(request.actor)})


@require_http_methods(["GET", "POST"])
@needs(Duty.TAKE_IN)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """The number or address and the words, opened on record; and what came of it."""
    now = clock.now()
    notice, matter = notice_to_carry(request.actor, pk, now=now)
    form = CarryForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _carried(notice, form, request):
        messages.success(request, _("已记下。"))
        return redirect("matters:desk_to_tell")
    with transaction.atomic():
        assert notice.resident is not None
        fields, why = _("号码或地址、要告知的内容"), str(notice.get_channel_display())
        note_reading(notice.resident, about=notice.about, fields=fields, why=why, by=request.actor, now=now)
        context = {"notice": notice, "matter": matter, "form": form, "queue_counts": queue_counts(request.actor)}
        return show(request, "tell.html", context, status=422 if form.errors else 200)


def _carried(notice: Notice, form: forms.Form, request: StaffRequest) -> bool:
    """Whether the verb went through; its refusal stands above the form."""
    try:
        outcome = ByHand(form.cleaned_data["outcome"])
        carry_by_hand(notice, outcome=outcome, words=form.cleaned_data["words"], by=request.actor, now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
