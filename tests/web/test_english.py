"""In English, a page is English: what stays Chinese is what people of the story wrote or named themselves."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests import cast as story
from tests.cast import NOON
from tests.catalogue.knowing import keep as keep_an_article
from tests.staff import enter
from weimin.county.models import Post
from weimin.kernel import clock
from weimin.matters import numbering
from weimin.matters.models import Matter
from weimin.matters.states import State

HAN = re.compile(r"[\u3400-\u9fff]+")
OFFERED = re.compile(r'<li><a href="([a-z-]+)/">')
WROTE = "我家没水。"
SAID = (
    "中文"
    + WROTE
    + "便民窗口"
    + "".join(  # 中文 is the switch to Chinese, in its own words
        node.value
        for node in ast.walk(ast.parse(Path(story.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
)


@pytest.fixture
def read(cast, client, monkeypatch, settings):
    """`read("/desk/", "zhang")` opens a page in English as that person, and finds no Chinese of ours on it."""
    settings.RATE_LIMITS = False
    client.cookies["django_language"] = "en"
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=2))

    def of(address: str, who: str = "") -> str:
        if who:
            enter(client, cast.officials[who])
        response = client.get(address)
        html = response.content.decode()
        assert (address, response.status_code) == (address, 200)
        assert [word for word in HAN.findall(html) if word not in SAID] == []
        return html

    return of


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/doing/",
        "/doing/WATER/",
        "/services/",
        "/knowledge/",
        "/board/",
        "/board/map/",
        "/follow/",
        "/file/",
        "/api/v1/docs",
        "/accounts/login/",
    ],
)
def test_pages_open_to_all(cast, read, address):
    read(address)


def test_the_four_pages_of_filing(cast, client, read):
    read("/file/")
    client.post("/file/", {"text": WROTE, "request": "HELP"})
    read("/file/kind/")
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    read("/file/where/")
    client.post("/file/where/", {"place": cast.places["qingshi"].code})
    read("/file/reach/")
    client.post("/file/reach/", {"identity": "HANDLER", "name": "王桂芳", "phone": "13900000001", "reach_by": "SMS"})
    read("/file/check/")
    read(client.post("/file/check/", {"key": client.get("/file/check/").context["draft"].key}).url)


@pytest.mark.parametrize("state", list(State))
def test_a_matter_in_every_state(cast, client, read, state):
    matter = cast.matter(state)
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, "123456"))
    client.post("/follow/", {"number": matter.number, "pin": "123456"})
    read(f"/my/{matter.number}/")
    desk = f"/desk/matters/{matter.number}/"
    for act in OFFERED.findall(read(desk, "li")):
        read(f"{desk}{act}/")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("li", "/desk/"),
        ("li", "/desk/matters/?queue=all"),
        ("li", "/desk/matters/new/"),
        ("zhang", "/desk/leader/"),
        ("zhang", "/desk/matters/hand-over/"),
        ("zhang", "/desk/knowledge/?view=overdue"),
        ("zhang", "/desk/knowledge/new/"),
        ("keeper", "/desk/settings/"),
        ("keeper", "/desk/settings/kinds/"),
        ("keeper", "/desk/settings/kinds/new/"),
        ("keeper", "/desk/settings/kinds/WATER-OUT/limits/"),
        ("keeper", "/desk/settings/rules/RETURN/"),
        ("keeper", "/desk/settings/urgencies/ORDINARY/"),
        ("keeper", "/desk/settings/routes/WATER/990101/"),
        ("keeper", "/desk/settings/templates/new/"),
        ("auditor", "/desk/settings/templates/"),
    ],
)
def test_the_desk(cast, read, who, address):
    cast.matter(State.RECEIVED)
    cast.matter(State.HANDLED)
    read(address, who)


def test_an_article_and_what_an_office_does_with_it(cast, read):
    article = keep_an_article(
        cast, title_zh="停水", title_en="No water", answer_zh="停水", source_zh="停水", keywords="停水"
    )
    assert "Not what you were looking for?" in read(f"/knowledge/{article.code}/")
    for page in ("", "confirm/", "retire/"):
        read(f"/desk/knowledge/{article.code}/{page}", "sun")
    assert "You may read it but not change it." in read(f"/desk/knowledge/{article.code}/", "roads")


@pytest.mark.parametrize(
    "address",
    [
        "posts/", "posts/QS-01/", "posts/QS-01/change/", "posts/QS-01/appoint/", "posts/QS-01/end/",
        "posts/QS-01/retire/", "posts/new/", "posts/?q=nobody", "officials/", "officials/new/",
        "offices/", "offices/WATER/", "offices/new/",
        "offices/WATER/change/", "offices/WATER/retire/", "calendar/", "calendar/2025/", "calendar/2027/",
        "calendar/2027/enter/", "keys/", "keys/new/", "my-leave/",
    ],
)  # fmt: skip
def test_the_settings_of_the_county(cast, read, address):
    cast.matter(State.HANDLED)
    Post.objects.update(name_zh="便民窗口")  # a form for changing names shows the Chinese one as it was given
    read(f"/desk/settings/{address}", "keeper")


def test_what_the_settings_say_of_one_person_and_of_what_was_done(cast, client, read):
    sun = cast.officials["sun"].pk
    read("/desk/settings/my-leave/", "keeper")
    client.post(f"/desk/settings/officials/{sun}/leave/", {"from_on": "2026-10-12", "to_on": "2026-10-13"})
    client.post("/desk/settings/posts/QS-01/end/", {"to_on": "2026-09-30"})
    client.post("/desk/settings/keys/new/", {"name": "App", "use": "OPEN311", "per_minute": "60"})
    for page in (f"officials/{sun}/", f"officials/{sun}/change/", f"officials/{sun}/leave/", "posts/QS-01/", "keys/"):
        read(f"/desk/settings/{page}", "keeper")


@pytest.mark.parametrize("act", ["accept", "return", "answer", "pause", "extend", "resume", "support", "keep-promise"])
def test_the_forms_of_the_handling_office(cast, client, read, act):
    """Opened whether or not the act is allowed now: the page then says so."""
    matter = cast.matter(State.HANDLED)
    read(f"/desk/matters/{matter.number}/{act}/", "zhang")
