"""What every template knows about the county it speaks for."""

from django.http import HttpRequest

from . import directory
from .context import current_code


def county(request: HttpRequest) -> dict[str, directory.County]:
    return {"county": directory.county(current_code())}
