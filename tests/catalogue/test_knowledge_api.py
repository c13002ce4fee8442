"""The knowledge base by REST: open to all, best first, page by page."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.catalogue.knowing import cost, keep, meter_service
from weimin.catalogue.services import retire_article
from weimin.kernel import clock

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/articles"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=2))


def test_one_article_with_all_that_is_open(client, cast):
    article = keep(cast, services=[meter_service(cast)], valid_until=NOON.date() + timedelta(days=1))
    assert client.get(f"{ROOT}/{article.code}").json() == {
        "code": "jltslzmb", "kind": "WATER-OUT", "office": "WATER", "services": ["SL-9"],
        "title_zh": article.title_zh, "title_en": article.title_en, "answer_zh": article.answer_zh,
        "answer_en": article.answer_en, "source_zh": article.source_zh, "source_en": article.source_en,
        "reviewed_on": "2026-09-29", "valid_until": "2026-09-30", "overdue": True,
    }  # fmt: skip
    retire_article(article, reason="并入另一条。", by=cast.sun, now=NOON)
    gone = client.get(f"{ROOT}/{article.code}")
    assert (gone.status_code, gone["Content-Type"]) == (404, "application/problem+json")


def test_pages_follow_one_another_best_first_and_nothing_is_left_out(client, cast):
    for n in range(2):
        keep(cast, title_zh=f"水表{'坏' * n}了？", keywords="", answer_zh="换。")
    keep(cast, title_zh="乙？", keywords="水表")
    keep(cast, title_zh="甲？", keywords="", answer_zh="看水表。")
    whole = client.get(ROOT, {"q": "水表"}).json()
    assert ([item["code"] for item in whole["items"]], whole["next"]) == (["sbhl", "sbl", "y", "j"], None)
    codes, after = [], ""
    while after is not None:
        page = client.get(ROOT, {"q": "水表", "limit": 1, **({"after": after} if after else {})}).json()
        codes, after = codes + [item["code"] for item in page["items"]], page["next"]
    assert codes == ["sbhl", "sbl", "y", "j"]


def test_filters_by_kind_and_office(client, cast):
    keep(cast)
    other = keep(cast, office=cast.offices["ROADS"], kind=None, by=cast.keeper)
    assert [item["code"] for item in client.get(ROOT, {"office": "ROADS"}).json()["items"]] == [other.code]
    assert [item["code"] for item in client.get(ROOT, {"kind": "WATER-OUT"}).json()["items"]] == ["jltslzmb"]
    assert client.get(ROOT, {"q": "护照"}).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"after": "7.x"}, 400), ({"after": "x"}, 400), ({"q": "\0"}, 422), ({"limit": "0"}, 422), ({"kind": ""}, 422)],
)
def test_what_makes_no_sense_is_told(client, cast, asked, status):
    answer = client.get(ROOT, asked)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_three_cost_what_one_costs(client, cast):
    service, costs = meter_service(cast), []
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？", services=[service])
        costs.append(cost(lambda: client.get(ROOT)))
    assert costs[0] == costs[1] == costs[2]
