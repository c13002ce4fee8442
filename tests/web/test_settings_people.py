"""Officials, their leave and their way in; keys; the calendar – on the desk."""

import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from tests.web.test_settings_posts import SETTINGS, entries, page, rows, sign_in, told
from weimin.county.actors import IMPORT
from weimin.county.models import Account, ApiToken, Leave, Official
from weimin.county.services import enter_year, issue_token
from weimin.county.services.calendar import NoticeDay
from weimin.county.shared.models import CalendarYear
from weimin.matters.models import Matter
from weimin.matters.states import State

__all__ = ["sign_in"]
LINES = "2027-01-01,no,元旦,New Year's Day\n"


def test_somebody_new_is_added_given_an_account_and_a_password_shown_once(cast, sign_in):
    client = sign_in("keeper")
    added = client.post(f"{SETTINGS}/officials/new/", {"name_zh": "周明", "name_en": "Zhou Ming"})
    zhou = Official.objects.get(name_zh="周明")
    assert added.url == f"{SETTINGS}/officials/{zhou.pk}/"
    assert rows(page(client.get(f"{SETTINGS}/officials/", {"q": "zm"}))) == [["周明", "—", "—", "—", "没有任职"]]
    shown = page(client.post(f"{SETTINGS}/officials/{zhou.pk}/account/", {"username": "zhouming"}))
    password = re.search(r'id="password">([^<]+)<', shown)[1]
    account = Account.objects.get(username="zhouming")
    assert (account.check_password(password), account.one_time_password) == (True, True)
    html = page(client.get(f"{SETTINGS}/officials/{zhou.pk}/"))
    assert (password in html, "等本人更换" in html) == (False, True)
    assert entries() == ["county.add_official", "county.create_account"]


def test_a_taken_user_name_is_told_at_its_field(cast, sign_in):
    zhou = Official.objects.create(name_zh="周明", name_en="Zhou Ming")
    response = sign_in("keeper").post(f"{SETTINGS}/officials/{zhou.pk}/account/", {"username": "LI"})
    assert "这个登录名已有人使用，请换一个。" in page(response, 422)
    assert "username" in response.context["form"].errors


def test_a_forgotten_password_and_a_lost_telephone_are_made_good(cast, sign_in):
    sign_in("sun")
    client, sun = sign_in("keeper"), cast.officials["sun"]
    shown = page(client.post(f"{SETTINGS}/officials/{sun.pk}/password/"))
    password = re.search(r'id="password">([^<]+)<', shown)[1]
    assert Account.objects.get(username="sun").check_password(password)
    done = client.post(f"{SETTINGS}/officials/{sun.pk}/second-factor/", follow=True)
    assert told(done) == ["第二道验证已重置，本人下次登录时要重新设置。"]
    own = client.post(f"{SETTINGS}/officials/{cast.officials['keeper'].pk}/password/", follow=True)
    assert told(own) == ["自己的密码和动态验证码请在“登录安全”里改，不能在这里重置。"]
    assert entries() == ["county.reset_password", "county.reset_second_factor"]


def test_details_are_corrected_and_leave_recorded_and_cancelled(cast, sign_in):
    client, sun = sign_in("keeper"), cast.officials["sun"]
    base = f"{SETTINGS}/officials/{sun.pk}"
    client.post(f"{base}/change/", {"name_zh": "孙伟", "name_en": "Sun Wei", "phone": "0990-1234"})
    assert Official.objects.get(pk=sun.pk).phone == "0990-1234"
    client.post(f"{base}/leave/", {"from_on": "2026-09-29", "to_on": "2026-10-02", "reason": "看病"})
    again = client.post(f"{base}/leave/", {"from_on": "2026-10-01", "to_on": "2026-10-09"})
    assert "这些日子里已有请假记录" in page(again, 422)
    assert rows(page(client.get(f"{SETTINGS}/officials/", {"only": "AWAY"})))[0][4] == "请假到 10 月 2 日（周五）"
    done = client.post(f"{base}/leave/{Leave.objects.get().pk}/cancel/", follow=True)
    assert (told(done), Leave.objects.count()) == (["已销假，从今天起岗位归本人。"], 0)
    assert client.post(f"{base}/leave/0/cancel/").status_code == 404


def test_everybody_writes_down_their_own_leave_and_nobody_elses(cast, sign_in):
    client = sign_in("sun")
    html = page(client.get(f"{SETTINGS}/my-leave/"))
    assert "孙伟的岗位" in html and "无 AB 岗" in html
    client.post(f"{SETTINGS}/my-leave/", {"from_on": "2026-10-12", "to_on": "2026-10-13"})
    mine = Leave.objects.get()
    assert (mine.official, mine.from_on) == (cast.officials["sun"], date(2026, 10, 12))
    assert sign_in("li").post(f"{SETTINGS}/my-leave/{mine.pk}/cancel/").status_code == 404
    sign_in("sun").post(f"{SETTINGS}/my-leave/{mine.pk}/cancel/")
    assert Leave.objects.count() == 0
    assert entries() == ["county.record_leave", "county.cancel_leave"]


def test_a_key_is_shown_once_listed_and_revoked(cast, sign_in):
    client = sign_in("keeper")
    wanted = {"name": "便民 App", "use": "REST", "post": "QS-01", "duties": ["TAKE_IN"], "per_minute": "60",
              "expires_on": "2026-12-31"}  # fmt: skip
    beyond = client.post(f"{SETTINGS}/keys/new/", {**wanted, "duties": ["PUBLISH"]})
    assert "密钥的职责不能超出所代表岗位的职责" in page(beyond, 422)
    shown = page(client.post(f"{SETTINGS}/keys/new/", wanted))
    raw = re.search(r'id="key">([^<]+)<', shown)[1]
    token = ApiToken.objects.get()
    html = page(client.get(f"{SETTINGS}/keys/"))
    assert rows(html) == [
        ["便民 App", f"…{raw[-4:]}", "REST 接口", "青石镇政府 · 李敏的岗位", "登记", "60", "9 月 29 日（周二）",
         "12 月 31 日（周四）", "有效", "吊销 便民 App"],
    ]  # fmt: skip
    assert raw not in html
    assert told(client.post(f"{SETTINGS}/keys/{token.pk}/revoke/", follow=True)) == ["密钥已吊销，马上失效。"]
    assert rows(page(sign_in("auditor").get(f"{SETTINGS}/keys/")))[0][8:] == ["已吊销"]
    assert entries() == ["county.issue_token", "county.revoke_token"]


def test_keys_and_years_cost_the_same_for_one_row_and_for_more(cast, sign_in):
    client, counts = sign_in("keeper"), []
    notice = [NoticeDay(date(2027, 1, 1), False, "元旦", "New Year's Day")]
    for more in (1, 3):
        for _n in range(more):
            issue_token(name="x", use="REST", post=cast.posts["QS-01"], duties=[], by=IMPORT, now=NOON)
            enter_year(year=2027, days=notice, source="x", by=cast.keeper, now=NOON)
            cast.matter(now=datetime(2026, 12, 30, 9, tzinfo=NOON.tzinfo))
        client.get(f"{SETTINGS}/calendar/2027/")  # the calendar is kept for a minute
        with CaptureQueriesContext(connection) as captured:
            for address in ("keys", "calendar", "calendar/2027"):
                page(client.get(f"{SETTINGS}/{address}/"))
            page(client.post(f"{SETTINGS}/calendar/2027/enter/", {"source": "x", "lines": LINES, "preview": "1"}))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_years_say_which_is_missing(cast, sign_in):
    html = page(sign_in("auditor").get(f"{SETTINGS}/calendar/"))
    assert [row[0] for row in rows(html)] == ["2026", "2025", "2024"]
    assert "2027 年的放假通知还没有录入" in html and "/2027/enter/" not in html


def test_a_notice_is_looked_at_before_it_is_entered(cast, sign_in):
    late = datetime(2026, 12, 30, 9, tzinfo=NOON.tzinfo)
    matter = cast.matter(State.RECEIVED, now=late)
    client, enter = sign_in("keeper"), f"{SETTINGS}/calendar/2027/enter/"
    sent = {"source": "国办发明电〔2026〕1号", "lines": LINES}
    seen = page(client.post(enter, {**sent, "preview": "1"}))
    assert rows(seen)[0][:1] + rows(seen)[0][3:] == [
        matter.number,
        "2027 年 1 月 6 日（周三） （暂定）",
        "2027 年 1 月 7 日（周四）",
    ]
    assert matter.text not in seen  # the keeper of the rules reads no resident's words
    assert (CalendarYear.objects.filter(year=2027).exists(), entries()) == (False, [])
    done = client.post(enter, {**sent, "enter": "1"}, follow=True)
    assert told(done) == ["2027 年的日历已录入，1 件事项的期限已重新计算。"]
    matter = Matter.objects.get(pk=matter.pk)
    assert (matter.clock_provisional, matter.clock_due_at.date()) == (False, date(2027, 1, 7))
    assert rows(done.content.decode().split("放假和调休的日子")[1]) == [["2027-01-01", "周五", "放假", "元旦"]]
    assert "录入放假通知" in done.content.decode()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "还没有写任何一天"),
        ("2027-13-01,no,元旦,New Year", "第 1 行"),
        ("date,works,name_zh,name_en\n2027-01-04,yes,元旦,New Year", "第 2 行"),
        ("2027-01-01\tno\t元旦\t", "缺少 / missing name_en"),
    ],
)
def test_a_line_that_cannot_be_right_is_told_with_its_number(cast, sign_in, lines, said):
    response = sign_in("keeper").post(f"{SETTINGS}/calendar/2027/enter/", {"source": "x", "lines": lines, "enter": "1"})
    assert said in page(response, 422)
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_days_are_ticked_into_the_lines(cast, sign_in):
    client, enter = sign_in("keeper"), f"{SETTINGS}/calendar/2027/enter/"
    sent = {"source": "x", "lines": LINES, "day": ["2027-01-03", "2026-01-03", "bad"], "works": "yes",
            "holiday": "New Year's Day", "tick": "1"}  # fmt: skip
    response = client.post(enter, sent)
    assert (
        response.context["form"].initial["lines"] == LINES + "2027-01-03,yes,元旦调休上班,New Year's Day make-up day\n"
    )
    assert 'class="day-made_up"' in page(response)
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_year_entered_elsewhere_is_caught_up_with_by_one_button(cast, sign_in):
    cast.matter(State.RECEIVED, now=datetime(2026, 12, 30, 9, tzinfo=NOON.tzinfo))
    notice = [NoticeDay(date(2027, 1, 1), False, "元旦", "New Year's Day")]
    enter_year(year=2027, days=notice, source="x", by=cast.keeper, now=NOON)
    client = sign_in("keeper")
    assert "还有 1 件事项的期限没有按这一年的日历计算" in page(client.get(f"{SETTINGS}/calendar/2027/"))
    done = client.post(f"{SETTINGS}/calendar/2027/again/", follow=True)
    assert told(done) == ["1 件事项的期限已重新计算。"]
    assert "没有按这一年的日历计算" not in page(client.get(f"{SETTINGS}/calendar/2027/"))
    assert client.get(f"{SETTINGS}/calendar/9999/").status_code == 404


def test_a_correction_begins_with_what_stands(cast, sign_in):
    form = sign_in("keeper").get(f"{SETTINGS}/calendar/2026/enter/").context["form"]
    assert form.initial["source"] == "国办通知"
    assert len(form.initial["lines"].splitlines()) > 10
