"""Earlier records come in by bulk, once each, with their reasons where they cannot."""

import csv
import gzip
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from weimin.ledger.models import Entry
from weimin.ledger.services import verify
from weimin.matters import queries
from weimin.matters.journey._core import content_of
from weimin.matters.models import Event, Matter
from weimin.matters.states import State

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


@pytest.mark.data
def test_real_messages_come_in_whole(cast, capsys):
    path = Path(os.environ["WEIMIN_DATA"]) / "messages" / "labelled.csv.gz"
    mapping = "outside_id=row_no,text=留言主题+留言详情,title=留言主题,kind=一级标签,received_at=留言时间"
    figures = run(path, "--map", mapping, "--make-kinds", capsys=capsys)
    assert (figures["rows"], figures["imported"], figures["rejected"]) == (7346, 7346, 0)
