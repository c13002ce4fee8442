"""A post changes hands in a real browser: what it leaves behind is read before anything is pressed."""

import pytest

from tests.browser.people import DESK, LOOKS
from tests.browser.small_county import give_names
from tests.cast import NOON
from tests.webhooks.subscribing import subscribe
from weimin.county import queries
from weimin.county.models import Holding
from weimin.kernel.clock import county_day
from weimin.webhooks.models import Delivery
from weimin.webhooks.states import What

PAGES = [
    "posts/", "posts/QS-01/", "posts/QS-01/change/", "posts/QS-01/end/", "posts/new/", "officials/", "officials/new/",
    "offices/", "offices/WATER/", "calendar/", "calendar/2026/", "calendar/2027/enter/", "keys/", "keys/new/",
    "my-leave/", "webhooks/", "webhooks/new/",
]  # fmt: skip


def test_a_keeper_ends_a_holding_reads_the_warning_and_appoints_a_successor(at, county, keep):
    county.matter("RECEIVED")
    page = at(DESK, as_="keeper")
    page.goto("/desk/settings/posts/?q=QS-01")
    page.get_by_role("link", name="QS-01").click()
    page.get_by_role("link", name="免职").click()
    page.get_by_label("最后一天").fill("2026-09-29")
    page.get_by_role("button", name="看看会怎样").click()
    warned = page.locator("main").inner_text()
    assert "这个岗位负责 1 件没办结的事项" in warned and "1 个岗位会没有人在岗" in warned
    keep(page, "settings-post-end-1280-zh-hans")
    assert Holding.objects.get(post__code="QS-01").to_on is None
    page.get_by_role("button", name="免职，任职到").click()
    page.wait_for_url("**/desk/settings/posts/QS-01/")
    assert "从次日起没有人在岗：青石镇政府" in page.locator(".messages").inner_text()
    page.get_by_role("link", name="任命").click()
    page.get_by_label("任命谁").select_option(label="赵强")
    assert page.get_by_label("任职起").input_value() == "2026-09-30"
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/desk/settings/posts/QS-01/")
    keep(page, "settings-post-1280-zh-hans")
    holdings = [(h.official.name_zh, h.from_on.isoformat(), h.to_on and h.to_on.isoformat())
                for h in queries.holdings_of(county.posts["QS-01"])]  # fmt: skip
    assert holdings == [("赵强", "2026-09-30", None), ("李敏", "2020-01-01", county_day(NOON).isoformat())]


@pytest.mark.sqlite  # how a page looks does not depend on the database
@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_the_settings_of_the_county_keep_nobody_out(at, county, keep, faults, width, language):
    give_names(county)
    page, wrong = at(width, language=language, as_="keeper"), []
    for address in PAGES:
        page.goto(f"/desk/settings/{address}")
        keep(page, f"settings-{address.strip('/').replace('/', '-')}-{width}-{language}")
        wrong += faults(page)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong += [f"{address} hangs {over} px over the edge"] if over > 0 else []
    assert wrong == []


@pytest.mark.sqlite  # how a page looks does not depend on the database
@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_webhooks_keep_nobody_out(at, county, keep, faults, width, language):
    endpoint, _secret = subscribe(county, "https://receiver.data-centre.county.example/weimin/events?version=2",
                                  events=list(What))  # fmt: skip
    county.matter("PUBLISHED")
    tries = [["2026-09-29T12:00:01+08:00", "503"], ["2026-09-29T12:00:36+08:00", "no answer (TimeoutError)"]]
    rows = Delivery.objects.order_by("pk")
    rows.filter(what=What.RECEIVED).update(state="DEAD", attempts=2, tries=tries)
    rows.filter(what=What.DISPATCHED).update(
        state="DELIVERED", delivered_at=NOON, attempts=1, tries=[[tries[0][0], "204"]]
    )
    rows.filter(what=What.ANSWERED).update(attempts=2, tries=tries)
    page, wrong = at(width, language=language, as_="keeper"), []
    for name, address in (("list", ""), ("one", f"{endpoint.pk}/"), ("change", f"{endpoint.pk}/change/")):
        page.goto(f"/desk/settings/webhooks/{address}")
        keep(page, f"webhooks-{name}-{width}-{language}")
        wrong += faults(page)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong += [f"{address} hangs {over} px over the edge"] if over > 0 else []
    page.goto(f"/desk/settings/webhooks/{endpoint.pk}/")
    page.get_by_role("button", name="更换签名密钥" if language == "zh-hans" else "Change the signing secret").click()
    page.wait_for_url("**/secret/")
    keep(page, f"webhooks-secret-{width}-{language}")
    assert wrong + faults(page) == []
