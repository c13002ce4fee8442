"""Other cities' systems on the desk: kept, mapped, watched; and a clerk sends one matter there."""

import pytest

from tests.cast import NOON
from tests.web.test_settings_posts import SETTINGS, page, rows, sign_in, told
from weimin.ledger.models import Entry
from weimin.matters.models import Partner, PartnerCode, Referral
from weimin.matters.services import add_partner, map_code
from weimin.matters.states import State

__all__ = ["sign_in"]
PARTNERS = f"{SETTINGS}/partners/"
WANTED = {"name": "清河市", "url": "https://city.example/v2", "format": "xml", "api_key": "their key", "sends": "on"}


def keep(cast, **over):
    wanted = {"name": "清河市", "url": "https://city.example/v2", "api_key": "their key", "sends": True, **over}
    partner = add_partner(**wanted, by=cast.keeper, now=NOON)
    code = map_code(
        partner, service_code="POTHOLE", kind=cast.kinds["ROADS-HOLE"], place=None, by_itself=False, by=cast.keeper,
        now=NOON,
    )  # fmt: skip
    return partner, code


def test_a_partner_is_added_its_codes_mapped_and_taken_back(cast, sign_in):
    client = sign_in("keeper")
    done = client.post(f"{PARTNERS}new/", WANTED, follow=True)
    assert told(done) == ["已保存。请接着对应类别代码。"]
    partner = Partner.objects.get()
    base = f"{PARTNERS}{partner.pk}/"
    code = {"service_code": "POTHOLE", "kind": cast.kinds["ROADS-HOLE"].pk, "by_itself": "on"}
    client.post(f"{base}codes/", code)
    row = PartnerCode.objects.get()
    assert (row.kind, row.place, row.by_itself) == (cast.kinds["ROADS-HOLE"], None, True)
    html = page(client.get(base))
    assert rows(html)[0] == ["POTHOLE", row.kind.name_zh, "全县", "是", "取消对应 POTHOLE"]
    assert "their key" not in html + page(client.get(f"{base}change/"))
    client.post(f"{base}codes/{row.pk}/remove/")
    assert PartnerCode.objects.count() == 0
    assert list(Entry.objects.filter(what__contains="_partner").values_list("what", flat=True)) == [
        "matters.add_partner"
    ]
    assert client.post(f"{base}codes/", {"service_code": "X"}).status_code == 422


def test_a_key_left_empty_stays_and_mistakes_stand_at_their_field(cast, sign_in):
    partner, _code = keep(cast)
    client, base = sign_in("keeper"), f"{PARTNERS}{partner.pk}/"
    client.post(f"{base}change/", {**WANTED, "api_key": "", "url": "https://new.example/v2/"})
    partner.refresh_from_db()
    assert (partner.url, partner.api_key) == ("https://new.example/v2", "their key")
    wrong = page(client.post(f"{base}change/", {**WANTED, "takes": "on"}), 422)
    assert "请选好没有对应时用的类别和地点" in wrong
    assert told(client.post(f"{base}switch/", follow=True)) == ["已停用，等待转送的都还在。"]
    assert rows(page(client.get(PARTNERS)))[0][2:5] == ["是", "否", "人工停用"]


def test_what_went_wrong_is_told_in_words(cast, sign_in):
    partner, _code = keep(cast)
    Partner.objects.update(trouble="HTTP 503", tried_at=NOON, unknown_codes=["ELEPHANT"])
    html = page(sign_in("auditor").get(f"{PARTNERS}{partner.pk}/"))
    assert "上次联系没有成功：对方的服务器出了错，或者暂时不收（HTTP 503）。等待转送的都还在，每分钟再试。" in html
    assert "对方用了没有对应的类别代码：ELEPHANT。" in html
    assert "加上对应" not in html


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("no connection (gaierror)", "连不上对方的服务器（no connection (gaierror)）"),
        ("404 no such jurisdiction", "对方没有这个地址或辖区（404 no such jurisdiction）"),
        ("service_code was not found", "service_code was not found"),
        ("", ""),
    ],
)
def test_trouble_is_told_in_plain_words_and_their_own_stay(kept, shown):
    assert Referral(trouble=kept).trouble_words == Partner(trouble=kept).trouble_words == shown


def test_a_clerk_sends_a_matter_there_and_sees_how_far_it_came(cast, sign_in):
    _partner, code = keep(cast)
    matter = cast.matter(State.HANDLED, kind=cast.kinds["ROADS-HOLE"])
    client = sign_in("sun")
    here = f"/desk/matters/{matter.number}/"
    assert "转外部系统" in page(client.get(here))
    form = client.get(f"{here}forward/").context["form"]
    assert form.initial["to"] == code.pk
    page(client.post(f"{here}forward/", {"to": code.pk, "words": ""}), 422)
    done = client.post(f"{here}forward/", {"to": code.pk, "words": "桥上有坑。"}, follow=True)
    assert told(done) == [f"{matter.number}：已排队转送，结果会记在办理经过里。"]
    html = page(done)
    assert "转送外部系统“清河市”，对方类别 POTHOLE。" in html and "等待转送" in html
    Referral.objects.update(stage="SENT", foreign_id="C-77")
    assert "C-77" in page(client.get(here))
    again = page(client.post(f"{here}forward/", {"to": code.pk, "words": "桥上有坑。"}), 422)
    assert "这件事已经在“清河市”了。" in again


def test_where_there_is_no_partner_nothing_is_offered(cast, sign_in):
    matter = cast.matter()
    assert "转外部系统" not in page(sign_in("li").get(f"/desk/matters/{matter.number}/"))
    assert sign_in("zhao").get(f"/desk/matters/{matter.number}/forward/").status_code == 404
