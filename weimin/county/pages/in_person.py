"""What the sign-in package would do by e-mail is done in person: a lost password is a lost key to people's data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from weimin.county.permissions import open_to_all


@open_to_all
def in_person(request: HttpRequest) -> HttpResponse:
    """Says where to go; nothing is sent, and nobody learns whether an account stands behind an address."""
    return render(request, "account/in_person.html")
