"""The front door and the honest numbers."""

import pytest

from weimin.matters.states import State
from weimin.web.figures import Share, by_office, of_the_year

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
    figures = of_the_year(now=late.clock_due_at.replace(year=2026, month=11))
    assert (figures.on_time.hits, figures.on_time.n) == (1, 2)
    assert [(o.code, f.on_time.n) for o, f in by_office(now=late.clock_due_at.replace(year=2026, month=11))] == [
        (late.lead.code, 2)
    ]


@pytest.mark.parametrize("address", ["/", "/doing/", "/board/", "/services/", "/knowledge/", "/follow/", "/file/"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_first_page_is_light_and_has_no_inline_code(client, cast, address, language):
    client.cookies["django_language"] = language
    page = client.get(address).content.decode()
    assert "<h1" in page and len(page.encode()) < 60_000
    assert "style=" not in page and "<script>" not in page
