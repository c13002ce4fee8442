"""What is exported runs no formula and comes back as it was."""

import csv

from django.core.management import call_command

from tests.cast import NOON
from weimin.county.actors import RESIDENT
from weimin.kernel.csv_safe import restore_cell
from weimin.matters import journey

NASTY = '=HYPERLINK("http://evil","领补贴")'


def test_a_formula_stays_words_and_no_name_leaves(cast, tmp_path, capsys):
    receipt = journey.receive_matter(cast.draft(text=NASTY, title="+停水"), by=RESIDENT, now=NOON)
    call_command("export_matters", str(tmp_path / "all.csv"))
    written = (tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(written.splitlines())
    assert (row["number"], row["text"], row["title"]) == (receipt.matter.number, "'" + NASTY, "'+停水")
    assert restore_cell(row["text"]) == NASTY
    assert row["due_at"] == "2026-10-12T23:59:59+08:00"
    assert ("王桂芳" in written, "13900000001" in written) == (False, False)


def test_only_one_state_if_asked(cast, tmp_path, capsys):
    cast.matter()
    call_command("export_matters", str(tmp_path / "none.csv.gz"), state="CLOSED")
    assert capsys.readouterr().out == f"0 matters in {tmp_path / 'none.csv.gz'}\n"
