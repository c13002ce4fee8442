"""Matters by words: what is found is what the texts hold, wherever the index stands; nobody sees more by asking."""

from datetime import timedelta
from hashlib import sha256

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken, Official, Place
from weimin.county.services import issue_token
from weimin.kernel import clock
from weimin.kernel.kept import forget_all
from weimin.language.folding import fold
from weimin.language.postings import read, unpack
from weimin.language.searching import terms_of
from weimin.matters import finding, queries
from weimin.matters.finding import first, index, reading
from weimin.matters.journey.bring_in import Old, bring_in_matters
from weimin.matters.models import IndexPart, IndexRow, Matter, Unread
from weimin.matters.pages.desk import _keyset
from weimin.matters.states import State

NEWEST = ("-received_at", "-pk")
THINGS = ["路灯", "路燈", "水管", "供水管", "供水", "WiFi", "ＷＩＦＩ", "井盖", "A7区", "幸福里", "𠮷家店", "下水道口"]
STATES = ["坏了", "不亮", "爆裂", "没人管", "堵塞", "修好👍"]
ASKED = [
    "水管", "供水管", "水", "管", "wifi", "WIFI", "路灯", "路燈 坏了", "a7", "7区", "道口", "𠮷家", "👍", "，",
    "没有这话",
    "水 管 爆裂", "3号", "１２", "清溪", "qs", "灯不",
]  # fmt: skip


def chance(*what):
    return int.from_bytes(sha256(repr(what).encode()).digest()[:4], "big")


@pytest.fixture
def corpus(cast):
    """Sixty matters over sixty days, of every length, in two townships."""
    places = [cast.places["qingshi"], cast.places["qingxi"]]
    olds = [
        Old(
            outside_id=f"old-{n}", title=f"{n}号{THINGS[chance(n) % 12]}{STATES[chance(n, 2) % 6]}",
            text="。".join(
                f"{THINGS[chance(n, k) % 12]}{STATES[chance(k, n) % 6]}，{n}号" for k in range(1 + chance(n, 3) % 4)
            ),
            kind=cast.kinds["WATER-OUT" if n % 3 else "ROADS-HOLE"], place=places[n % 2],
            received_at=NOON - timedelta(days=chance(n, 4) % 60), address=f"{THINGS[n % 12]}旁" if n % 5 == 0 else "",
        )
        for n in range(60)
    ]  # fmt: skip
    bring_in_matters(olds, post=cast.posts["HALL-05"], by=IMPORT, now=NOON)
    return cast


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=2))
    return lambda name: enter(client, cast.officials[name])


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(reading, "FEWEST", 4)
    monkeypatch.setattr(reading, "_TOGETHER", 2)
    monkeypatch.setattr(reading, "_BATCH", 8)
    monkeypatch.setattr(reading, "_AT_ONCE", 50)


def looked_through(found, asked):
    """What LIKE would find in texts written in one way, and names of places and kinds."""
    hits = []
    for matter in found.select_related("place", "kind").order_by(*NEWEST):
        texts = [fold(text) for text in (matter.number, matter.title, matter.text, matter.address)]
        names = [fold(matter.place.name_zh + matter.place.aliases), matter.place.pinyin, fold(matter.kind.name_zh)]
        names.append(matter.kind.pinyin)
        if all(any(word in text for text in [*texts, *names]) for word in fold(asked).split()):
            hits.append(matter.number)
    return hits


def numbers(found, asked, most=1000):
    return [one.number for one in finding.first_of(found, finding.wanted(asked, now=NOON), order=NEWEST, most=most)]


@pytest.mark.parametrize(("few", "often"), [(1000, 5), (0, 0), (1, 10_000)], ids=["by key", "walked", "looked into"])
def test_what_is_found_is_what_the_texts_hold(corpus, monkeypatch, few, often):
    monkeypatch.setattr(first, "FEW", few)
    monkeypatch.setattr(first, "_OFTEN", often)
    monkeypatch.setattr(first, "_LOOKED_INTO", 10)
    monkeypatch.setattr(first, "_WALKED", 7)
    found = Matter.objects.all()
    expected = {asked: looked_through(found, asked) for asked in ASKED}
    assert [len(expected[asked]) for asked in ("水管", "没有这话", "水")] == [31, 0, 52]
    with_all_unread = {asked: numbers(found, asked) for asked in ASKED}
    assert reading._read_batch() == 8
    with_some_read = {asked: numbers(found, asked) for asked in ASKED}
    assert reading.read_new(now=NOON) == {"read": 52, "together": 4}
    assert [with_all_unread, with_some_read, {asked: numbers(found, asked) for asked in ASKED}] == [expected] * 3


def test_the_index_holds_every_matter_once_however_its_parts_were_put_together(corpus):
    assert reading.read_new(now=NOON)["read"] == 60
    assert not Unread.objects.exists()
    assert list(IndexPart.objects.order_by("matters").values_list("matters", flat=True)) == [4, 8, 16, 32]
    held = [key for part in IndexPart.objects.all() for key in unpack(bytes(part.keys))]
    assert sorted(held) == list(Matter.objects.order_by("pk").values_list("pk", flat=True))
    terms = {
        (term, key) for row in IndexRow.objects.all() for term, keys in read(bytes(row.body)) for key in keys
    }  # fmt: skip
    assert terms == {
        (term, one.pk) for one in Matter.objects.all()
        for term in terms_of(one.number, one.title, one.text, one.address)
    }  # fmt: skip
    assert IndexRow.objects.count() == IndexRow.objects.filter(part__in=IndexPart.objects.all()).count()


def test_parts_that_are_put_together_while_somebody_searches_lose_nothing(corpus, monkeypatch):
    monkeypatch.setattr(reading, "_put_together", lambda: False)
    reading.read_new(now=NOON)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "_TOGETHER", 2)
    ask, turns = index._rows, iter([True, True])

    def meanwhile(keys):
        if next(turns, False):
            assert reading._put_together()
        return ask(keys)

    monkeypatch.setattr(index, "_rows", meanwhile)
    assert numbers(Matter.objects.all(), "水管") == looked_through(Matter.objects.all(), "水管")
    assert next(turns, None) is None


def test_few_unread_matters_are_left_until_there_are_more(corpus):
    reading.read_new(now=NOON)
    matter = corpus.matter(text="河边有人偷倒泔水。")
    assert reading.read_new(now=NOON) == {"read": 0, "together": 0}
    assert numbers(Matter.objects.all(), "泔水") == [matter.number]


def test_what_was_here_before_the_index_is_left_to_be_read(corpus):
    reading.read_new(now=NOON)
    fresh = corpus.matter()
    assert reading.leave_unread(now=NOON) == 0
    Unread.objects.all().delete()
    IndexPart.objects.filter(matters=8).delete()
    assert reading.leave_unread(now=NOON) == 9
    assert Unread.objects.filter(pk=fresh.pk).exists()
    assert reading.read_new(now=NOON) == {"read": 8, "together": 0}  # one is too few
    assert numbers(Matter.objects.all(), "水") == looked_through(Matter.objects.all(), "水")


def test_a_page_ends_where_it_is_full(corpus):
    reading.read_new(now=NOON)
    everything = looked_through(Matter.objects.all(), "水")
    for most in (1, 5, 51):
        assert numbers(Matter.objects.all(), "水", most) == everything[:most]


@pytest.mark.parametrize("who", ["zhao", "li", "sun"])
def test_nobody_finds_what_they_may_not_open(corpus, who):
    reading.read_new(now=NOON)
    seen = queries.visible_to(getattr(corpus, who))
    for asked in ("水管", "清溪", "wifi"):
        assert numbers(seen, asked) == looked_through(seen, asked)
    assert len(numbers(seen, "水管")) == {"zhao": 14, "li": 17, "sun": 0}[who]


def test_places_are_found_by_other_names_sounds_and_initials(corpus):
    place = corpus.places["qingxi"]
    Place.objects.filter(pk=place.pk).update(aliases="老河湾", pinyin="qingxicun qxc")
    forget_all()
    there = looked_through(Matter.objects.filter(place=place), "")
    for asked in ("老河湾", "qxc", "QingXi", "河灣"):
        assert numbers(Matter.objects.all(), asked) == there


@pytest.mark.parametrize("asked", ["孙伟", "sunw", "SW"])
def test_the_name_of_an_official_finds_what_is_on_their_desk(corpus, asked):
    Official.objects.filter(pk=corpus.officials["sun"].pk).update(pinyin="sunwei sw")
    theirs = corpus.matter(State.HANDLED)
    assert theirs.owner == corpus.posts["WATER-02"]
    assert numbers(Matter.objects.all(), asked) == [theirs.number]


def test_the_desk_shows_where_the_words_stand_and_what_they_are_is_no_page(corpus, sign_in):
    matter = corpus.matter(text="<b>屋后</b>的渠垮了，水漫到院里；渠邊还有人倒垃圾。")
    page = sign_in("li").get("/desk/matters/", {"queue": "all", "q": "渠边"}).content.decode()
    assert "，水漫到院里；<mark>渠邊</mark>还有人倒垃圾。" in page
    assert "&lt;b&gt;屋后&lt;/b&gt;的渠垮了" in page
    assert page.count("data-row") == 1 and matter.number in page


def test_whose_words_a_search_showed_can_see_that_it_did(corpus, sign_in):
    matter = corpus.matter(text="屋后的渠垮了，渠边还有人倒垃圾。")
    desk, asked = sign_in("li"), {"queue": "all", "q": "渠边"}
    desk.get("/desk/matters/", {"queue": "all"})
    assert not matter.resident.readings.exists()
    for _turn in range(2):  # reloaded, it is no second reading
        desk.get("/desk/matters/", asked)
    read = [(one.about, one.by_name, one.fields, one.why) for one in matter.resident.readings.all()]
    assert read == [(f"matter:{matter.number}", "李敏", "反映的内容", "按词查找")]


def test_words_narrow_a_queue_with_its_other_filters_page_by_page(corpus, sign_in, monkeypatch):
    reading.read_new(now=NOON)
    monkeypatch.setattr(_keyset, "ROWS", 5)
    hotline, asked = sign_in("hotline"), {"queue": "all", "q": "水管", "township": "990101102", "sort": "newest"}
    there = Matter.objects.filter(place_code__startswith="990101102")
    shown, older = [], ""
    for _page in range(3):
        context = hotline.get("/desk/matters/", {**asked, **({"older": older} if older else {})}).context
        shown += [row["matter"].number for row in context["rows"]]
        older = context["older"]
    assert shown == looked_through(there, "水管") and len(shown) == 14 and not older


def test_programs_search_as_the_desk_does(corpus, client):
    reading.read_new(now=NOON)
    seen = queries.visible_to(corpus.li)
    _token, key = issue_token(
        name="机器", use=ApiToken.Use.REST, post=corpus.posts["QS-01"], duties=["TAKE_IN"], by=IMPORT, now=NOON
    )
    asked = {"q": "路灯 坏了", "limit": 200}
    found = client.get("/api/v1/matters", asked, headers={"authorization": f"Bearer {key}"}).json()["items"]
    assert [one["number"] for one in found] == looked_through(seen, "路灯 坏了") != []


def test_how_many_statements_a_search_costs(corpus, django_assert_num_queries):
    reading.read_new(now=NOON)
    words = finding.wanted("水管 坏了", now=NOON)
    with django_assert_num_queries(5):  # unread, where, the rows, the first texts, the page
        finding.first_of(Matter.objects.all(), words, order=NEWEST, most=51)
