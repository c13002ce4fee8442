"""The floor: a plain Django view with one ORM insert, and nothing of what a matter needs. FLOOR_DSN names its database.

`python -m bench.floor_app` makes its one table. Served by granian as `bench.floor_app:application`.
"""

import json
import os
from urllib.parse import urlsplit

import django
from django.conf import settings

from bench.loopback import here

_AT = urlsplit(here(os.environ.get("FLOOR_DSN", "postgresql://bench@127.0.0.1/floor")))

if not settings.configured:
    settings.configure(
        SECRET_KEY="only-for-measuring-on-this-machine",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        MIDDLEWARE=[],
        INSTALLED_APPS=[],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql", "NAME": _AT.path[1:], "USER": _AT.username,
                "PASSWORD": _AT.password or "", "HOST": _AT.hostname, "PORT": _AT.port, "CONN_MAX_AGE": 300,
            }
        },
    )  # fmt: skip
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path


class Ticket(models.Model):
    """As many columns and indexes as any list of tickets needs."""

    created = models.DateTimeField(auto_now_add=True)
    category = models.SmallIntegerField()
    status = models.SmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    text = models.TextField()
    phone = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "floor"
        indexes = [
            models.Index(fields=["created"], name="floor_created"),
            models.Index(fields=["category", "created"], name="floor_category"),
            models.Index(fields=["status", "created"], name="floor_status"),
        ]


def create(request: HttpRequest) -> HttpResponse:
    sent = json.loads(request.body)
    made = Ticket.objects.create(category=3, title=sent["title"][:200], text=sent["text"], phone=sent["phone"])
    return JsonResponse({"id": made.pk}, status=201)


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready")


urlpatterns = [path("tickets", create), path("ready", ready)]
application = get_wsgi_application()

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Ticket)
