"""The desk without a mouse: a call taken in within a minute, rows walked, a backlog sent off, a table copied."""

from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK
from tests.cast import NOON
from weimin.matters import journey
from weimin.matters.models import Matter
from weimin.matters.states import State

KEY = 200  # milliseconds between two keys: five keys a second, as a clerk types
TOLD = "我家后面的路灯坏了半个多月，晚上孩子放学看不见路，昨天还摔了一跤，请尽快来修好。"


@pytest.fixture
def li(at):
    return at(DESK, as_="li")


def choose(page, keys, name):
    """Pinyin or initials, and the first that is offered."""
    page.keyboard.type(keys, delay=KEY)
    page.get_by_role("option", name=name).first.wait_for()
    page.keyboard.press("Tab")


def test_a_call_is_taken_in_by_keyboard_alone(li, county, keep, record_property):
    assert len(TOLD) == 40
    county.places["qingshi"].pinyin = "qingshicun qsc"
    county.places["qingshi"].save()
    county.kinds["ROADS-HOLE"].pinyin = "lumiankengdong lmkd"
    county.kinds["ROADS-HOLE"].save()
    li.goto("/desk/")
    began = monotonic()
    li.keyboard.press("n")
    li.wait_for_url("**/desk/matters/new/")
    expect(li.locator("#id_name")).to_be_focused()
    li.keyboard.type("王桂芳", delay=KEY)
    li.keyboard.press("Tab")
    li.keyboard.type("13900000001", delay=KEY)
    li.keyboard.press("Tab")
    li.keyboard.type(TOLD, delay=KEY)
    li.keyboard.press("Tab")
    li.keyboard.press("Tab")
    choose(li, "lmkd", "路面坑洞")
    choose(li, "qsc", "青石村")
    li.keyboard.type("桥头", delay=KEY)
    keep(li, "desk-call-typed")
    li.keyboard.press("Control+Enter")
    li.wait_for_url("**/taken/")
    seconds = monotonic() - began
    record_property("seconds_for_a_call", round(seconds, 1))
    print(f"a call by keyboard: {seconds:.1f} s")
    matter = Matter.objects.get()
    assert (matter.text, matter.kind.code, matter.place.name_zh) == (TOLD, "ROADS-HOLE", "青石村")
    assert (matter.resident.name, matter.resident.phone, matter.address) == ("王桂芳", "13900000001", "桥头")
    assert matter.number in li.locator("main").inner_text()
    assert "Q S" in li.locator(".slip .words").inner_text()


def test_who_types_faster_than_the_answer_comes_loses_nothing(li, county):
    """She is in the next box before the list is there: the first that fits is taken."""
    county.kinds["ROADS-HOLE"].pinyin = "lumiankengdong lmkd"
    county.kinds["ROADS-HOLE"].save()
    li.goto("/desk/matters/new/")
    box = li.get_by_role("combobox", name="类别")
    box.focus()
    li.keyboard.type("lmkd")
    li.keyboard.press("Tab")
    li.keyboard.type("zzzz")
    li.keyboard.press("Tab")
    expect(li.locator("#id_kind")).to_have_value("ROADS-HOLE")
    expect(box).to_have_value("路面坑洞")
    expect(li.get_by_role("combobox", name="村或社区")).to_have_value("")


def test_rows_are_walked_and_opened(li, county):
    for _n in range(2):
        county.matter()
    li.goto("/desk/matters/?queue=all")
    first, second = [row.inner_text() for row in li.locator("[data-open]").all()]
    li.keyboard.press("j")
    li.keyboard.press("j")
    assert li.evaluate("document.activeElement.textContent") == second
    li.keyboard.press("k")
    assert li.evaluate("document.activeElement.textContent") == first
    li.keyboard.press("Enter")
    li.wait_for_url(f"**/desk/matters/{first}/")
    li.keyboard.press("/")
    assert li.evaluate("document.activeElement.name") == "q"
    li.keyboard.press("Escape")
    li.keyboard.press("?")
    assert li.locator("#keys").is_visible()


def test_a_page_of_matters_goes_by_rule_with_three_keys(li, county):
    for kind in ("WATER-OUT", "ROADS-HOLE"):
        county.matter(kind=county.kinds[kind])
    li.goto("/desk/matters/?queue=unclassified")
    li.keyboard.press("a")
    li.keyboard.press("r")
    li.keyboard.press("Enter")
    li.get_by_text("已按规则分类并派办 2 件").wait_for()
    assert set(Matter.objects.values_list("state", "lead__code")) == {("DISPATCHED", "WATER"), ("DISPATCHED", "ROADS")}


def test_the_second_suggestion_is_one_key(li, county):
    matter = county.matter(State.CLASSIFIED)
    li.goto(f"/desk/matters/{matter.number}/dispatch/")
    li.keyboard.press("2")
    li.wait_for_url(f"**/desk/matters/{matter.number}/")
    assert Matter.objects.get().lead.code == "QINGSHI"


def test_a_slip_is_taken_back_and_the_way_back_goes_by_itself(li, county):
    matter = county.matter()
    journey.classify_matter(matter, kind=matter.kind, by=county.li, now=NOON)
    li.clock.install()
    li.goto(f"/desk/matters/{matter.number}/")
    back = li.locator("form.undo button")
    back.wait_for()
    back.focus()
    li.clock.run_for(10_100)
    assert back.count() == 0
    assert li.evaluate("document.activeElement.id") == "main"
    li.reload()  # at the desk it is still noon
    back.press("Enter")
    li.get_by_text("已撤销，恢复到之前").wait_for()
    assert Matter.objects.get().state == State.RECEIVED


def test_a_table_is_copied_in_cells_that_no_spreadsheet_computes(li, county):
    matter = county.matter(text="=1+1 这是群众的原话", now=NOON)
    li.context.grant_permissions(["clipboard-read", "clipboard-write"])
    li.goto("/desk/matters/?queue=all")
    li.get_by_role("button", name="复制表格").press("Enter")
    li.get_by_text("已复制 1 行").wait_for()
    head, row = li.evaluate("navigator.clipboard.readText()").split("\n")
    assert head.split("\t") == ["编号", "事项", "地点", "类别", "负责", "状态", "收到", "时限"]
    assert row.split("\t") == [
        matter.number, "'=1+1 这是群众的原话", "青石村", "停水", "青石镇政府 · 李敏的岗位", "已收到",
        "2026-09-29 12:00", "2026-10-12 23:59",
    ]  # fmt: skip


def test_the_residents_view_grows_beside_the_answer(at, county):
    page = at(DESK, as_="sun")
    matter = county.matter(State.HANDLED)
    page.goto(f"/desk/matters/{matter.number}/answer/")
    reasons = page.locator("[data-check=reasons]")
    assert "还缺" in reasons.inner_text()
    page.locator("[name=reasons]").focus()
    page.keyboard.type("接头{原因}")
    assert "还缺" in reasons.inner_text()
    page.keyboard.press("Control+a")
    page.keyboard.type("接头老化。")
    assert "写好了" in reasons.inner_text()
    assert page.locator("[data-mirror=reasons]").inner_text() == "接头老化。"
    promise = page.locator("[data-check='promise+promise_due_on']")
    assert "没有承诺" in promise.inner_text()
    page.locator("[name=promise]").focus()
    page.keyboard.type("换新管")
    assert "还缺" in promise.inner_text()
