"""What a drill left in the database: every matter it sent, and everything that is there by half. JSON on the screen."""

import json
import os
import sys
from datetime import datetime, timedelta
from hashlib import file_digest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from weimin.county.context import use_county
from weimin.county.models import AnsweredRequest
from weimin.households.models import Resident
from weimin.kernel import clock
from weimin.ledger.models import Entry
from weimin.matters import queries, tallies
from weimin.matters.models import Attachment, Event, Matter
from weimin.matters.proofs import open_timelines
from weimin.matters.states import Act
from weimin.matters.uploads import path_of
from weimin.notices.models import Notice


def audit() -> dict[str, object]:
    drilled = Matter.objects.filter(title__startswith="drill ")
    numbers: dict[str, list[str]] = {}
    for title, number in drilled.values_list("title", "number"):
        numbers.setdefault(title, []).append(number)
    files = Attachment.objects.filter(matter__in=drilled).values_list("sha256", flat=True)
    return {
        "numbers": numbers, "half": _half(), "notices": _notices(), "integrity": _integrity(), "files": list(files),
        "broken_lines": broken_lines(),
        "messages": {pk: [state, by] for pk, state, by in Notice.objects.values_list("pk", "state", "carrier")},
    }  # fmt: skip


def _half() -> dict[str, list[str]]:
    """Each list must be empty."""
    drilled = Matter.objects.filter(title__startswith="drill ")
    known = set(Matter.objects.values_list("number", flat=True))
    told = set(Entry.objects.filter(what="matter.receive").exclude(by="import").values_list("about", flat=True))
    heard = Event.objects.filter(matter=OuterRef("pk"), act=Act.RECEIVE)
    answered = {
        json.loads(kept.body)["number"]
        for kept in AnsweredRequest.objects.filter(status=201, scope__endswith="/matters")
    }
    waiting = set(Notice.objects.values_list("about", flat=True))
    named = set(Attachment.objects.filter(matter__in=drilled).values_list("sha256", flat=True))
    return {
        "matter_without_event": list(drilled.filter(~Exists(heard)).values_list("number", flat=True)),
        "matter_without_entry": [n for n in drilled.values_list("number", flat=True) if f"matter:{n}" not in told],
        "entry_without_matter": [about for about in told if about.removeprefix("matter:") not in known],
        "matter_without_message": [n for n in drilled.values_list("number", flat=True) if f"matter:{n}" not in waiting],
        "matter_without_kept_answer": [n for n in drilled.values_list("number", flat=True) if n not in answered],
        "answer_without_matter": [number for number in answered if number not in known],
        "resident_without_matter": [
            str(pk) for pk in Resident.objects.filter(source="PHONE", matters__isnull=True).values_list("pk", flat=True)
        ],
        "line_not_proved": open_timelines().unproved,
        "counts_that_differ": list(tallies.differences()),
        "file_named_but_not_whole": [digest for digest in named if not _whole(digest)],
        "integrity": [] if _integrity() == "ok" else [_integrity()],
    }


def _whole(digest: str) -> bool:
    if not path_of(digest).exists():
        return False
    with path_of(digest).open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == digest


def _notices() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Notice.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def _integrity() -> str:
    if connection.vendor != "sqlite":
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        return str(cursor.fetchone()[0])


def late(now: datetime) -> dict[str, int]:
    """At that moment: how many matters are past their date, and for how many of those nobody above was told."""
    passed = queries.overdue(now=now).filter(title__startswith="drill ")
    return {"late": passed.count(), "in_silence": queries.may_climb(now=now).filter(escalated=0).count()}


def broken_lines() -> int:
    """Matters whose timeline, read in its order, does not lead from each state to the next."""
    broken = 0
    for matter in Matter.objects.filter(title__startswith="drill ").iterator():
        here = ""
        for event in queries.timeline(matter):
            broken += event.from_state != here
            here = event.to_state
        broken += here != matter.state
    return broken


if __name__ == "__main__":
    with use_county(settings.COUNTY):
        ahead = [float(word) for word in sys.argv[1:]]
        if ahead:
            print(json.dumps(late(clock.now() + timedelta(seconds=ahead[0]))))
        else:
            print(json.dumps(audit()))
