"""Letters that could not be taken in: a clerk looks at them where they lie, in the mailbox."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.kernel import clock
from weimin.kernel.refusal import Refused

from ...permissions import letter_of
from ...queries import letters_aside
from ...services import mark_handled
from .shared import queue_counts, show


@require_GET
@needs(Duty.TAKE_IN)
def letters(request: StaffRequest) -> HttpResponse:
    """Those of the last thirty days, each with what is wrong with it. They hold no words of residents."""
    rows = letters_aside(now=clock.now())
    return show(request, "letters.html", {"rows": rows, "queue_counts": queue_counts(request.actor)})


@require_POST
@needs(Duty.TAKE_IN)
def handled(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody has looked at it in the mailbox and dealt with it."""
    try:
        mark_handled(letter_of(pk), by=request.actor, now=clock.now())
        messages.success(request, _("已记为处理过。"))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("matters:desk_letters")
