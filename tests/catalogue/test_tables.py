"""A county's own kinds and routes come in from tables: safe to load twice, with reasons where a row cannot be used."""

import csv
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.cast import NOON
from weimin.catalogue.models import Kind, Route
from weimin.catalogue.queries import imported_code, route_for
from weimin.ledger.models import Entry

TODAY = NOON.date()
HEAD = ["kind", "place", "lead", "supporting", "from", "source"]


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)


@pytest.fixture
def tree(cast, tmp_path):
    """Two branches of a county's own taxonomy, with a leaf of the same name in each."""
    path = tmp_path / "kinds.csv"
    path.write_text(
        "一级,二级,三级\n城乡建设,其他,\n城乡建设,城市建设,路灯\n交通运输,其他,\n交通运输,,\n", encoding="utf-8"
    )
    call_command("import_kinds", str(path), "--columns", "一级,二级,三级")
    return path


def table(folder, *rows):
    path = folder / "routes.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def run(path, *more, capsys):
    capsys.readouterr()
    call_command("import_routes", str(path), "--json", *more)
    return json.loads(capsys.readouterr().out)


def test_a_tree_of_kinds_comes_in_once(cast, tree, capsys):
    made = Kind.objects.filter(code__startswith="T")
    assert sorted((kind.depth, kind.path_name) for kind in made) == [
        (1, "交通运输"),
        (1, "城乡建设"),
        (2, "交通运输 / 其他"),
        (2, "城乡建设 / 其他"),
        (2, "城乡建设 / 城市建设"),
        (3, "城乡建设 / 城市建设 / 路灯"),
    ]
    capsys.readouterr()
    call_command("import_kinds", str(tree), "--columns", "一级,二级,三级")
    assert capsys.readouterr().out == "4 paths in the table, 0 kinds added.\n"


def test_a_missing_column_is_told(cast, tree):
    with pytest.raises(CommandError, match="no column 四级"):
        call_command("import_kinds", str(tree), "--columns", "一级,四级")


def test_routes_by_path_code_and_name(cast, tree, tmp_path, capsys):
    path = table(
        tmp_path,
        ["城乡建设", "", "WATER", "ROADS", "", "三定方案"],
        ["城乡建设/其他", "青石镇", "青石镇政府", "", "2026-10-08", "属地清单"],
        ["WATER-OUT", "990101102", "县交通局", "WATER、QINGXI", "", "会议纪要"],
    )
    assert run(path, capsys=capsys) == {"rows": 3, "set": 3, "already_here": 0, "rejected": 0}
    lamp = Kind.objects.get(code=imported_code(("城乡建设", "城市建设", "路灯")))
    other = Kind.objects.get(code=imported_code(("城乡建设", "其他")))
    assert route_for(lamp, cast.places["qingshi"], on=TODAY).lead == cast.offices["WATER"]
    assert route_for(other, cast.places["qingshi"], on=TODAY).lead == cast.offices["WATER"]
    assert route_for(other, cast.places["qingshi"], on=date(2026, 10, 8)).lead == cast.offices["QINGSHI"]
    chosen = route_for(cast.kinds["WATER-OUT"], cast.places["qingxi"], on=TODAY)
    assert [office.code for office in chosen.supporting.order_by("code")] == ["QINGXI", "WATER"]
    assert Entry.objects.filter(what="catalogue.set_route").count() == 3


def test_a_second_run_changes_nothing(cast, tree, tmp_path, capsys):
    path = table(tmp_path, ["城乡建设", "", "WATER", "ROADS", "", "三定方案"])
    run(path, capsys=capsys)
    before = Entry.objects.count()
    assert run(path, capsys=capsys) == {"rows": 1, "set": 0, "already_here": 1, "rejected": 0}
    assert (Route.objects.filter(kind__name_zh="城乡建设").count(), Entry.objects.count()) == (1, before)


def test_a_dry_run_judges_and_writes_nothing(cast, tree, tmp_path, capsys):
    path = table(tmp_path, ["城乡建设", "", "WATER", "", "", "三定方案"], ["天上的事", "", "WATER", "", "", "方案"])
    before = Entry.objects.count()
    assert run(path, "--dry-run", capsys=capsys) == {"rows": 2, "set": 1, "already_here": 0, "rejected": 1}
    assert Entry.objects.count() == before


def test_each_row_that_cannot_be_used_is_told_with_its_reason(cast, tree, tmp_path, capsys):
    path = table(
        tmp_path,
        ["天上的事", "", "WATER", "", "", "方案"],
        ["其他", "", "WATER", "", "", "方案"],
        ["城乡建设", "火星", "WATER", "", "", "方案"],
        ["城乡建设", "", "太空局", "", "", "方案"],
        ["城乡建设", "", "WATER", "", "十月", "方案"],
        ["城乡建设", "", "WATER", "", "2020-01-01", "方案"],
        ["城乡建设", "", "WATER", "", "", ""],
    )
    assert run(path, capsys=capsys)["rejected"] == 7
    with (tmp_path / "routes.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["reason"] for row in csv.DictReader(file)] == [
            "没有这个类别：天上的事",
            "叫“其他”的类别不止一个，请写全路径或代码。",
            "没有这个地点：火星",
            "没有这个单位：太空局",
            "看不懂的日期：十月，请写成 2026-10-01 这样。",
            "派办规则只能从今天或以后的日子起改。",
            "没有写明依据。",
        ]


def test_a_table_that_is_none_is_told(cast, tmp_path):
    path = tmp_path / "routes.csv"
    path.write_text("who,what\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"lacks \['kind', 'lead', 'source'\]"):
        call_command("import_routes", str(path))
