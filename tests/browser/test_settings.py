"""Qian Li changes a limit from a day to come: she sees what it would do, saves, and finds both rows afterwards."""

import pytest

from tests.browser.people import DESK, LOOKS
from tests.browser.small_county import give_names
from weimin.catalogue.models import AnswerTemplate, TimeRule
from weimin.matters.states import State

PAGES = {
    "settings": "",
    "settings-kinds": "kinds/",
    "settings-kind": "kinds/WATER-OUT/limits/",
    "settings-urgency": "urgencies/ORDINARY/",
    "settings-rules": "rules/",
    "settings-routes": "routes/?sort=kind",
    "settings-route": "routes/WATER/990101/",
    "settings-route-new": "routes/new/",
    "settings-template": "templates/new/",
}


def say(page, amount, day):
    """Three words into the form of a time rule, and a look at what they would do."""
    page.locator("[name=limit_0]").fill(amount)
    page.locator("[name=from_on]").fill(day)
    page.locator("[name=source_zh]").fill("县府办〔2026〕9号")
    page.get_by_role("button", name="看看会改变什么").click()


def test_a_limit_is_changed_from_a_day_to_come(at, county, keep):
    give_names(county)
    asked, waiting = county.matter(State.DISPATCHED), county.matter(State.CLASSIFIED)
    page = at(DESK, as_="keeper")
    page.goto("/desk/")
    page.get_by_role("link", name="规则与设置").click()
    page.get_by_role("link", name="时限规则").click()
    page.locator("[name=q]").last.fill("return")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=return**")
    page.keyboard.press("Escape")
    page.locator("main h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/RETURN/")
    say(page, "3", "2026-11-01")
    seen = page.locator("#preview").locator("..")
    assert [number in seen.inner_text() for number in (asked.number, waiting.number)] == [True, True]
    keep(page, "settings-rule-preview-1280-zh-hans")
    assert TimeRule.objects.filter(code="RETURN").count() == 1
    page.get_by_role("button", name="就这样保存").click()
    page.wait_for_url("**/rules/RETURN/")
    rows = page.locator("section[aria-labelledby=dated] tbody tr").all_inner_texts()
    assert [[word in row for word in ("3 个工作日", "5 个工作日", "还没生效", "现在有效")] for row in rows] == [
        [True, False, True, False], [False, True, False, True],
    ]  # fmt: skip
    history = page.locator("section[aria-labelledby=history] tbody tr").all_inner_texts()
    assert len(history) == 1 and "钱理的岗位" in history[0] and "5 个工作日 → 3 个工作日" in history[0]
    assert sorted(str(rule.limit) for rule in TimeRule.objects.filter(code="RETURN")) == ["3W", "5W"]


@pytest.mark.sqlite  # how a page looks does not depend on the database
@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_every_page_of_the_settings_lets_everybody_in(at, county, keep, faults, width, language):
    give_names(county)
    county.matter(State.CLASSIFIED)
    AnswerTemplate.objects.create(kind=county.kinds["WATER"], name_zh="管道维修", facts="{日期}已修好。")
    page, wrong = at(width, language=language, as_="keeper"), []
    for name, address in PAGES.items():
        page.goto(f"/desk/settings/{address}")
        keep(page, f"{name}-{width}-{language}")
        wrong += faults(page)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong += [f"{name} hangs {over} px over the edge"] if over > 0 else []
    assert wrong == []
