"""The workers of Celery, where WEIMIN_BROKER_URL is set: celery -A config worker."""

import os

import django
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

if not settings.BROKER_URL:
    raise SystemExit(
        "Set WEIMIN_BROKER_URL, or start bin/weimin work alone: without a broker the database carries all."
    )


@setup_logging.connect
def _the_lines_stay_ours(**_how: object) -> None:
    """Celery sets up no logging of its own where somebody answers here."""


from weimin.web.tasks.broker import app  # noqa: E402 -- settings first

__all__ = ["app"]
