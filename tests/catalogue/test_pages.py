"""Services: found by everyday words, shown in the order people ask."""

from datetime import date

import pytest

from weimin.catalogue.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowance(cast) -> Service:
    return Service.objects.create(
        code="A-001", name_zh="最低生活保障给付", name_en="Minimum living allowance", plain_zh="低保",
        type=Service.Type.PAYMENT, theme_zh="社会救助", theme_en="Support", office=cast.offices["QINGSHI"],
        basis="《社会救助暂行办法》第九条", conditions=["家庭人均收入低于当地标准"],
        materials=[{"zh": "身份证", "en": "Identity card", "copies": 1, "original": True, "may_waive": False}],
        steps=[{"zh": "村里申请", "en": "Apply in the village"}], fee_zh="不收费", fee_en="Free",
        legal_amount=20, legal_unit="W", promised_amount=10, promised_unit="W", visits=0, where_zh="镇便民中心",
        where_en="Town service hall", hours_zh="周一至周五 8:30–17:30", phone="0400-12345", complain_zh="拨打 12345",
        complain_en="Call 12345", remedy_zh="60 日内申请复议", pinyin="zuidishenghuo zdsh", valid_from=date(2020, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("words", ["低保", "zdsh", "Minimum", "社会救助"])
def test_a_service_is_found_by_everyday_words_and_pinyin(client, allowance, words):
    assert client.get("/services/", {"q": words}).context["themes"] == [[allowance]]


def test_nothing_found_says_what_to_do(client, allowance):
    page = client.get("/services/", {"q": "护照"})
    assert page.context["themes"] == []
    assert "换一个说法再找" in page.content.decode()


def test_one_service_tells_all_at_once(client, allowance):
    page = client.get("/services/A-001/").content.decode()
    parts = [
        "能不能办",
        "家庭人均收入",
        "要带什么",
        "身份证",
        "10 个工作日",
        "不收费",
        "村里申请",
        "镇便民中心",
        "拨打 12345",
    ]
    assert [page.index(part) for part in parts] == sorted(page.index(part) for part in parts)


def test_a_retired_service_is_gone(client, allowance):
    Service.objects.update(retired_on=date(2021, 1, 1))
    assert client.get("/services/A-001/").status_code == 404
