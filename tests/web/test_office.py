"""One office in figures: sample, interval and trend, drawn on the server; chance is not told as a change."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.browser.small_county import publish
from tests.cast import NOON
from weimin.kernel import clock
from weimin.matters import tallies
from weimin.matters.states import State
from weimin.web import figures, trend
from weimin.web.figures import Change, Share

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def count(office, month: str, **acts: int) -> None:
    """The running counts as acts of that month would have left them."""
    keys = Counter({f"office_month:{office.pk}:{month}:{act}": n for act, n in acts.items()})
    tallies.change(less=[], more=list(keys.elements()))


def test_up_and_down_are_said_where_chance_hardly_explains_it():
    # Newcombe 1998, table II (a): 56 of 70 against 48 of 80 differs by .0524 to .3339
    assert Change(before=Share(48, 80), after=Share(56, 70)).direction == "up"
    assert Change(before=Share(56, 70), after=Share(48, 80)).direction == "down"
    assert Change(before=Share(52, 80), after=Share(50, 70)).direction == "flat"
    few = Change(before=Share(0, 9), after=Share(70, 70))
    assert (few.too_few, few.direction) == (True, "flat")


def test_a_trend_has_a_gap_where_too_few_were_asked():
    months = [date(2026, n, 1) for n in range(1, 6)]
    shares = [Share(5, 10), Share(10, 10), Share(1, 3), Share(8, 10), Share(10, 20)]
    drawn = trend.picture(list(zip(months, shares, strict=True)))
    assert drawn is not None
    assert drawn.lines == ["30.0,86.0 100.0,22.0", "240.0,47.6 310.0,86.0"]
    assert drawn.bands[0] == "30.0,52.7 100.0,22.0 100.0,57.8 30.0,119.3"
    assert [tick.n for tick in drawn.ticks] == [10, 10, 3, 10, 20]
    assert (drawn.first.share.percent, drawn.last.share.percent) == (50, 50)


def test_one_month_is_no_trend():
    assert trend.picture([(date(2026, 1, 1), Share(9, 10)), (date(2026, 2, 1), Share(1, 2))]) is None


def test_the_page_of_an_office(client, cast):
    water = cast.offices["WATER"]
    count(water, "2607", answered=20, answered_on_time=19, rated=12, satisfied=11, resolved=10)
    count(water, "2608", answered=30, answered_on_time=15, rated=4, satisfied=2, resolved=2)
    publish(cast, "WATER-OUT", "qingshi", "青石没水")
    publish(cast, "ROADS-HOLE", "dawan", "大湾有坑")
    page = client.get("/doing/WATER/")
    year = page.context["year"]
    assert (year.on_time, year.satisfied) == (Share(35, 51), Share(14, 17))
    assert [story.title for story in page.context["stories"]] == ["青石没水"]
    assert page.context["trends"]["on_time"].lines == ["259.1,28.4 284.5,86.0"]
    assert page.context["trends"]["satisfied"] is None  # four are too few
    shown = page.content.decode()
    assert "51 件中；55–80 % 之间" in shown  # Wilson of 35 in 51
    assert '<span class="nowrap">95 %</span> <span class="small muted nowrap">(76–99 · 20)</span>' in shown
    assert "现在没有超期未答复的事。" in shown and "大湾有坑" not in shown


def test_what_is_late_now_counts_against_the_office(client, cast, monkeypatch):
    late = cast.matter(State.HANDLED)
    monkeypatch.setattr(clock, "now", lambda: late.clock_due_at.replace(month=11))
    page = client.get("/doing/WATER/")
    assert (page.context["late"], page.context["year"].on_time) == (1, Share(0, 1))
    assert "现在有 1 件已超过期限还没有答复" in page.content.decode()
    assert client.get("/doing/ROADS/").context["late"] == 0


def test_an_office_nobody_knows(client, cast):
    assert client.get("/doing/NOBODY/").status_code == 404


def test_the_office_and_the_county_add_up(cast):
    publish(cast, "WATER-OUT", "qingshi", "青石没水")
    publish(cast, "ROADS-HOLE", "dawan", "大湾有坑")
    offices = [figures.together(figures.by_month_of(cast.offices[code], now=NOON)) for code in ("WATER", "ROADS")]
    assert sum(one.answered for one in offices) == figures.of_the_year(now=NOON).answered == 2


def test_it_costs_the_same_for_one_story_and_for_three(client, cast):
    publish(cast, "WATER-OUT", "qingshi", "一")
    with CaptureQueriesContext(connection) as one:
        client.get("/doing/WATER/")
    publish(cast, "WATER-OUT", "dawan", "二")
    publish(cast, "WATER-OUT", "qingxi", "三")
    with CaptureQueriesContext(connection) as three:
        client.get("/doing/WATER/")
    assert len(three) == len(one)
