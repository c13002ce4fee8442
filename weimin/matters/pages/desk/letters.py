"""Letters that could not be taken in: a clerk looks at them where they lie, in the mailbox."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, needs
from weimin.kernel import clock

from ...queries import letters_aside
from .shared import queue_counts, show


@require_GET
@needs(Duty.TAKE_IN)
def letters(request: StaffRequest) -> HttpResponse:
    """Those of the last thirty days, each with what is wrong with it. They hold no words of residents."""
    rows = letters_aside(now=clock.now())
    return show(request, "letters.html", {"rows": rows, "queue_counts": queue_counts(request.actor)})
