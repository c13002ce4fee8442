"""Posts, officials and offices on the desk: what stands empty is seen, and a post changes hands in a few steps."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from tests.staff import enter
from weimin.county import queries
from weimin.county.actors import actor_of
from weimin.county.duties import Duty
from weimin.county.models import Account, Holding, Leave, Office, Official, Post
from weimin.county.services import record_leave
from weimin.kernel import clock
from weimin.ledger.models import Entry
from weimin.matters.journey import hand_over_desk
from weimin.matters.states import State

SETTINGS = "/desk/settings"
TODAY = NOON.date()


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)

    return lambda name: enter(client, cast.officials[name])


def page(response, status=200):
    assert (response.status_code, response["Cache-Control"]) == (status, "no-store")
    return response.content.decode()


def rows(html):
    """The cells of the table's body, as people read them."""
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in body.split("<tr")[1:]
    ]


def told(response):
    return [str(message) for message in response.context["messages"]]


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def entries():
    return list(Entry.objects.filter(what__startswith="county.").order_by("id").values_list("what", flat=True))


def test_the_table_says_who_holds_who_acts_and_what_each_post_answers_for(cast, sign_in):
    cast.matter(State.HANDLED)
    Post.objects.filter(code="WATER-02").update(stand_in=cast.posts["WATER-01"])
    record_leave(
        cast.officials["sun"], from_on=TODAY, to_on=TODAY + timedelta(days=1), reason="", by=cast.sun, now=NOON
    )
    html = page(sign_in("keeper").get(f"{SETTINGS}/posts/", {"office": "WATER", "sort": "open"}))
    assert rows(html) == [
        ["WATER-02", "县水利局", "孙伟的岗位", "承办", "青山县", "孙伟 请假到 9 月 30 日（周三） 现由张立国代办",
         "WATER-01", "WATER-01", "1", ""],
        ["WATER-01", "县水利局", "张立国的岗位", "承办、审批延期", "青山县", "张立国", "—", "LEAD-01", "0", "无 AB 岗"],
    ]  # fmt: skip
    assert "今天没有人在岗" not in html


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"q": "slj sun"}, ["WATER-02"]),
        ({"q": "青石"}, ["QS-01"]),
        ({"duty": "REVIEW"}, ["XF-01"]),
        ({"only": "EMPTY"}, ["XF-01"]),
        ({"only": "RETIRED"}, ["OLD-01"]),
        ({"only": "AWAY"}, ["WATER-01"]),
        ({"office": "WATER", "sort": "holder"}, ["WATER-02", "WATER-01"]),
        ({"q": "nobody"}, []),
    ],
)
def test_filters_and_sorts(cast, sign_in, asked, codes):
    Office.objects.filter(code="WATER").update(pinyin="xianshuiliju xslj")
    Official.objects.filter(name_zh="孙伟").update(pinyin="sunwei sw")
    Official.objects.filter(name_zh="张立国").update(pinyin="zhangliguo zlg")
    Holding.objects.filter(post__code="XF-01").update(to_on=date(2026, 9, 28))
    Leave.objects.create(official=cast.officials["zhang"], from_on=TODAY, to_on=TODAY)
    Post.objects.create(
        code="OLD-01", name_zh="旧岗", name_en="Old", office=cast.offices["HALL"], covers=cast.places["county"],
        duties=["HANDLE"], retired_on=date(2026, 1, 1),
    )  # fmt: skip
    if asked.get("only") == "EMPTY":
        Leave.objects.all().delete()
    html = page(sign_in("keeper").get(f"{SETTINGS}/posts/", asked))
    assert [row[0] for row in (rows(html) if codes else [])] == codes
    assert ("没有符合条件的岗位" in html) == (codes == [])


def test_posts_nobody_acts_on_stand_above_the_table(cast, sign_in):
    Holding.objects.filter(post__code="QS-01").update(to_on=date(2026, 9, 28))
    html = page(sign_in("keeper").get(f"{SETTINGS}/posts/"))
    assert "1 个岗位今天没有人在岗" in html
    assert "12 个岗位没有 AB 岗" in html


def test_every_list_costs_the_same_for_one_row_and_for_more(cast, sign_in):
    client = sign_in("keeper")
    addresses = [f"{SETTINGS}/{name}/" for name in ("posts", "officials", "offices", "posts/QS-01", "offices/QINGSHI")]
    client.get("/desk/")  # the directory of counties is kept for half a minute
    before = [statements(client, address) for address in addresses]
    for n in range(3):
        post = Post.objects.create(
            code=f"NEW-{n}", name_zh="新岗", name_en="New", office=cast.offices["QINGSHI"], duties=["HANDLE"],
            covers=cast.places["dawan"], superior=cast.posts["LEAD-01"], stand_in=cast.posts["QS-01"],
        )  # fmt: skip
        account = Account.objects.create_user(username=f"new{n}")
        official = Official.objects.create(name_zh=f"新人{n}", name_en=f"New {n}", account=account)
        Holding.objects.create(official=official, post=post, from_on=TODAY)
        Holding.objects.create(
            official=official, post=cast.posts["QS-01"], from_on="2019-01-01", to_on=f"2019-02-0{n + 1}"
        )
        Office.objects.create(
            code=f"NEW-{n}", place=cast.places["qingxi"], name_zh="新局", name_en="New", superior=cast.offices["HALL"]
        )
    assert [statements(client, address) for address in addresses] == before


def test_an_auditor_looks_and_finds_nothing_to_press(cast, sign_in):
    client = sign_in("auditor")
    assert "新设岗位" not in page(client.get(f"{SETTINGS}/posts/"))
    assert "/end/" not in page(client.get(f"{SETTINGS}/posts/QS-01/"))
    assert client.get(f"{SETTINGS}/posts/QS-01/end/").status_code == 403


def test_a_holding_ends_with_its_warning_and_a_successor_is_appointed(cast, sign_in):
    cast.matter(State.RECEIVED)
    client = sign_in("keeper")
    seen = page(client.get(f"{SETTINGS}/posts/QS-01/end/", {"to_on": "2026-09-29"}))
    assert "负责 1 件没办结的事项" in seen
    assert "1 个岗位会没有人在岗" in seen
    assert f'/desk/matters/hand-over/?giver={cast.posts["QS-01"].pk}"' in seen
    assert (Holding.objects.get(post__code="QS-01").to_on, entries()) == (None, [])  # looking changes nothing
    ended = client.post(f"{SETTINGS}/posts/QS-01/end/", {"to_on": "2026-09-29"}, follow=True)
    assert told(ended) == [
        "从次日起没有人在岗：青石镇政府 · 李敏的岗位。请任命新人或定好 AB 岗。", "已办理李敏的免职。",
    ]  # fmt: skip
    form = client.get(f"{SETTINGS}/posts/QS-01/appoint/")
    assert form.context["form"].initial["from_on"] == date(2026, 9, 30)
    client.post(f"{SETTINGS}/posts/QS-01/appoint/", {"official": cast.officials["zhao"].pk, "from_on": "2026-09-30"})
    assert queries.holder_of(cast.posts["QS-01"], now=NOON + timedelta(days=1)) == cast.officials["zhao"]
    html = page(client.get(f"{SETTINGS}/posts/QS-01/"))
    assert rows(html) == [
        ["赵强", "9 月 30 日（周三） （还没到）", "现任"],
        ["李敏", "2020 年 1 月 1 日（周三）", "9 月 29 日（周二）"],
    ]
    assert rows(html.split('id="history"')[1]) == [
        ["9 月 29 日（周二） 12:00", "任命", "县政府值班室 · 钱理的岗位"],
        ["9 月 29 日（周二） 12:00", "免职", "县政府值班室 · 钱理的岗位"],
    ]


def test_a_day_before_the_first_is_told_at_its_field(cast, sign_in):
    response = sign_in("keeper").post(f"{SETTINGS}/posts/QS-01/end/", {"to_on": "2019-01-01"})
    assert "任职截止日期不能早于任职开始日期" in page(response, 422)
    empty = sign_in("keeper").post(f"{SETTINGS}/posts/QS-01/end/", {})
    page(empty, 422)
    assert entries() == []


def test_duties_are_changed_and_a_refusal_keeps_what_was_typed(cast, sign_in):
    client = sign_in("keeper")
    sent = {
        "office": "WATER", "name_zh": "供水股", "name_en": "Water supply", "duties": ["HANDLE", "TAKE_IN"],
        "covers": "990101101", "superior": "WATER-01", "stand_in": "WATER-01",
    }  # fmt: skip
    refused = page(client.post(f"{SETTINGS}/posts/WATER-02/change/", {**sent, "stand_in": "WATER-02"}), 422)
    assert "请选另一个在用的岗位" in refused and "供水股" in refused
    client.post(f"{SETTINGS}/posts/WATER-02/change/", sent)
    post = Post.objects.get(code="WATER-02")
    assert (post.name_zh, post.covers.code, post.stand_in.code) == ("供水股", "990101101", "WATER-01")
    assert actor_of(cast.officials["sun"], now=NOON).duties == {Duty.TAKE_IN, Duty.HANDLE}
    assert entries() == ["county.change_post"]


def test_a_post_is_made_and_retired_once_its_matters_are_handed_over(cast, sign_in):
    client = sign_in("keeper")
    cast.matter(State.HANDLED)
    Holding.objects.filter(post__code="WATER-02").update(to_on=date(2026, 9, 28))
    refused = page(client.post(f"{SETTINGS}/posts/WATER-02/retire/"), 422)
    assert "这个岗位还负责 1 件没办结的事项，请先移交给别的岗位。" in refused
    hand_over_desk(cast.posts["WATER-02"], receiver=cast.posts["WATER-01"], reason="撤岗。", by=cast.keeper, now=NOON)
    assert told(client.post(f"{SETTINGS}/posts/WATER-02/retire/", follow=True)) == ["岗位已撤销。"]
    sent = {"office": "WATER", "code": "WATER-3", "name_zh": "节水股", "name_en": "Saving water", "duties": ["HANDLE"],
            "covers": "990101"}  # fmt: skip
    made = client.post(f"{SETTINGS}/posts/new/", sent)
    assert made.url == f"{SETTINGS}/posts/WATER-3/"
    assert entries() == ["county.retire_post", "county.add_post"]


def test_an_office_goes_only_when_no_matter_and_no_route_leads_to_it(cast, sign_in):
    client = sign_in("keeper")
    Post.objects.filter(office__code="ROADS").update(retired_on=TODAY)
    refused = page(client.post(f"{SETTINGS}/offices/ROADS/retire/"), 422)
    assert "还有 1 条派办规则指向这个单位" in refused
    cast.kinds["ROADS"].routes.all().delete()
    assert told(client.post(f"{SETTINGS}/offices/ROADS/retire/", follow=True)) == ["单位已撤销。"]
    html = page(client.get(f"{SETTINGS}/offices/"))
    assert rows(html)[-1] == ["ROADS", "县交通局", "青山县", "—", "—", "—", "0", "已撤销"]


def test_an_office_is_made_and_changed(cast, sign_in):
    client = sign_in("keeper")
    sent = {"code": "FOREST", "name_zh": "县林业局", "name_en": "Forestry Office", "place": "990101", "phone": "1"}
    assert client.post(f"{SETTINGS}/offices/new/", sent).url == f"{SETTINGS}/offices/FOREST/"
    client.post(f"{SETTINGS}/offices/FOREST/change/", {**sent, "phone": "2", "superior": "HALL"})
    office = Office.objects.get(code="FOREST")
    assert (office.phone, office.superior.code) == ("2", "HALL")
    assert "更改单位" in page(client.get(f"{SETTINGS}/offices/FOREST/"))
    assert [row[0] for row in rows(page(client.get(f"{SETTINGS}/offices/", {"q": "xlyj"})))] == ["FOREST"]
