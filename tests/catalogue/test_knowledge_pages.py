"""The knowledge base as residents read it, and what leads to it and on from it."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.catalogue.knowing import NEXT_AUTUMN, cost, keep, meter_service
from weimin.catalogue.services import retire_article
from weimin.kernel import clock

pytestmark = pytest.mark.django_db
HOME = "/knowledge/"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


def test_an_empty_base_says_what_will_come_and_how_to_ask(client, cast):
    page = client.get(HOME).content.decode()
    assert "这里还没有条目" in page and 'href="/file/"' in page


def test_questions_stand_under_their_theme_and_the_rest_behind_a_link(client, cast):
    for n in range(5):
        keep(cast, title_zh=f"停水{n}？", title_en="")
    keep(cast, title_zh="没有类别？", kind=None)
    page = client.get(HOME).content.decode()
    assert [f"停水{n}？" in page for n in range(5)] == [True] * 4 + [False]
    assert "“供水”的全部 5 条" in page and page.index("供水</h2>") < page.index("其他</h2>") < page.index("没有类别？")
    whole = client.get(HOME, {"theme": "WATER"}).content.decode()
    assert [f"停水{n}？" in whole for n in range(5)] == [True] * 5 and "没有类别？" not in whole


def test_words_find_the_best_first_and_nothing_found_leads_on(client, cast):
    body, title = keep(cast, title_zh="甲？", answer_zh="看水表。"), keep(cast, title_zh="水表坏了？", answer_zh="换。")
    assert client.get(HOME, {"q": "水表"}).context["found"] == [title, body]
    page = client.get(HOME, {"q": "护照\0"}).content.decode()
    assert "没有找到" in page and 'href="/file/"' in page


@pytest.mark.parametrize("words", [{}, {"q": "停水"}, {"theme": "WATER"}])
def test_three_cost_what_one_costs(client, cast, words):
    costs = []
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？")
        costs.append(cost(lambda: client.get(HOME, words)))
    assert costs[0] == costs[1] == costs[2] <= 2  # on PostgreSQL a request first enters its county


def test_one_answer_says_all_in_order_and_leads_into_filing(client, cast):
    cast.offices["WATER"].phone = "0900-2301"
    cast.offices["WATER"].save()
    article = keep(cast, services=[meter_service(cast)])
    page = client.get(f"{HOME}{article.code}/").content.decode()
    parts = [
        "家里停水了怎么办？</h1>", "<p>先看阀门开没开。</p><p>再问问邻居。</p>", "读给我听", "打印", "水表报装",
        "县水利局", "tel:0900-2301", "上次复核", "9 月 29 日（周二）", "《城市供水条例》第二十二条",
        "没有回答您的问题？",
    ]  # fmt: skip
    assert [page.index(part) for part in parts] == sorted(page.index(part) for part in parts)
    assert 'href="/file/?kind=WATER-OUT&amp;request=ENQUIRY"' in page and "应当在" not in page


def test_past_its_review_date_the_reader_is_told(client, cast, monkeypatch):
    article = keep(cast, valid_until=NOON.date() + timedelta(days=1))
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=1))
    assert "应当在" not in client.get(f"{HOME}{article.code}/").content.decode()
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=2))
    assert "应当在 9 月 30 日（周三） 前复核" in client.get(f"{HOME}{article.code}/").content.decode()


def test_in_english_the_english_and_where_there_is_none_the_chinese(client, cast):
    client.cookies["django_language"] = "en"
    article, bare = keep(cast), keep(cast, title_zh="水表？", title_en="", answer_en="", source_en="")
    page = client.get(f"{HOME}{article.code}/").content.decode()
    assert "<p>Ask the neighbours.</p>" in page and "再问问邻居" not in page
    assert "再问问邻居" in client.get(f"{HOME}{bare.code}/").content.decode()


def test_a_retired_article_is_gone(client, cast):
    article = keep(cast)
    retire_article(article, reason="并入另一条。", by=cast.sun, now=NOON)
    assert client.get(f"{HOME}{article.code}/").status_code == 404


def test_a_service_ends_with_what_others_ask_and_the_start(client, cast):
    service = meter_service(cast)
    article = keep(cast, services=[service], valid_until=NEXT_AUTUMN)
    page = client.get(f"/services/{service.code}/").content.decode()
    parts = ["不满意怎么投诉", f"/knowledge/{article.code}/", "开始办", 'href="/file/?kind=WATER"']
    assert [page.index(part) for part in parts] == sorted(page.index(part) for part in parts)
    assert HOME in client.get("/services/").content.decode()
