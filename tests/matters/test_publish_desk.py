"""Before everybody reads it: what the publisher is shown, what leaves the draft, what is never let through."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.staff import enter
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import journey
from weimin.matters.models import Publication

TOLD = "我叫王小兰，家里停水两天，请打13900000001，或到8栋302室。"


@pytest.fixture
def client(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=2))
    return enter(client, cast.publisher.official)


def send(client, matter, **words):
    told = {"version": matter.version, "title": "停水", "asked": "停水两天。", "done": "修好。", **words}
    return client.post(f"/desk/matters/{matter.number}/publish/", told)


def test_the_draft_comes_without_the_person_and_says_what_was_taken_out(cast, client):
    matter = cast.matter("RATED", text=TOLD)
    html = client.get(f"/desk/matters/{matter.number}/publish/").content.decode()
    assert "我叫〔姓名〕，家里停水两天，请打〔电话〕，或到〔门牌〕。</textarea>" in html
    assert "<mark>王小兰</mark>" in html
    assert "<mark>13900000001</mark>" in html
    assert "<mark>8栋302室</mark>" in html
    assert html.count("<mark>") == 3  # the title says the same, and is not told of twice
    assert '<span class="words">我叫<mark>王小兰</mark>，家里停水两天，请打13…</span>' in html


def test_words_that_lead_to_nobody_are_drafted_as_they_stand(cast, client):
    matter = cast.matter("RATED", text="停水两天。")
    html = client.get(f"/desk/matters/{matter.number}/publish/").content.decode()
    assert "停水两天。</textarea>" in html
    assert "<mark>" not in html


def test_what_is_left_must_be_looked_at(cast, client):
    matter = cast.matter("RATED", text=TOLD)
    entries = Entry.objects.count()
    answer = send(client, matter, done="请打水务局电话0731-82345678。")
    assert answer.status_code == 422
    assert "文字里还有：0731-82345678。请去掉；确实可以公开的，勾选后再提交。" in answer.content.decode()
    assert (Publication.objects.count(), Entry.objects.count()) == (0, entries)
    assert send(client, matter, done="请打水务局电话0731-82345678。", looked="on").status_code == 302
    assert Publication.objects.get().done == "请打水务局电话0731-82345678。"


@pytest.mark.parametrize("words", ["身份证11010519491231002X", "卡号6222021234567890128"])
def test_two_numbers_are_never_for_everybody(cast, client, words):
    matter = cast.matter("RATED")
    answer = send(client, matter, asked=f"停水，{words}。", looked="on")
    assert answer.status_code == 422
    assert "这里还有身份证号或银行账号，请去掉后再公开。" in answer.content.decode()
    with pytest.raises(Refused, match="身份证号") as refused:
        journey.publish_matter(matter, title="停水", asked=words, done="修好。", by=cast.publisher, now=NOON)
    assert (refused.value.code, refused.value.field) == ("STILL_EXPOSED", "asked")
    assert Publication.objects.count() == 0
