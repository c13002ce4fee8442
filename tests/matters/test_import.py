"""Earlier records come in by bulk, once each, with their reasons where they cannot."""

import csv
import gzip
import json
import os
from copy import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import IMPORT
from weimin.kernel.words import first_words
from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import clocks, numbering, queries, tallies
from weimin.matters.journey._core import content_of, write_down
from weimin.matters.journey.bring_in import Old, bring_in_matters
from weimin.matters.models import Event, Matter
from weimin.matters.proofs import Opened, open_timelines
from weimin.matters.states import Act, Channel, Clock, Identity, State

ROWS = [
    {"id": "1", "what": "停水两天", "class": "供水", "opened": "2026/1/6 12:09:38", "closed": ""},
    {"id": "2", "what": "路上有坑", "class": "道路", "opened": "2026/1/7 08:00:00", "closed": "2026/1/9 08:00:00"},
    {"id": "2", "what": "同一编号", "class": "道路", "opened": "2026/1/7 08:00:00", "closed": ""},
    {"id": "3", "what": "", "class": "道路", "opened": "2026/1/7", "closed": ""},
    {"id": "4", "what": "没有这类", "class": "天上的事", "opened": "2026/1/7", "closed": ""},
    {"id": "5", "what": "未来的事", "class": "道路", "opened": "2999/1/7", "closed": ""},
    {"id": "6", "what": "坏时间", "class": "道路", "opened": "2026/13/45", "closed": ""},
    {"id": "", "what": "没有编号", "class": "道路", "opened": "", "closed": ""},
]
MAP = "outside_id=id,text=what,kind=class,received_at=opened,closed_at=closed"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "old.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def run(path, *more, capsys):
    call_command("import_matters", str(path), "--json", *more)
    return json.loads(capsys.readouterr().out)


def test_good_rows_come_in_and_bad_ones_are_told_with_their_reason(cast, table, capsys):
    figures = run(table, "--map", MAP, capsys=capsys)
    assert figures == {"rows": 8, "imported": 2, "already_here": 0, "rejected": 6, "late": 1}
    assert list(Matter.objects.order_by("outside_id").values_list("state", "kind__code")) == [
        (State.RECEIVED, "WATER"),
        (State.CLOSED, "ROADS"),
    ]
    with (table.parent / "old.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    assert reasons == [
        "外部编号 2 在文件里出现了两次。",
        "这里还没有写内容。",
        "不认识的类别：天上的事",
        "时间在将来。",
        "看不懂的时间：2026/13/45",
        "没有外部编号，再导入一次就会重复。",
    ]


def test_a_second_run_changes_nothing(cast, table, capsys):
    run(table, "--map", MAP, capsys=capsys)
    before = Entry.objects.count()
    assert run(table, "--map", MAP, capsys=capsys)["already_here"] == 2
    assert (Matter.objects.count(), Entry.objects.count()) == (2, before)


def test_a_dry_run_writes_nothing(cast, table, capsys):
    figures = run(table, "--map", MAP, "--dry-run", capsys=capsys)
    assert (figures["rejected"], figures["late"]) == (6, 1)
    assert Matter.objects.count() == 0


def test_what_came_in_is_provable_and_counted(cast, table, capsys):
    run(table, "--map", MAP, capsys=capsys)
    for event in Event.objects.select_related("matter"):
        entry = Entry.objects.get(about=f"matter:{event.matter.number}")
        content = content_of(event, event.matter.number, entry.by)
        assert verify(content, salt=bytes(event.salt), commitment=entry.commitment)
    assert queries.tally("state:RECEIVED", "state:CLOSED", "month:2601:received") == {
        "state:RECEIVED": 1,
        "state:CLOSED": 1,
        "month:2601:received": 2,
    }


def test_unknown_kinds_can_be_taken_over(cast, table, capsys):
    assert run(table, "--map", MAP, "--make-kinds", capsys=capsys)["imported"] == 3
    assert Matter.objects.get(outside_id="4").kind.name_zh == "天上的事"


def test_a_wrong_map_is_told_whole(cast, table):
    with pytest.raises(CommandError, match=r"colour is no field; the file has no column hue; say which .* outside_id"):
        call_command("import_matters", str(table), "--map", "colour=hue,text=what")


# --- by bulk, and one by one ----------------------------------------------------------------------------------------

WORDS = ["停水两天", "a\tb\\c", '一"二\n三', "\U00020bb7 路上有坑" * 9, "\\N"]


def earlier(cast):
    """Open and closed ones of three years; limits in days, hours and office hours; with and without a position."""
    for n, kind in enumerate(map(copy, [*cast.kinds.values()] * 2)):
        kind.promised_amount, kind.promised_unit = (5, "W") if n < len(cast.kinds) else (30, ("H", "WH", "N")[n % 3])
        came = NOON - timedelta(days=37 * n, hours=n)
        yield Old(
            outside_id=f"old-{n}", text=WORDS[n % 5], title="" if n % 3 else "题目", kind=kind,
            place=cast.places["qingshi" if n % 2 else "county"], received_at=came,
            closed_at=came + timedelta(days=3) if n % 4 == 0 else None, address=WORDS[n % 5][:20],
            lat=Decimal("36.1") if n % 2 else None, long=Decimal("117.25") if n % 2 else None,
        )  # fmt: skip


def one_by_one(old, *, post):
    """One earlier record, written down as the verbs of the journey write: row by row, nothing remembered."""
    is_open = old.closed_at is None
    limit = answer_limit(old.kind, old.kind.urgency)
    clock = clocks.running(Clock.ANSWER, start=old.received_at, limit=limit) if is_open else clocks.STOPPED
    number = numbering.next_number(old.received_at)
    matter = Matter(
        number=number, state=State.RECEIVED if is_open else State.CLOSED, request=old.request, channel=Channel.IMPORT,
        identity=Identity.ANONYMOUS, kind=old.kind, urgency=old.kind.urgency, text=old.text,
        title=first_words(old.title or old.text, 40), place=old.place, place_code=old.place.code, address=old.address,
        lat=old.lat, long=old.long,
        pin_digest=numbering.pin_digest(number, numbering.new_pin()), outside_id=old.outside_id,
        received_at=old.received_at, answered_at=old.closed_at, closed_at=old.closed_at, changed_at=NOON, taken_by=post,
        owner=post if is_open else None, **clock,
    )  # fmt: skip
    matter.create_by_verb()
    told = {"channel": matter.channel, "outside_id": matter.outside_id}
    write_down(matter, Act.RECEIVE, by=IMPORT, post=None, now=NOON, start="", words=matter.text, data=told)
    counted = tallies.standing(matter, matter.state) + tallies.monthly(matter, matter.received_at, "received")
    tallies.change(less=[], more=counted)


def what_stands(ours):
    """Everything that was written of these, without what chance and the database give."""
    matters = [{name: value for name, value in row.items() if name not in {"id", "number", "pin_digest"}}
               for row in ours.order_by("pk").values()]  # fmt: skip
    numbers = [number[:7] for number in ours.order_by("pk").values_list("number", flat=True)]
    events = [{name: value for name, value in row.items() if name not in {"id", "matter_id", "salt"}}
              for row in Event.objects.filter(matter__in=ours).order_by("pk").values()]  # fmt: skip
    entries = [(entry.at, entry.what, entry.about[:14], entry.by) for entry in Entry.objects.order_by("pk")]
    counts = {key: n for key, n in queries.tallies_under("").items() if n}
    return {"matters": matters, "numbers": numbers, "events": events, "entries": entries, "counts": counts}


def test_in_bulk_the_same_is_written_as_one_by_one(cast):
    told, post = [], cast.posts["QS-01"]
    for in_bulk in (False, True):
        with transaction.atomic():
            if in_bulk:
                assert bring_in_matters([*earlier(cast)], post=post, by=IMPORT, now=NOON) == 2 * len(cast.kinds)
            else:
                for old in earlier(cast):
                    one_by_one(old, post=post)
            told.append(what_stands(Matter.objects.all()))
            assert open_timelines() == Opened(lines=len(told[-1]["events"]))
            transaction.set_rollback(True)
    for what, expected in told[0].items():
        assert told[1][what] == expected, what


def test_sixty_cost_as_many_statements_as_six(cast):
    asked = []
    for n in (1, 6, 60):  # the first reads what is then kept
        olds = [replace(next(earlier(cast)), outside_id=f"{n}-{row}", closed_at=None) for row in range(n)]
        with CaptureQueriesContext(connection) as captured:
            bring_in_matters(olds, post=cast.posts["QS-01"], by=IMPORT, now=NOON)
        asked.append(len(captured))
    assert asked[1] == asked[2]


@pytest.mark.data
def test_real_messages_come_in_whole(cast, capsys):
    path = Path(os.environ["WEIMIN_DATA"]) / "messages" / "labelled.csv.gz"
    mapping = "outside_id=row_no,text=留言主题+留言详情,title=留言主题,kind=一级标签,received_at=留言时间"
    figures = run(path, "--map", mapping, "--make-kinds", capsys=capsys)
    assert (figures["rows"], figures["imported"], figures["rejected"]) == (7346, 7346, 0)
