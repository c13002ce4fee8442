"""Whose turn it is, for the throttles of the portal."""

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "unknown")
