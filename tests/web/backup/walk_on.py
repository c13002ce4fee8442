"""Run in a restored house, as a program of its own: what Aunt Wang and Li Min find there, told as JSON."""
# ruff: noqa: E402 -- the settings first

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test import Client

from tests.cast import NOON
from weimin.county.actors import RESIDENT, actor_of
from weimin.county.context import use_county
from weimin.county.models import Official
from weimin.ledger.models import Entry
from weimin.matters import journey
from weimin.matters.models import Attachment, Matter
from weimin.notices.models import Notice


def main(number: str, pin: str) -> dict[str, object]:
    settings.ALLOWED_HOSTS = ["testserver"]
    told: dict[str, object] = {"sessions": Session.objects.count()}
    told["waiting"] = sorted(Notice.objects.values_list("state", flat=True))
    told["last_entry"] = Entry.objects.order_by("-id").values_list("what", "by").first()
    her = Client()
    told["entered"] = her.post("/follow/", {"number": number, "pin": pin}).status_code
    photo = Attachment.objects.get(matter__number=number)
    shown = her.get(f"/my/{number}/files/{photo.pk}/")
    told["photo"] = (shown.status_code, len(b"".join(shown.streaming_content)))
    matter = Matter.objects.get(number=number)
    told["name"] = matter.resident.name
    li = actor_of(Official.objects.get(name_zh="李敏"), now=NOON)
    journey.classify_matter(matter, kind=matter.kind, by=li, now=NOON)
    told["state"] = Matter.objects.get(number=number).state
    draft = journey.Draft(
        text="路灯不亮了，晚上看不清路。",
        kind=matter.kind,
        place=matter.place,
        channel=matter.channel,
        phone="13900000002",
    )
    told["next"] = journey.receive_matter(draft, by=RESIDENT, now=NOON).matter.number
    told["ledger"] = _change_ledger()
    return told


def _change_ledger() -> str:
    """What the database says to somebody who goes around our code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET what = '' WHERE id = (SELECT min(id) FROM ledger_entry)")
    except DatabaseError as refused:
        return type(refused).__name__
    return "changed"


if __name__ == "__main__":
    with use_county(settings.COUNTY):
        print(json.dumps(main(*sys.argv[1:])))
