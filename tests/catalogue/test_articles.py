"""The knowledge base: written, confirmed, retired; by whom; and every wording it ever had."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON
from tests.catalogue.knowing import NEXT_AUTUMN, WORDS, keep, meter_service
from weimin.catalogue import queries
from weimin.catalogue.models import Article, ArticleAct, ArticleChange
from weimin.catalogue.services import confirm_article, content_of, retire_article
from weimin.county.actors import CLOCK, IMPORT, RESIDENT
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.ledger.services import verify

pytestmark = pytest.mark.django_db
TODAY, LATER = NOON.date(), NOON + timedelta(days=200)


def refused(call) -> tuple[str, str]:
    before = (list(Article.objects.values()), ArticleChange.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    assert (list(Article.objects.values()), ArticleChange.objects.count(), Entry.objects.count()) == before
    return caught.value.code, caught.value.field


def test_sun_writes_what_people_ask_and_everybody_finds_it(cast):
    article = keep(cast, services=[meter_service(cast)])
    assert list(queries.articles_open()) == [article]
    assert (article.code, article.version) == ("jltslzmb", 1)
    assert (article.published_on, article.reviewed_on, article.valid_until) == (TODAY, TODAY, NEXT_AUTUMN)
    entry = Entry.objects.get()
    assert (entry.what, entry.about, entry.by) == ("catalogue.keep_article", "article:jltslzmb", "post:WATER-02")


def test_new_words_leave_the_old_ones_on_record(cast):
    article = keep(cast)
    keep(cast, article, answer_zh="先打供水电话。", now=LATER)
    first, second = article.changes.order_by("version")
    assert (first.words["answer_zh"], second.words["answer_zh"]) == (WORDS.answer_zh, "先打供水电话。")
    assert (first.version, second.version, second.act, second.official.name_zh) == (1, 2, ArticleAct.KEEP, "孙伟")
    article.refresh_from_db()
    assert (article.answer_zh, article.published_on, article.reviewed_on) == (
        "先打供水电话。", TODAY, LATER.date(),
    )  # fmt: skip


def test_each_change_opens_the_commitment_of_its_entry(cast):
    article = keep(cast)
    confirm_article(article, valid_until=date(2028, 1, 1), by=cast.sun, now=LATER)
    retire_article(article, reason="并入另一条。", by=cast.keeper, now=LATER)
    entries, changes = Entry.objects.order_by("id"), ArticleChange.objects.order_by("version")
    assert [entry.what.rpartition(".")[2] for entry in entries] == ["keep_article", "confirm_article", "retire_article"]
    for entry, change in zip(entries, changes, strict=True):
        assert verify(content_of(change), salt=bytes(change.salt), commitment=entry.commitment)


def test_a_confirmed_article_keeps_its_words_and_gets_a_new_day(cast):
    article = keep(cast)
    confirm_article(article, valid_until=date(2028, 1, 1), by=cast.sun, now=LATER)
    article.refresh_from_db()
    assert (article.reviewed_on, article.valid_until, article.answer_zh) == (
        LATER.date(), date(2028, 1, 1), WORDS.answer_zh,
    )  # fmt: skip
    assert not article.is_overdue(date(2028, 1, 1)) and article.is_overdue(date(2028, 1, 2))


def test_a_retired_article_is_gone_for_residents_and_changed_no_more(cast):
    article = keep(cast)
    assert refused(lambda: retire_article(article, reason=" ", by=cast.sun, now=LATER)) == ("NO_REASON", "reason")
    retire_article(article, reason="政策停止执行。", by=cast.sun, now=LATER)
    assert (list(queries.articles_open()), queries.changes_of(article)[0].reason) == ([], "政策停止执行。")
    assert refused(lambda: keep(cast, article))[0] == "MOVED_ON"
    assert not article.is_overdue(date(2030, 1, 1))
    keep(cast)  # the question may be asked anew


def test_who_read_an_older_version_is_told(cast):
    article = keep(cast)
    stale = Article.objects.get()
    keep(cast, article, answer_zh="新的。")
    assert refused(lambda: confirm_article(stale, valid_until=NEXT_AUTUMN, by=cast.sun, now=NOON))[0] == "MOVED_ON"


@pytest.mark.parametrize("name", ["roads", "li", "leader", "auditor", "publisher"])
def test_other_offices_and_other_duties_may_not(cast, name):
    article, actor = keep(cast), getattr(cast, name)
    assert refused(lambda: keep(cast, title_zh="另一个问题？", by=actor))[0] == "NOT_YOUR_DUTY"
    assert refused(lambda: keep(cast, article, by=actor))[0] == "NOT_YOUR_DUTY"
    assert refused(lambda: confirm_article(article, valid_until=NEXT_AUTUMN, by=actor, now=NOON))[0] == "NOT_YOUR_DUTY"
    assert refused(lambda: retire_article(article, reason="x", by=actor, now=NOON))[0] == "NOT_YOUR_DUTY"


@pytest.mark.parametrize("actor", [RESIDENT, CLOCK])
def test_neither_resident_nor_clock_may(cast, actor):
    assert refused(lambda: keep(cast, by=actor))[0] == "NOT_YOUR_DUTY"


def test_the_keeper_writes_for_every_office_and_moves_an_article_on(cast):
    article = keep(cast, by=cast.keeper)
    assert refused(lambda: keep(cast, article, office=cast.offices["ROADS"]))[0] == "NOT_YOUR_DUTY"
    keep(cast, article, office=cast.offices["ROADS"], by=cast.keeper)
    assert refused(lambda: keep(cast, article))[0] == "NOT_YOUR_DUTY"  # it is no longer the water office's
    assert [change.post.code for change in article.changes.order_by("version")] == ["HALL-04", "HALL-04"]
    assert keep(cast, title_zh="由装入的人写？", by=IMPORT).changes.get().post is None


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"title_zh": " "}, ("EMPTY", "title_zh")),
        ({"answer_zh": "\n"}, ("EMPTY", "answer_zh")),
        ({"source_zh": ""}, ("EMPTY", "source_zh")),
        ({"answer_zh": "<b>快</b>"}, ("MARKUP", "answer_zh")),
        ({"answer_en": "see <a href=x>"}, ("MARKUP", "answer_en")),
        ({"source_zh": "https://example.cn/1"}, ("LINK", "source_zh")),
        ({"source_en": "WWW.example.cn"}, ("LINK", "source_en")),
        ({"valid_until": TODAY}, ("REVIEW_DAY", "valid_until")),
        ({"valid_until": date(2028, 9, 30)}, ("REVIEW_DAY", "valid_until")),
    ],
)
def test_words_that_cannot_stand_are_refused_at_their_field(cast, over, why):
    assert refused(lambda: keep(cast, **over)) == why


def test_fewer_than_and_amounts_are_no_markup(cast):
    assert (
        keep(cast, answer_zh="收入 < 标准、标准 > 收入。\r\n\r\n  第二段。 ").answer_zh
        == "收入 < 标准、标准 > 收入。\n第二段。"
    )
    assert keep(cast, title_zh="另一问？", keywords="没水、断水，  停水").keywords == "没水 断水 停水"


def test_one_office_answers_a_question_once_and_codes_differ(cast):
    keep(cast)
    assert refused(lambda: keep(cast)) == ("ASKED_ALREADY", "title_zh")
    other = keep(cast, office=cast.offices["ROADS"], by=cast.keeper)
    assert other.code == "jltslzmb-2"
    assert keep(cast, title_zh="？？").code == "w"
    assert refused(lambda: keep(cast, other, office=cast.offices["WATER"], by=cast.keeper))[0] == "ASKED_ALREADY"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"title_zh": ""},
        {"answer_zh": ""},
        {"source_zh": ""},
        {"reviewed_on": date(2026, 9, 28)},
        {"valid_until": TODAY},
        {"retired_on": date(2026, 9, 28)},
    ],
)
def test_the_database_refuses_an_article_that_makes_no_sense(cast, nonsense):
    keep(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.update(**nonsense)


@pytest.mark.parametrize("nonsense", [{"act": "BURN"}, {"act": "RETIRE", "reason": ""}])
def test_the_database_refuses_a_change_that_makes_no_sense(cast, nonsense):
    keep(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleChange.objects.update(**nonsense)


def test_the_database_refuses_the_same_version_or_question_twice(cast):
    article = keep(cast)
    again = ArticleChange.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    other = keep(cast, title_zh="另一问？")
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=other.pk).update(title_zh=article.title_zh)


# --- questions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(cast):
    """One has the word in its question, one among the usual words, one only in its answer."""
    return {
        "body": keep(cast, title_zh="甲问？", title_en="A?", keywords="", answer_zh="先看水表。"),
        "key": keep(cast, title_zh="乙问？", title_en="B?", keywords="水表", answer_zh="看。"),
        "title": keep(cast, title_zh="水表坏了？", title_en="C?", keywords="", answer_zh="换。"),
    }


def test_the_question_comes_before_the_usual_words_and_these_before_the_answer(three):
    found = queries.articles_matching("水表")
    assert list(found) == [three["title"], three["key"], three["body"]]
    assert [article.rank for article in found] == [0, 1, 2]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sbhl", ["title"]),
        ("shuibiao", ["title", "key"]),
        ("水表 坏", ["title"]),
        ("水表 看", ["key", "body"]),
        ("c?", ["title"]),
        ("CALL", ["title", "key", "body"]),
        ("护照", []),
    ],
)
def test_every_word_must_be_held(three, words, found):
    assert sorted(a.code for a in queries.articles_matching(words)) == sorted(three[name].code for name in found)


def test_a_search_is_one_statement_however_much_there_is(cast, django_assert_num_queries):
    for n in range(3):
        keep(cast, title_zh=f"停水{n}？")
        with django_assert_num_queries(1):
            assert len([(a.office.name, a.kind.parent.name) for a in queries.articles_matching("停水 没水")]) == n + 1


def test_articles_of_the_kind_first_then_beneath_then_above(cast):
    own = keep(cast, title_zh="丙？", kind=cast.kinds["WATER"], keywords="水费")
    below = keep(cast, title_zh="甲？", keywords="半夜没水")
    keep(cast, title_zh="乙？", kind=cast.kinds["ROADS"], by=cast.keeper)
    keep(cast, title_zh="丁？", kind=None)
    assert list(queries.articles_for(cast.kinds["WATER"])) == [own, below]
    assert list(queries.articles_for(cast.kinds["WATER-OUT"])) == [below, own]
    assert queries.articles_answering(cast.kinds["WATER-OUT"], "水费怎么算") == [own, below]
