"""The desk of the knowledge base: what is due for review first, and the pages on which an office keeps its articles."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.catalogue.knowing import WORDS, cost, keep, meter_service
from tests.staff import enter
from weimin.catalogue.models import Article
from weimin.kernel import clock

pytestmark = pytest.mark.django_db
DESK = "/desk/knowledge/"
LATER = NOON + timedelta(days=40)


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    """`sign_in("sun")`, forty days after the articles were written."""
    monkeypatch.setattr(clock, "now", lambda: LATER)

    return lambda name: enter(client, cast.officials[name])


def sent(**over):
    """What the form sends."""
    return {**vars(WORDS), "version": 0, "office": "WATER", "kind": "WATER-OUT", "services": [],
            "valid_until": "2027-09-29", **over}  # fmt: skip


def titles(response):
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    return [article.title_zh for article, _overdue in response.context["rows"]]


def test_what_is_overdue_stands_first_and_the_office_sees_its_own(cast, sign_in):
    keep(cast, title_zh="还早？")
    keep(cast, title_zh="过了？", valid_until=NOON.date() + timedelta(days=9))
    keep(cast, title_zh="路？", office=cast.offices["ROADS"], by=cast.keeper)
    client = sign_in("sun")
    page = client.get(DESK)
    assert titles(page) == ["过了？", "还早？"]
    assert page.content.decode().count("该复核了") == 1
    assert titles(client.get(DESK, {"office": ""})) == ["过了？", "还早？", "路？"]
    assert titles(client.get(DESK, {"view": "overdue"})) == ["过了？"]
    assert titles(client.get(DESK, {"q": "还早\0"})) == ["还早？"]
    assert titles(sign_in("keeper").get(DESK)) == ["过了？", "还早？", "路？"]


def test_three_cost_what_one_costs(cast, sign_in):
    client, costs = sign_in("sun"), []
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？")
        costs.append(cost(lambda: client.get(DESK)))
    assert costs[0] == costs[1] == costs[2]


def test_sun_writes_one_changes_it_and_the_old_words_stay_below(cast, sign_in):
    service, client = meter_service(cast), sign_in("sun")
    gone = client.post(f"{DESK}new/", sent(services=[service.code]))
    article = Article.objects.get()
    assert gone.url == f"{DESK}{article.code}/"
    assert ([*article.services.all()], article.kind, article.office.code) == (
        [service],
        cast.kinds["WATER-OUT"],
        "WATER",
    )
    page = client.get(gone.url)
    assert page.context["form"].initial["services"] == [service.code]
    client.post(gone.url, sent(version=1, answer_zh="先打电话。"))
    page = client.get(gone.url).content.decode()
    assert "<p>先打电话。</p>" in page and "再问问邻居。" in page and "第 1 版的文字" in page and "孙伟" in page


def test_a_mistake_stands_at_its_field_and_nothing_is_kept(cast, sign_in):
    client = sign_in("sun")
    for over, field in [({"source_zh": "www.x.cn"}, "source_zh"), ({"answer_zh": ""}, "answer_zh"),
                        ({"valid_until": "2026-09-01"}, "valid_until"), ({"office": "ROADS"}, "office"),
                        ({"answer_en": "x" * 4001}, "answer_en"), ({"title_zh": "a\0b"}, "title_zh")]:  # fmt: skip
        page = client.post(f"{DESK}new/", sent(**over))
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert Article.objects.count() == 0


def test_what_was_changed_meanwhile_is_not_written_over(cast, sign_in):
    article, client = keep(cast), sign_in("sun")
    keep(cast, article, answer_zh="已改。")
    page = client.post(f"{DESK}{article.code}/", sent(version=1, answer_zh="我的。"))
    assert page.status_code == 422 and "刚才已有人改过" in page.content.decode()
    assert Article.objects.get().answer_zh == "已改。"


def test_confirming_gives_a_new_day_and_retiring_takes_it_away(cast, sign_in):
    article, client = keep(cast), sign_in("zhang")
    assert client.post(f"{DESK}{article.code}/confirm/", {"version": 1, "valid_until": "2026-11-01"}).status_code == 422
    assert client.post(f"{DESK}{article.code}/confirm/", {"version": 1, "valid_until": "2027-11-01"}).url == DESK
    article.refresh_from_db()
    assert (article.reviewed_on, article.valid_until.isoformat()) == (LATER.date(), "2027-11-01")
    assert client.post(f"{DESK}{article.code}/retire/", {"version": 2, "reason": ""}).status_code == 422
    client.post(f"{DESK}{article.code}/retire/", {"version": 2, "reason": "并入另一条。"})
    page = client.get(f"{DESK}{article.code}/").content.decode()
    assert "停用，居民查不到" in page and "并入另一条。" in page and "<textarea" not in page
    assert titles(client.get(DESK, {"view": "retired"})) == [article.title_zh]
    assert titles(client.get(DESK)) == []


def test_another_office_reads_and_does_not_write(cast, sign_in):
    article, client = keep(cast), sign_in("roads")
    page = client.get(f"{DESK}{article.code}/").content.decode()
    assert "您可以看，不能改" in page and "<textarea" not in page and WORDS.answer_zh.splitlines()[0] in page
    assert client.post(f"{DESK}{article.code}/retire/", {"version": 1, "reason": "x"}).status_code == 422
    assert Article.objects.get().retired_on is None


def test_without_handling_or_keeping_rules_the_door_is_shut(cast, sign_in):
    assert sign_in("li").get(DESK).status_code == 403
    assert "知识库" not in sign_in("li").get("/desk/").content.decode()
    assert "知识库" in sign_in("sun").get("/desk/").content.decode()
