"""The front door and the honest numbers."""

import pytest

from tests.browser.small_county import publish
from weimin.matters import numbering
from weimin.matters.models import Matter
from weimin.matters.states import State
from weimin.web.figures import Share, by_office, late_now, of_the_year

pytestmark = pytest.mark.django_db


def test_wilson_as_published():
    # Newcombe 1998, table I: 81 of 263 gives .2553 to .3662
    assert Share(81, 263).interval == (26, 37)
    assert Share(0, 20).interval == (0, 16)
    assert Share(20, 20).interval == (84, 100)


def test_too_few_is_said_and_no_share_shown(client, cast):
    cast.matter(State.PUBLISHED)
    page = client.get("/").content.decode()
    assert page.count("样本太少，暂不公布") == 3
    assert "100<span" not in page


def test_who_is_late_counts_against_us(cast):
    cast.matter(State.PUBLISHED)
    late = cast.matter(State.HANDLED)
    now = late.clock_due_at.replace(year=2026, month=11)
    figures = of_the_year(now=now)
    assert (figures.on_time.hits, figures.on_time.n) == (1, 2)
    assert [(o.code, f.on_time.n) for o, f in by_office(now=now, late=late_now(now=now))] == [(late.lead.code, 2)]


def test_each_number_leads_to_its_page_with_its_trend(client, cast):
    page = client.get("/").content.decode()
    assert [f'<a href="/doing/#{name}">' in page for name in ("on_time", "satisfied", "resolved")] == [True] * 3
    shown = client.get("/doing/").content.decode()
    assert [f'<h3 id="{name}">' in shown for name in ("on_time", "satisfied", "resolved")] == [True] * 3


def test_what_lies_near_comes_first_once_the_session_knows_a_village(client, cast, settings):
    settings.RATE_LIMITS = False
    for place, title in [("qingshi", "青石没水"), ("qingxi", "清溪没水")]:
        publish(cast, "WATER-OUT", place, title)
    far = client.get("/")
    assert [story.title for story in far.context["stories"]] == ["清溪没水", "青石没水"]
    assert far.context["near"] is None
    client.post("/file/", {"text": "没水。", "request": "HELP"})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    client.post("/file/where/", {"place": "990101101202"})
    near = client.get("/")
    assert [story.title for story in near.context["stories"]] == ["青石没水", "清溪没水"]
    assert "青石镇和附近最近反映的" in near.content.decode()
    assert "/board/?township=990101101" in near.content.decode()


def test_a_receipt_tells_the_village_too(client, cast):
    matter = cast.matter(State.RECEIVED, place=cast.places["qingxi"])
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, "123456"))
    client.post("/follow/", {"number": matter.number, "pin": "123456"})
    assert client.get("/").context["near"] == cast.places["qingxi_town"]


@pytest.mark.parametrize(
    "address",
    ["/", "/doing/", "/doing/WATER/", "/board/", "/board/map/", "/services/", "/knowledge/", "/follow/", "/file/"],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_first_page_is_light_and_has_no_inline_code(client, cast, address, language):
    client.cookies["django_language"] = language
    page = client.get(address).content.decode()
    assert "<h1" in page and len(page.encode()) < 60_000
    assert "style=" not in page and "<script>" not in page
