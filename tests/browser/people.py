"""Who sits before the screen, and how wide it is. conftest.py is read before Django's models are; this file is not."""

from django.conf import settings
from django.test import Client

from tests.staff import enter

PHONE, DESK = 360, 1280
LOOKS = [(PHONE, "zh-hans"), (DESK, "zh-hans"), (PHONE, "en"), (DESK, "en")]


def session_of(official) -> str:
    """A session as signing in with password and code would leave it."""
    client = enter(Client(), official)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
