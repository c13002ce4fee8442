"""Sending one matter to another city's system too."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from ...forms.partners import ForwardForm
from ...journey import forward_matter
from ...models import Matter
from ...permissions import matter_for
from .shared import queue_counts, read_words, show


@require_http_methods(["GET", "POST"])
@needs(Duty.DISPATCH, Duty.HANDLE)
def forward(request: StaffRequest, number: str) -> HttpResponse:
    """To whom, under which of their codes, in which words."""
    matter, now = matter_for(request.actor, number), clock.now()
    form = ForwardForm(request.POST if request.method == "POST" else None, matter=matter)
    if form.is_valid() and _forwarded(matter, form, request.actor):
        messages.success(request, _("%(number)s：已排队转送，结果会记在办理经过里。") % {"number": matter.number})
        return redirect("matters:desk_matter", number=matter.number)
    read_words(matter, by=request.actor, now=now)
    context = {"matter": matter, "form": form, "queue_counts": queue_counts(request.actor)}
    return show(request, "forward.html", context, status=422 if form.errors else 200)


def _forwarded(matter: Matter, form: ForwardForm, by: Actor) -> bool:
    """Whether the verb went through; its refusal stands at its field."""
    code, words = form.cleaned_data["to"], form.cleaned_data["words"]
    try:
        forward_matter(
            matter, partner=code.partner, service_code=code.service_code, words=words, by=by, now=clock.now()
        )
    except Refused as refusal:
        form.add_error({"words": "words"}.get(refusal.field), str(refusal))
        return False
    return True
