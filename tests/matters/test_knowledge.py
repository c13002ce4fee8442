"""The knowledge base where a matter meets it: the way into filing, before an enquiry is sent, beside the answer."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.catalogue.knowing import WORDS, cost, keep
from tests.staff import enter
from weimin.kernel import clock
from weimin.matters.models import Matter
from weimin.matters.states import State

pytestmark = pytest.mark.django_db
CHECK = "/file/check/"


@pytest.fixture(autouse=True)
def _calm(settings, monkeypatch):
    settings.RATE_LIMITS = False
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=2))


def fill(client, *, begun="", request="ENQUIRY"):
    client.post(f"/file/{begun}", {"text": "停水了，怎么办？水费怎么算？", "request": request})
    if not begun:
        client.post("/file/kind/", {"kind": "WATER-OUT"})
    client.post("/file/where/", {"place": "990101101201"})
    client.post("/file/reach/", {"identity": "ANONYMOUS", "reach_by": "SMS"})
    return client.get(CHECK)


def test_from_a_service_or_an_article_filing_begins_with_its_kind(client, cast):
    page = client.get("/file/?kind=WATER-OUT&request=ENQUIRY")
    assert "关于：停水" in page.content.decode()
    assert page.context["form"].initial["request"] == "ENQUIRY"
    sent = client.post("/file/?kind=WATER-OUT&request=ENQUIRY", {"text": "没水。", "request": "ENQUIRY"})
    assert sent.url == "/file/where/"
    assert client.get("/file/where/").status_code == 200


@pytest.mark.parametrize("asked", ["kind=NONE", "kind=%00", "kind=WATER-OUT%00x", "request=NONSENSE", ""])
def test_a_kind_that_is_not_offered_is_chosen_as_usual(client, cast, asked):
    page = client.get(f"/file/?{asked}")
    assert "关于：" not in page.content.decode() and page.context["form"].initial.get("request") is None
    assert client.post(f"/file/?{asked}", {"text": "没水。", "request": "HELP"}).url == "/file/kind/"


def test_before_an_enquiry_is_sent_three_articles_may_answer_it(client, cast):
    fitting = keep(cast, title_zh="水费？", kind=cast.kinds["WATER"], keywords="水费")
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？")
    page = fill(client, begun="?kind=WATER-OUT&request=ENQUIRY")
    assert [article.code for article in page.context["answers"]] == [fitting.code, "ts0", "ts1"]
    html = page.content.decode()
    assert html.index("这几条也许已经有答案") < html.index(f"/knowledge/{fitting.code}/") < html.index("发送</button>")
    client.post(CHECK, {"key": page.context["draft"].key})
    assert Matter.objects.count() == 1


def test_whoever_does_not_enquire_is_not_held_up(client, cast):
    keep(cast)
    page = fill(client, request="HELP")
    assert page.context["answers"] == [] and "也许已经有答案" not in page.content.decode()


def test_three_cost_what_one_costs(client, cast):
    fill(client)
    costs = []
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？")
        costs.append(cost(lambda: client.get(CHECK)))
        assert client.get(CHECK).status_code == 200
    assert costs[0] == costs[1] == costs[2]


@pytest.fixture
def answering(cast, client):
    """Sun at the answer of Aunt Wang's matter."""
    enter(client, cast.officials["sun"])
    return f"/desk/matters/{cast.matter(State.HANDLED).number}/answer/"


def test_beside_the_answer_stand_the_articles_of_its_kind_ready_to_be_used(client, cast, answering):
    article = keep(cast)
    page = client.get(answering).content.decode()
    assert (
        "知识库里这一类的条目" in page and f'href="?article={article.code}"' in page and "<p>再问问邻居。</p>" in page
    )
    form = client.get(answering, {"article": article.code}).context["form"]
    assert (form.initial["facts"], form.initial["rule"]) == (WORDS.answer_zh, WORDS.source_zh)
    Matter.objects.all().update_by_verb(language="en")
    form = client.get(answering, {"article": article.code}).context["form"]
    assert (form.initial["facts"], form.initial["rule"]) == (WORDS.answer_en, WORDS.source_en)


@pytest.mark.parametrize("code", ["none", "\0"])
def test_an_article_that_is_not_there_changes_nothing(client, cast, answering, code):
    assert "facts" not in client.get(answering, {"article": code}).context["form"].initial
