"""Other programs that do not hear what they asked for: told by the doctor and by the figures."""

from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.web.operating.served import LATER, found, served, well
from tests.web.test_settings_partners import keep as keep_partner
from tests.webhooks.subscribing import subscribe
from weimin.matters.journey import forward_matter
from weimin.matters.models import Partner, Referral
from weimin.web.doctor import Health
from weimin.web.metrics import families_of_county
from weimin.webhooks.models import Delivery
from weimin.webhooks.services import give_up, switch_off
from weimin.webhooks.states import Off, Progress

__all__ = ["served", "well"]  # fixtures, used below by their names


def figures(now=LATER):
    return {
        family.name.removeprefix("weimin_webhooks_"): family.samples[0][1]
        for family in families_of_county("990101", now=now)
        if family.name.startswith("weimin_webhooks_")
    }


def test_nobody_asked(well):
    assert found("webhooks") == (Health.GOOD, "没有程序要求推送。")
    assert figures() == {"waiting": 0, "lag_seconds": 0, "dead": 0, "off": 0}


def test_what_waits_is_told_after_an_hour(well):
    subscribe(well)
    well.matter()
    assert found("webhooks", NOON + timedelta(hours=1)) == (Health.GOOD, "推送的事件都送到了。")
    late = NOON + timedelta(minutes=61)
    assert found("webhooks", late) == (Health.LOOK, "1 条事件还没有送到，最早的已等了一个多小时。")
    assert figures(late) == {"waiting": 1, "lag_seconds": 3660, "dead": 0, "off": 0}


def test_dead_letters_are_told(well):
    subscribe(well)
    well.matter()
    Delivery.objects.update(state=Progress.DEAD)
    assert found("webhooks") == (Health.LOOK, "有 1 条死信。")
    assert figures() == {"waiting": 0, "lag_seconds": 0, "dead": 1, "off": 0}


def test_an_endpoint_that_was_given_up_is_to_be_mended_and_one_switched_off_by_hand_is_not(well):
    by_hand, silent = (subscribe(well, name=name)[0] for name in ("一", "二"))
    switch_off(by_hand, by=well.keeper, now=NOON)
    assert found("webhooks")[0] is Health.GOOD
    give_up(silent, why=Off.SILENT, now=NOON)
    assert found("webhooks") == (Health.ILL, "1 个推送地址已被自动停用。")
    assert figures()["off"] == 1


@pytest.mark.parametrize(
    ("minutes", "trouble", "health", "what"),
    [
        (59, "HTTP 503", Health.GOOD, "和外部系统的往来正常。"),
        (61, "HTTP 503", Health.ILL, "一个多小时联系不上：清河市 · 对方的服务器出了错，或者暂时不收（HTTP 503）。"),
        (61, "", Health.GOOD, "和外部系统的往来正常。"),
    ],
)
def test_the_doctor_tells_who_is_away(well, minutes, trouble, health, what):
    assert found("partners") == (Health.GOOD, "没有登记外部系统。")
    keep_partner(well)
    Partner.objects.update(trouble=trouble)
    assert found("partners", NOON + timedelta(minutes=minutes)) == (health, what)


def test_what_may_not_have_arrived_is_told_and_counted(well):
    partner, _code = keep_partner(well)
    matter = well.matter()
    forward_matter(matter, partner=partner, service_code="POTHOLE", words="坑", by=well.li, now=NOON)
    Referral.objects.update(stage="UNCERTAIN")
    assert found("partners") == (Health.LOOK, "1 件转送没有被收下或结果不明。")
    later = NOON + timedelta(minutes=2)
    figures = {
        (family.name, *list(labels.values())[1:]): value
        for family in families_of_county("990101", now=later)
        for labels, value in family.samples
    }
    assert figures["weimin_partner_lag_seconds", str(partner.pk)] == 120
    assert (figures["weimin_referrals", "UNCERTAIN"], figures["weimin_referrals", "SENT"]) == (1, 0)
