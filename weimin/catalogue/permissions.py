"""Gates of the catalogue."""

from django.shortcuts import get_object_or_404

from .models import Service
from .queries import services_open


def service_for_all(code: str) -> Service:
    """A service in force; a retired one is as if it did not exist."""
    return get_object_or_404(services_open(), code=code)
