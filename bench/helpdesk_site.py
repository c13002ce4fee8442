"""django-helpdesk as its documentation sets it up, with what costs nothing switched off: no mail goes out.

Runs in an environment of its own. HELPDESK_DSN names its database. `python -m bench.helpdesk_site TICKETS` makes the
tables, one queue, one member of staff and so many tickets with two follow-ups each, and prints the session's key.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings

from bench.loopback import here
from bench.words import matter

_AT = urlsplit(here(os.environ.get("HELPDESK_DSN", "postgresql://bench@127.0.0.1/helpdesk")))
_STATIC = os.environ.get("HELPDESK_STATIC", "/nonexistent")
_PIECE = 2000

if not settings.configured:
    settings.configure(
        SECRET_KEY="only-for-measuring-on-this-machine",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        SITE_ID=1,
        STATIC_URL="/static/",
        STATIC_ROOT=_STATIC,
        MEDIA_ROOT=str(Path(_STATIC) / "media"),
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        HELPDESK_TEAMS_MODE_ENABLED=False,  # else a further package is needed
        LOGGING_CONFIG=None,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites",
            "django.contrib.humanize", "rest_framework", "helpdesk",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql", "NAME": _AT.path[1:], "USER": _AT.username,
                "PASSWORD": _AT.password or "", "HOST": _AT.hostname, "PORT": _AT.port, "CONN_MAX_AGE": 300,
            }
        },
    )  # fmt: skip
    django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
application = get_wsgi_application()


def fill(count: int, queue, staff) -> None:
    """Over four years; one in fifty still open, as in the county beside it."""
    from helpdesk.models import FollowUp, Ticket

    first = datetime(2022, 11, 23, tzinfo=UTC)
    step = timedelta(days=1460) / max(1, count)
    for start in range(0, count, _PIECE):
        tickets = []
        for n in range(start, min(start + _PIECE, count)):
            title, text = matter(11, n)
            status = 1 if n > count * 0.98 else 4
            tickets.append(
                Ticket(title=title, description=text, queue=queue, status=status, submitter_email="r@example.com",
                       created=first + n * step, modified=first + n * step, assigned_to=staff if n % 50 == 0 else None)
            )  # fmt: skip
        Ticket.objects.bulk_create(tickets)
        FollowUp.objects.bulk_create(
            FollowUp(ticket=ticket, title=title, comment="已联系居民，约定上门时间。", public=True, user=staff,
                     date=ticket.created + timedelta(hours=hours))
            for ticket in tickets
            for title, hours in (("Comment", 5), ("Closed", 60))
        )  # fmt: skip


def main(count: int) -> None:
    from helpdesk.models import Queue, Ticket

    call_command("migrate", verbosity=0, interactive=False)
    staff = get_user_model().objects.create_superuser("staff", "staff@example.com", "not-used-for-signing-in")
    queue = Queue.objects.create(title="County", slug="county", allow_public_submission=True)
    for field in Ticket._meta.fields:
        if field.name in ("created", "modified"):
            field.auto_now = field.auto_now_add = False
    fill(count, queue, staff)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    print(json.dumps({"session": session.session_key, "queue": queue.pk, "tickets": count}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
