"""What people see when we have failed them: a sentence, and the number under which the operator finds it."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from weimin.county.permissions import open_to_all


@open_to_all
def our_fault(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or of who is signed in: either may be what has failed."""
    words = render_to_string("500.html", {"request_number": request.META.get("WEIMIN_REQUEST", "")})
    return HttpResponse(words, status=500, headers={"Cache-Control": "no-store"})
