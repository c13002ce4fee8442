"""What a resident does with their matter after sending, and what everybody reads on the board."""

import pytest

from tests.cast import NOON
from weimin.households.models import Reading
from weimin.kernel import clock
from weimin.matters import journey, numbering
from weimin.matters.models import Matter, Rating
from weimin.matters.pages.portal.mine import may_now
from weimin.matters.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch, settings) -> None:
    settings.RATE_LIMITS = False
    monkeypatch.setattr(clock, "now", lambda: NOON)


def opened(client, cast, state: State) -> Matter:
    """A matter whose receipt this session has shown."""
    matter = cast.matter(state)
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, "123456"))
    assert client.post("/follow/", {"number": matter.number, "pin": "123456"}).url == f"/my/{matter.number}/"
    return matter


@pytest.mark.parametrize(
    ("state", "page", "said", "after"),
    [
        (State.ANSWERED, "rate", {"resolved": "YES", "grade": "5", "words": "修得快"}, State.RATED),
        (State.ANSWERED, "reopen", {"reason": "又漏了"}, State.HANDLED),
        (State.ANSWERED, "appeal", {"words": "没有说清楚"}, State.APPEALED),
        (State.REFUSED, "appeal", {"words": "应当受理"}, State.APPEALED),
        (State.HANDLED, "add", {"words": "井边也漏"}, State.HANDLED),
        (State.DISPATCHED, "withdraw", {"reason": ""}, State.WITHDRAWN),
    ],
)
def test_each_act_of_the_resident(client, cast, state, page, said, after):
    matter = opened(client, cast, state)
    assert client.get(f"/my/{matter.number}/{page}/").context["open"] is True
    assert client.post(f"/my/{matter.number}/{page}/", said).url == f"/my/{matter.number}/"
    matter.refresh_from_db()
    assert matter.state == after
    assert client.get(f"/my/{matter.number}/").status_code == 200


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_stands_in_every_state_and_offers_only_open_acts(client, cast, state, language):
    matter = opened(client, cast, state)
    client.cookies["django_language"] = language
    page = client.get(f"/my/{matter.number}/")
    assert len(page.context["acts"]) == len(may_now(matter))
    shown = page.content.decode()
    assert [word for word in ("%(", "style=", "Line(") if word in shown] == []


def test_nobody_acts_without_the_receipt(client, cast):
    matter = cast.matter(State.ANSWERED)
    address = f"/my/{matter.number}/rate/"
    assert client.post(address, {"resolved": "YES", "grade": "5"}).url == f"/follow/?number={matter.number}"
    assert Rating.objects.count() == 0


def test_an_act_that_no_longer_fits_is_told_and_changes_nothing(client, cast):
    matter = opened(client, cast, State.WITHDRAWN)
    page = client.post(f"/my/{matter.number}/rate/", {"resolved": "YES", "grade": "5"})
    assert page.context["open"] is False
    assert Rating.objects.count() == 0


def test_the_resident_sees_who_read_their_record_in_this_matter_only(client, cast):
    matter = opened(client, cast, State.HANDLED)
    for about in (f"matter:{matter.number}", "matter:QS-2609-999999-9"):
        Reading.objects.create(
            resident=matter.resident, about=about, by_post="WATER-02", by_name="孙伟", fields="姓名、电话",
            why="上门前联系", at=NOON,
        )  # fmt: skip
    assert [r.by_name for r in client.get(f"/my/{matter.number}/").context["readings"]] == ["孙伟"]


def test_what_officials_note_among_themselves_stays_there(client, cast):
    matter = opened(client, cast, State.HANDLED)
    journey.add_note(matter, words="内部：先查阀门", internal=True, by=cast.sun, now=NOON)
    assert "先查阀门" not in client.get(f"/my/{matter.number}/").content.decode()


def test_the_board_shows_the_copy_and_never_the_matter(client, cast):
    matter = cast.matter(State.PUBLISHED)
    page = client.get(f"/board/{matter.number}/").content.decode()
    assert matter.publication.done in page
    assert "王桂芳" not in page and "13900000001" not in page
    assert [s.number for s in client.get("/board/?township=990101101").context["stories"]] == [matter.number]
    assert list(client.get("/board/?township=990101102").context["stories"]) == []
    assert [s.number for s in client.get("/board/?kind=WATER").context["stories"]] == [matter.number]
    assert list(client.get("/board/?kind=ROADS").context["stories"]) == []


def test_the_board_pages_without_losing_or_repeating(client, cast):
    numbers = [cast.matter(State.PUBLISHED).number for _n in range(23)][::-1]
    first = client.get("/board/").context
    second = client.get(f"/board/?older={first['older']}").context
    back = client.get(f"/board/?newer={second['newer']}").context
    assert [s.number for s in [*first["stories"], *second["stories"]]] == numbers
    assert [s.number for s in back["stories"]] == numbers[:20]
    assert (first["newer"], second["older"], back["newer"]) == ("", "", "")


def test_a_story_taken_back_is_gone(client, cast):
    assert client.get("/board/QS-2609-000001-0/").status_code == 404
