"""What people see when we have failed them: a sentence, and the number under which the operator finds it."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from weimin.county.permissions import open_to_all
from weimin.county.trouble import RETRY_AFTER, status_of


@open_to_all
def our_fault(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or of who is signed in: either may be what has failed.

    What passes by itself – no room on the disk, the database away – is told as 507 or 503, with when to come back.
    """
    status = status_of(sys.exc_info()[1])
    words = render_to_string(
        "500.html", {"request_number": request.META.get("WEIMIN_REQUEST", ""), "status": status, "full": status == 507}
    )
    headers = {"Cache-Control": "no-store"}
    if status in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[status]
    return HttpResponse(words, status=status, headers=headers)
