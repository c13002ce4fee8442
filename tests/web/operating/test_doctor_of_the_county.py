"""What the doctor sees of the county's own order, and how the command tells it."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from tests.cast import LONG_AGO, NOON, PEOPLE
from tests.web.operating.served import LATER, found, served, well
from weimin.catalogue.models import Route, TimeRule
from weimin.county.duties import Duty
from weimin.county.models import Holding, Post
from weimin.county.shared.models import CalendarYear
from weimin.kernel.kept import forget_all
from weimin.matters.models import Event, Tally
from weimin.matters.states import State
from weimin.web import doctor
from weimin.web.doctor import Health, examine
from weimin.web.doctor.finding import some
from weimin.web.management.commands import doctor as command

__all__ = ["served", "well"]  # fixtures, used below by their names


# --- the county -----------------------------------------------------------------------------------------------------


def test_years_without_a_calendar(cast):
    december = NOON.replace(month=12)
    assert found("calendar")[0] is Health.GOOD  # the notice of next year comes in October or November
    assert found("calendar", december) == (Health.LOOK, "明年（2027）的放假安排还没有录入。")
    CalendarYear.objects.filter(year=2026).delete()
    forget_all()
    assert found("calendar") == (Health.ILL, "今年（2026）的放假安排还没有录入。")


def test_posts_without_anybody(cast):
    Holding.objects.filter(post__code="QX-01").update(to_on=LONG_AGO)
    assert found("posts") == (Health.LOOK, "没有人的岗位：QX-01。")
    cast.matter(State.HANDLED)
    Holding.objects.filter(post__code="WATER-02").update(to_on=LONG_AGO)
    assert found("posts") == (Health.ILL, "没有人的岗位：QX-01, WATER-02。")


def test_a_post_that_was_retired_with_matters_on_it(cast):
    cast.matter(State.HANDLED)
    Post.objects.filter(code="WATER-02").update(retired_on=date(2026, 9, 1))
    assert found("owners") == (Health.ILL, "1 件在办事项的负责岗位已经撤销：WATER-02。")


def test_a_duty_that_nobody_holds(cast):
    assert {str(duty) for duty in Duty} == {duty for person in PEOPLE.values() for duty in person[4]}
    Holding.objects.filter(post__code="HALL-03").update(to_on=LONG_AGO)
    assert found("duties") == (Health.ILL, "没有人担任的职责：公开。")


def test_kinds_without_a_route(cast):
    assert found("routes")[0] is Health.GOOD
    Route.objects.filter(kind__code="ROADS").update(to_on=date(2026, 9, 28))
    assert found("routes") == (Health.LOOK, "没有派办规则的类别：ROADS-HOLE。")


def test_time_rules_that_are_missing(cast):
    TimeRule.objects.filter(code="RETURN").delete()
    TimeRule.objects.filter(code="PUBLISH").update(from_on=date(2027, 1, 1))
    assert found("rules") == (Health.ILL, "今天没有生效的时限规则：RETURN, PUBLISH。")


def test_what_only_a_deep_look_finds(well):
    matter = well.matter(State.HANDLED)
    Tally.objects.create(key="state:CLOSED", slot=0, n=3)
    Event.objects.filter(matter=matter, act="RECEIVE").update(words="我家水压低。")
    assert found("tallies") == (Health.ILL, "1 个件数不对：state:CLOSED +3。")
    assert found("ledger") == (Health.ILL, f"1 件事的办理记录与账本对不上：{matter.number}。")
    assert {"tallies", "ledger"}.isdisjoint(result.check.code for result in examine(now=LATER))


# --- the command ----------------------------------------------------------------------------------------------------


def told(*arguments):
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_ends_with_the_worst_it_saw(well, settings):
    assert told("--language", "zh")[0] == 1  # no gateway yet
    settings.DEBUG = True
    code, said = told("--language", "zh")
    assert (code, said.splitlines()[:3]) == (
        2,
        [
            "[要处理] 网址和 HTTPS: 开着调试模式。",
            "    影响: 出错的页面会把内部细节给陌生人看。",
            "    处理办法: 请去掉 WEIMIN_DEBUG，重新启动。",
        ],
    )


def test_all_that_is_well_ends_with_nothing(well, monkeypatch):
    monkeypatch.setattr(doctor, "IN_THE_DATABASE", ())
    assert told("--language", "zh")[0] == 0


def test_as_json_and_in_english(well):
    code, said = told("--json", "--language", "en")
    answer = json.loads(said)
    assert (code, answer["county"], answer["health"]) == (1, "990101", "LOOK")
    by_code = {check["check"]: check for check in answer["checks"]}
    assert by_code["sample"] == {
        "check": "sample", "title": "Sample county", "health": "GOOD", "what": "The sample county is not installed.",
        "lost": "", "mend": "",
    }  # fmt: skip
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in said)


@pytest.mark.parametrize(("locale", "language"), [("en_GB.UTF-8", "en"), ("zh_CN.UTF-8", "zh-hans"), ("C", "zh-hans")])
def test_the_terminal_says_the_language(monkeypatch, locale, language):
    monkeypatch.setenv("LC_ALL", locale)
    assert command._language(None) == language
    assert command._language("zh") == "zh-hans"


def test_every_word_of_every_check_is_said_in_english(well):
    with translation.override("en"):
        titles = [str(check.title) for check in doctor.CHECKS]
        words = [str(health.label) for health in Health]
    assert words == ["Good", "Look", "Mend"]
    assert not any("\u4e00" <= sign <= "\u9fff" for title in titles for sign in title)


def test_a_sentence_stays_a_sentence():
    assert some(["A", "B"]) == "A, B"
    assert some(list("ABCDEFGHI")) == "A, B, C, D, E, F …(+3)"
