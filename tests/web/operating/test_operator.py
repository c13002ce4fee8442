"""The operator's page: the doctor's list for who keeps the rules or audits, and for nobody else."""

from django.test import Client

from tests.cast import NOON
from tests.journeys.people import Desk
from weimin.kernel import clock


def test_it_shows_what_is_missing_with_word_shape_and_remedy(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    page = Desk(cast.officials["keeper"]).client.get("/desk/operator/")
    words = page.content.decode()
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "后台工作还没有运行过。" in words
    assert "请运行 systemctl start weimin-work" in words
    assert 'class="state tone-late"' in words and "#exclamation-triangle-fill" in words and "要处理" in words
    assert 'class="state tone-done"' in words and "账本的保护" in words


def test_a_clerk_finds_neither_page_nor_link(cast, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    clerk = Desk(cast.officials["li"]).client
    assert clerk.get("/desk/operator/").status_code == 403
    assert "/desk/operator/" not in clerk.get("/desk/").content.decode()
    assert Client().get("/desk/operator/").status_code == 302
