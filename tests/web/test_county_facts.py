"""`county export` and `county report`, as an operator types them."""

import json
import sys

import pytest
from django.core.management import CommandError, call_command

from weimin.matters.states import State


def test_a_county_is_exported_and_counted(cast, tmp_path, capsys):
    for _one in range(10):
        cast.matter(State.RATED)
    call_command("county", "export", "990101", "--to", str(tmp_path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["rows"]) == (f"{tmp_path}/matters-990101.parquet", 10)
    call_command("county", "report", str(tmp_path), "--by", "kind", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "kind": "WATER-OUT", "counties": 1, "matters": 10, "answered": 10, "answered_in_time": 10,
            "contacted_in_time": 0, "days_to_answer": 0, "rated": 10, "content": 10, "resolved": 10, "reopened": 0,
            "returns": 0,
        }
    ]  # fmt: skip


def test_for_eyes_it_is_a_table_and_few_are_covered(cast, tmp_path, capsys):
    cast.matter()
    call_command("county", "export", "990101", "--to", str(tmp_path))
    assert capsys.readouterr().out.startswith(f"{tmp_path}/matters-990101.parquet: 1 matters, 0.0 MiB")
    call_command("county", "report", str(tmp_path))
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["county", "counties", "matters"]
    assert row.split()[:4] == ["990101", "1", "<10", "<10"]


def test_what_cannot_be_done_is_said(cast, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="No facts"):
        call_command("county", "report", str(tmp_path))
    with pytest.raises(CommandError, match="'99' is not a county code"):
        call_command("county", "export", "99", "--to", str(tmp_path))
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(CommandError, match=r"duckdb is not installed: docs/operate/reports.md says"):
        call_command("county", "export", "990101", "--to", str(tmp_path))


def test_each_county_exports_its_own(cast, county_b, tmp_path, capsys):
    cast.matter()
    for code in ("990101", county_b):
        call_command("county", "export", code, "--to", str(tmp_path))
    told = capsys.readouterr().out
    assert ("990101.parquet: 1 matters" in told, f"{county_b}.parquet: 0 matters" in told) == (True, True)
    assert len(list(tmp_path.iterdir())) == 2
