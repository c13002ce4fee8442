"""The first page of the day, and the leader's minute."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.kernel import clock


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=40))

    return lambda name: enter(client, cast.officials[name])


def test_today_shows_what_is_late(cast, sign_in):
    matter = cast.matter("RECEIVED")
    html = sign_in("li").get("/desk/").content.decode()
    assert f"/desk/matters/{matter.number}/" in html
    assert 'id="list-overdue"' in html


def test_today_is_empty_for_the_neighbour(cast, sign_in):
    matter = cast.matter("RECEIVED")
    html = sign_in("zhao").get("/desk/").content.decode()
    assert matter.number not in html
    assert "今天没有等着您的事" in html


def test_the_leaders_minute_is_for_leaders(cast, sign_in):
    cast.matter("HANDLED")
    assert sign_in("li").get("/desk/leader/").status_code == 403
    response = sign_in("zhang").get("/desk/leader/")
    assert response.status_code == 200
    assert "卡在哪里" in response.content.decode()
