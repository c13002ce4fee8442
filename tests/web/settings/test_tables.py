"""The tables of the settings: exact rows, search by pinyin, order, spreadsheet, and what they cost."""

import csv
from io import StringIO

import pytest

from tests.cast import LONG_AGO
from weimin.catalogue.models import AnswerTemplate, Kind, Route, TimeRule, Urgency

pytestmark = pytest.mark.django_db
TABLES = ["kinds", "urgencies", "rules", "routes", "templates"]


def cells(response):
    return [[cell.text for cell, _column in row["cells"]] for row in response.context["rows"]]


def test_the_index_names_every_table_once(keeper):
    html = keeper.get("/desk/settings/").content.decode()
    assert [html.count(f'data-open href="/desk/settings/{name}/"') for name in TABLES] == [1] * 5


def test_the_way_there_is_shown_to_who_keeps_or_audits(sign_in):
    shown = {name: 'href="/desk/settings/"' in sign_in(name).get("/desk/").content.decode() for name in PEOPLE_ASKED}
    assert shown == {"keeper": True, "auditor": True, "li": False, "zhang": False}


PEOPLE_ASKED = ("keeper", "auditor", "li", "zhang")


def test_kinds_with_their_limits(keeper):
    assert cells(keeper.get("/desk/settings/kinds/?sort=-code"))[:2] == [
        ["停水", "供水", "ORDINARY", "60 日", "5 个工作日", "是", "—", "WATER-OUT"],
        ["供水", "—", "ORDINARY", "60 日", "5 个工作日", "是", "—", "WATER"],
    ]


def test_rules_with_what_holds_today_and_what_is_planned(keeper):
    rows = cells(keeper.get("/desk/settings/rules/?q=return"))
    assert rows == [["RETURN", "5 个工作日", "2020-01-01", "—", "县政府文件", "RETURN"]]


def test_urgencies_from_the_most_urgent(keeper):
    rows = cells(keeper.get("/desk/settings/urgencies/"))
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("1", "2 小时", "1 小时"), ("2", "24 小时", "4 小时"), ("3", "5 个工作日", "1 个工作日"),
        ("4", "15 个工作日", "2 个工作日"),
    ]  # fmt: skip


def test_routes_in_force(keeper):
    assert cells(keeper.get("/desk/settings/routes/")) == [
        ["道路", "青山县", "县交通局", "—", "2020-01-01", "—", "三定方案"],
        ["供水", "青山县", "县水利局", "—", "2020-01-01", "—", "三定方案"],
    ]


def test_templates_under_their_kind(cast, keeper):
    empty = keeper.get("/desk/settings/templates/")
    AnswerTemplate.objects.create(kind=cast.kinds["WATER"], name_zh="管道维修", facts="{日期}已修好。", rule="条例")
    assert "这张表还是空的" in empty.content.decode()
    assert cells(keeper.get("/desk/settings/templates/?q=gdwx")) == [
        ["管道维修", "供水", "{日期}已修好。", "条例", "—"]
    ]


@pytest.mark.parametrize(
    ("q", "found"), [("停水", ["停水"]), ("pothole", ["路面坑洞"]), ("水 停", ["停水"]), ("zzz", [])]
)
def test_rows_hold_every_word_asked_for(keeper, q, found):
    assert [row[0] for row in cells(keeper.get("/desk/settings/kinds/", {"q": q}))] == found


def test_limits_are_sorted_by_length_not_by_letters(keeper):
    short = cells(keeper.get("/desk/settings/urgencies/?sort=limit"))
    long = cells(keeper.get("/desk/settings/urgencies/?sort=-limit"))
    assert [row[2] for row in short] == ["2 小时", "24 小时", "5 个工作日", "15 个工作日"]
    assert [row[2] for row in long] == ["15 个工作日", "5 个工作日", "24 小时", "2 小时"]


def test_an_unknown_order_is_the_usual_order(keeper):
    assert cells(keeper.get("/desk/settings/kinds/?sort=nonsense")) == cells(keeper.get("/desk/settings/kinds/"))


def test_the_spreadsheet_holds_the_rows_found_and_no_formula(cast, keeper):
    Kind.objects.filter(code="WATER-OUT").update(name_zh="=1+1")
    answer = keeper.get("/desk/settings/kinds/?q=water-out&as=csv")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][0], rows[1][0], len(rows)) == ("类别", "'=1+1", 2)
    assert answer["Content-Disposition"] == 'attachment; filename="kinds.csv"'


def one_more(cast, table, n):
    """Another row of the table."""
    code = f"MORE-{n}"
    if table == "kinds":
        made = Kind.objects.get(code="WATER-OUT")
        made.pk, made.code = None, code
        made.save()
    elif table == "urgencies":
        Urgency.objects.create(
            code=code, name_zh=code, name_en=code, amount=20 + n, unit="W", contact_amount=2, contact_unit="W",
            rank=10 + n, source_zh="x", source_en="x",
        )  # fmt: skip
    elif table == "rules":
        TimeRule.objects.create(
            code=code, name_zh=code, name_en=code, amount=1, unit="W", source_zh="x", source_en="x", from_on=LONG_AGO
        )
    elif table == "routes":
        kind = Kind.objects.order_by("pk")[n]
        place = cast.places["qingshi_town"]
        made = Route.objects.create(kind=kind, place=place, lead=cast.offices["WATER"], from_on=LONG_AGO)
        made.supporting.set([cast.offices["ROADS"]])
    else:
        AnswerTemplate.objects.create(kind=cast.kinds["WATER"], name_zh=code, facts="x")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_costs_the_same_for_one_row_more_and_for_three(
    cast, keeper, table, django_assert_num_queries, django_assert_max_num_queries
):
    one_more(cast, table, 0)
    keeper.get(f"/desk/settings/{table}/")
    with django_assert_max_num_queries(12) as one:
        keeper.get(f"/desk/settings/{table}/")
    one_more(cast, table, 1)
    one_more(cast, table, 2)
    with django_assert_num_queries(len(one)):
        keeper.get(f"/desk/settings/{table}/")
