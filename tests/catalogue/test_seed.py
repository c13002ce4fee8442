"""The catalogue a county begins with: complete, sound, and safe to load again."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.again import Again
from tests.cast import NOON
from weimin.catalogue import queries
from weimin.catalogue.models import (
    AnswerTemplate,
    Article,
    ArticleChange,
    Kind,
    Question,
    Route,
    Service,
    TimeRule,
    Urgency,
)
from weimin.catalogue.seeds import read_seed
from weimin.catalogue.services import content_of, seed_catalogue
from weimin.county.actors import IMPORT
from weimin.county.models import Place
from weimin.county.plans import read_plan
from weimin.county.services import found_county
from weimin.ledger.models import Entry
from weimin.ledger.services import verify

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "weimin/web/sample/data"
ALL = (Urgency, TimeRule, Kind, Question, AnswerTemplate, Route, Service, Article, ArticleChange)


def _found() -> None:
    found_county(read_plan(SAMPLE), from_on=date(2024, 1, 1), by=IMPORT, now=NOON)
    assert not seed_catalogue(read_seed(), by=IMPORT, now=NOON).offices


found = Again(_found)


@pytest.fixture
def county(db):
    found()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in ALL}


def test_a_county_without_offices_gets_everything_but_routes_and_services():
    missing = seed_catalogue(read_seed(), by=IMPORT, now=NOON)
    assert {"SLJ", "MZJ", "TOWNSHIP"} <= missing.offices
    assert counts() == {"Urgency": 4, "TimeRule": 16, "Kind": 181, "Question": 20, "AnswerTemplate": 14, "Route": 0,
                        "Service": 0, "Article": 0, "ArticleChange": 0}  # fmt: skip


def test_once_offices_are_there_the_rest_comes_and_nothing_twice(county):
    full = counts()
    assert full == {"Urgency": 4, "TimeRule": 16, "Kind": 181, "Question": 20, "AnswerTemplate": 14, "Route": 152,
                    "Service": 40, "Article": 53, "ArticleChange": 53}  # fmt: skip
    kind = Kind.objects.get(code="water.supply.burst")
    kind.name_zh = "主水管爆裂"
    kind.save()
    seed_catalogue(read_seed(), by=IMPORT, now=NOON)
    kind.refresh_from_db()
    assert (counts(), kind.name_zh) == (full, "主水管爆裂")
    assert Entry.objects.filter(what="catalogue.seed_catalogue").count() == 2


def test_every_limit_the_verbs_ask_for_is_in_force_with_its_source(county):
    for code, limit in {
        "RETURN": "5W", "EXTEND": "5W", "RATE_WINDOW": "15N", "RATE_REMINDER": "5N", "PUBLISH": "20W",
        "FOLLOW_UP_CONTACT": "1W", "FOLLOW_UP_REPLY": "5W", "RECTIFY": "15W", "REVIEW_ASK": "30N",
        "REVIEW_DECIDE": "30N", "REREVIEW_ASK": "30N", "REREVIEW_DECIDE": "30N", "ESCALATE_STEP": "1W",
        "SUPPORT": "3W", "PAUSE_MAX": "30N", "REOPEN_WINDOW": "30N",
    }.items():  # fmt: skip
        rule = queries.time_rule(code, on=date(2024, 11, 24))
        assert (str(rule.limit), bool(rule.source_zh and rule.source_en)) == (limit, True), code


def test_kinds_are_a_tree_of_three_levels_in_both_languages(county):
    depths = Counter(Kind.objects.values_list("depth", flat=True))
    assert depths == {1: 15, 2: 47, 3: 119}
    for kind in Kind.objects.select_related("parent"):
        assert kind.name_zh and kind.name_en and kind.description_zh and kind.description_en, kind.code
        assert kind.pinyin and kind.source_zh and kind.source_en, kind.code
        assert kind.parent is None or kind.depth == kind.parent.depth + 1


def test_every_kind_leads_to_an_office_in_every_township(county):
    townships = Place.objects.filter(level="TOWNSHIP")
    for kind in Kind.objects.filter(depth=3).select_related("parent__parent"):
        for place in (townships.first(), townships.last()):
            assert queries.route_for(kind, place, on=date(2027, 1, 1)), kind.code


@pytest.mark.parametrize(
    ("code", "lead"),
    [
        ("water.supply.burst", "SLJ"),
        ("energy.gas.leak", "RQG"),
        ("city.clean.rubbish", "T101"),
        ("road.surface.pothole", "JTJ"),
    ],
)
def test_the_more_special_route_wins(county, code, lead):
    village = Place.objects.get(name_zh="青石村")
    assert queries.route_for(Kind.objects.get(code=code), village, on=date(2027, 1, 1)).lead.code == lead


def test_questions_of_every_datatype_and_choices_in_both_languages(county):
    assert set(Question.objects.values_list("datatype", flat=True)) == set(Question.Datatype.values)
    for question in Question.objects.all():
        assert bool(question.values) == question.datatype.endswith("list"), question.code
        assert all(set(value) == {"key", "zh", "en"} and all(value.values()) for value in question.values)


def test_a_service_tells_everything_a_resident_must_know_before_coming(county):
    for service in Service.objects.all():
        for part in (*service.conditions, *service.materials, *service.steps):
            assert part["zh"] and part["en"], service.code
        assert service.conditions and service.materials and service.steps, service.code
        assert service.fee_zh and service.where_zh and service.phone and service.complain_zh and service.remedy_zh
        assert service.fee_en and service.where_en and service.hours_en and service.complain_en and service.remedy_en
        assert bool(service.visit_reason_en) == bool(service.visit_reason_zh), service.code
    for words in ("低保", "sqdb", "最低 保障"):
        assert [service.code for service in queries.services_matching(words)] == ["990101-MZ-003"]


def test_articles_answer_in_both_languages_and_are_to_be_read_within_half_a_year(county):
    for article in Article.objects.select_related("kind").prefetch_related("services"):
        said = (article.title_zh, article.title_en, article.answer_zh, article.answer_en, article.source_zh,
                article.source_en, article.keywords, article.pinyin)  # fmt: skip
        assert all(said) and not any("://" in words or "www." in words for words in said), article.code
        assert article.kind is not None and len(article.answer_zh.splitlines()) >= 3, article.code
        assert (article.published_on, article.valid_until) == (NOON.date(), date(2027, 3, 30))
    assert {article.code for article in Article.objects.filter(services__code="990101-MZ-003")} == {
        "dibao-apply", "dibao-standard",
    }  # fmt: skip
    assert [article.code for article in queries.articles_matching("身份证 丢")][:1] == ["identity-card-lost"]
    assert [article.code for article in queries.articles_matching("欠薪")] == ["wages-unpaid"]


def test_each_shipped_article_has_its_entry_and_one_of_our_own_is_not_asked_twice(county):
    for change in ArticleChange.objects.select_related("article"):
        entry = Entry.objects.get(about=f"article:{change.article.code}")
        assert (entry.what, entry.by) == ("catalogue.keep_article", "import")
        assert verify(content_of(change), salt=bytes(change.salt), commitment=entry.commitment)
    Article.objects.filter(code="dibao-apply").update(code="ours")
    seed_catalogue(read_seed(), by=IMPORT, now=NOON)
    assert (Article.objects.count(), Article.objects.filter(code="dibao-apply").exists()) == (53, False)


def test_the_command_says_which_offices_are_missing(capsys):
    call_command("seed_catalogue")
    said = capsys.readouterr()
    assert said.out == "The catalogue is loaded.\n"
    assert "These offices are not entered yet" in said.err
