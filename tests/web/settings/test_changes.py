"""Changing a rule: said, seen, saved. What was told to residents stays; what is to come is named beforehand."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.catalogue.models import AnswerTemplate, Kind, Route, TimeRule, Urgency
from weimin.catalogue.queries import time_rule
from weimin.kernel.kept import forget_all
from weimin.ledger.models import Entry
from weimin.matters.models import Matter
from weimin.matters.states import State

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
RULE = {"limit_0": "3", "limit_1": "W", "from_on": "2026-11-01", "source_zh": "县府办〔2026〕9号"}
WATER = "/desk/settings/routes/WATER/990101/"


def numbers(response):
    """Per group of the preview: how many, and the numbers listed."""
    return [(group.n, [matter.number for matter, _word in group.rows]) for group in response.context["preview"].groups]


def limits(code="RETURN"):
    return [str(row.limit) for row in TimeRule.objects.filter(code=code).order_by("from_on")]


def test_a_rule_is_seen_and_then_saved_and_both_rows_are_kept(cast, keeper, change):
    asked, waiting = cast.matter(State.DISPATCHED), cast.matter(State.CLASSIFIED)
    seen, answer = change("/desk/settings/rules/RETURN/", **RULE)
    assert numbers(seen) == [(1, [asked.number]), (1, [waiting.number])]
    assert answer.url == "/desk/settings/rules/RETURN/"
    page = keeper.get(answer.url)
    assert [(row.words, row.standing) for row in page.context["change"].dated] == [
        ("3 个工作日", "planned"), ("5 个工作日", "present"),
    ]  # fmt: skip
    line = page.context["history"][0]
    assert (line.by, line.what, line.from_on) == ("县政府值班室 · 钱理的岗位", "改期限", date(2026, 11, 1))
    assert line.changed == [("期限", "5 个工作日", "3 个工作日")]


def test_seeing_changes_nothing(cast, keeper):
    keeper.post("/desk/settings/rules/RETURN/", {**RULE, "preview": "1"})
    assert (limits(), Entry.objects.filter(about="rule:RETURN").count()) == (["5W"], 0)


def test_what_was_not_seen_is_not_saved(cast, keeper):
    seen = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "preview": "1"}).context["seen"]
    other = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "limit_0": "9", "save": "1", "seen": seen})
    unseen = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "save": "1"})
    assert (limits(), other.context["seen"] != seen, unseen.context["preview"] is not None) == (["5W"], True, True)
    assert "内容和您刚才看过的不一样" in other.content.decode()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"from_on": "2026-09-28"}, "from_on"), ({"from_on": "2026-02-30"}, "from_on"), ({"limit_0": "0"}, "limit"),
        ({"limit_0": "10000"}, "limit"), ({"limit_1": "Y"}, "limit"), ({"source_zh": " "}, "source_zh"),
        ({"source_zh": "长" * 201}, "source_zh"), ({"source_zh": "a\x00b"}, "source_zh"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_before_anybody_saves(keeper, over, field):
    answer = keeper.post("/desk/settings/rules/RETURN/", {**RULE, **over, "preview": "1"})
    assert (answer.status_code, list(answer.context["form"].errors), limits()) == (422, [field], ["5W"])


def test_a_planned_change_is_taken_back_and_one_in_force_is_not(keeper, change):
    change("/desk/settings/rules/RETURN/", **RULE)
    planned, present = TimeRule.objects.filter(code="RETURN").order_by("-from_on")
    keeper.post("/desk/settings/rules/RETURN/", {"withdraw": str(present.pk)})
    keeper.post("/desk/settings/rules/RETURN/", {"withdraw": str(planned.pk)})
    assert limits() == ["5W"]
    assert time_rule("RETURN", on=date(2027, 1, 1)).to_on is None
    assert list(Entry.objects.filter(about="rule:RETURN").order_by("id").values_list("what", flat=True)) == [
        "catalogue.set_time_rule", "catalogue.withdraw_time_rule",
    ]  # fmt: skip


def test_a_limit_from_today_meets_what_was_asked_today(cast, keeper):
    """The limit for returning is looked up by the day of dispatch: from today on means today's dispatches too."""
    old = cast.matter(State.DISPATCHED, now=NOON - timedelta(days=3))
    new = cast.matter(State.DISPATCHED)
    seen = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "from_on": str(TODAY), "preview": "1"})
    assert numbers(seen) == [(1, [old.number]), (1, [new.number])]


@pytest.mark.parametrize(
    ("code", "state", "kept", "ahead"),
    [
        ("EXTEND", State.HANDLED, 0, 1), ("PAUSE_MAX", State.PAUSED, 1, 0), ("SUPPORT", State.CLASSIFIED, 0, 1),
        ("RATE_WINDOW", State.ANSWERED, 1, 0), ("RATE_WINDOW", State.HANDLED, 0, 1),
        ("RATE_REMINDER", State.ANSWERED, 1, 0), ("REOPEN_WINDOW", State.RATED, 1, 0),
        ("REVIEW_ASK", State.ANSWERED, 1, 0), ("PUBLISH", State.RATED, 1, 0), ("PUBLISH", State.ANSWERED, 0, 1),
        ("RECTIFY", State.ANSWERED, 0, 1), ("REVIEW_DECIDE", State.APPEALED, 1, 0),
        ("REREVIEW_ASK", State.APPEALED, 0, 1), ("REREVIEW_DECIDE", State.APPEALED, 0, 0),
        ("ESCALATE_STEP", State.RECEIVED, 0, 1), ("RETURN", State.HANDLED, 0, 0), ("RETURN", State.CLOSED, 0, 0),
    ],
)  # fmt: skip
def test_each_rule_knows_whom_it_meets(cast, keeper, code, state, kept, ahead):
    cast.matter(state)
    seen = keeper.post(f"/desk/settings/rules/{code}/", {**RULE, "preview": "1"})
    assert [group.n for group in seen.context["preview"].groups] == [kept, ahead]


def test_ten_matters_are_listed_and_all_are_counted(cast, keeper):
    for _n in range(11):
        cast.matter(State.CLASSIFIED)
    seen = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "preview": "1"})
    group = seen.context["preview"].groups[1]
    assert (group.n, len(group.rows)) == (11, 10)
    assert "最急的 10 件列在这里。" in seen.content.decode()


def test_residents_words_do_not_stand_on_the_page(cast, keeper):
    matter = cast.matter(State.CLASSIFIED)
    html = keeper.post("/desk/settings/rules/RETURN/", {**RULE, "preview": "1"}).content.decode()
    assert (matter.number in html, "老人孩子" in html, "王桂芳" in html) == (True, False, False)


def test_a_kinds_promise_leaves_dates_that_were_told(cast, keeper, change):
    told, waiting = cast.matter(State.HANDLED), cast.matter()
    words = {"legal_0": "7", "legal_1": "N", "promised_0": "2", "promised_1": "W", "source_zh": "县府办〔2026〕9号"}
    seen, _answer = change("/desk/settings/kinds/WATER-OUT/limits/", **words)
    assert numbers(seen) == [(1, [told.number]), (1, [waiting.number])]
    assert seen.context["preview"].groups[1].rows[0][1] == "答复最迟改为 10 月 8 日（周四）"
    assert str(Kind.objects.get(code="WATER-OUT").promised) == "2W"
    assert Matter.objects.get(pk=told.pk).clock_limit == "5W"
    line = keeper.get("/desk/settings/kinds/WATER-OUT/limits/").context["history"][0]
    assert line.changed == [
        ("法定时限", "60 日", "7 日"), ("承诺时限", "5 个工作日", "2 个工作日"),
        ("文件依据", "县政府文件", "县府办〔2026〕9号"),
    ]  # fmt: skip


def test_a_kind_is_renamed_and_found_under_its_new_name(cast, keeper, change):
    matter = cast.matter(State.HANDLED)
    words = {
        "name_zh": "没有水",
        "name_en": "No water at all",
        "keywords": "断水",
        "urgency": cast.urgencies["UTILITY"].pk,
    }
    seen, _answer = change("/desk/settings/kinds/WATER-OUT/", **words)
    kind = Kind.objects.get(code="WATER-OUT")
    assert (kind.name_zh, kind.urgency.code, "meiyoushui" in kind.pinyin, kind.for_residents) == (
        "没有水", "UTILITY", True, False,
    )  # fmt: skip
    assert numbers(seen) == [(1, [matter.number])]
    assert Matter.objects.get(pk=matter.pk).urgency.code == "ORDINARY"


def test_a_kind_is_added_and_one_is_retired(cast, keeper, change):
    words = {
        "parent": cast.kinds["WATER"].pk, "code": "WATER.SMELL", "name_zh": "水有异味", "name_en": "Water smells",
        "urgency": cast.urgencies["ORDINARY"].pk, "legal_0": "7", "legal_1": "N", "promised_0": "5",
        "promised_1": "W", "source_zh": "县府办〔2026〕9号", "for_residents": "on",
    }  # fmt: skip
    change("/desk/settings/kinds/new/", **words)
    assert str(Kind.objects.get(code="WATER.SMELL").promised) == "5W"
    change("/desk/settings/kinds/WATER.SMELL/retire/")
    assert Kind.objects.get(code="WATER.SMELL").retired_on == TODAY


def test_a_kind_with_kinds_beneath_is_refused_before_saving(keeper):
    answer = keeper.post("/desk/settings/kinds/WATER/retire/", {"preview": "1"})
    assert (answer.context["preview"], answer.context["form"].non_field_errors()) == (
        None, ["下面还有在用的类别，请先停用它们。"],
    )  # fmt: skip


def test_an_urgency_class_is_shortened_with_its_promises(cast, keeper, change):
    sent, waiting = cast.matter(State.DISPATCHED), cast.matter(State.CLASSIFIED)
    words = {"limit_0": "3", "limit_1": "W", "contact_0": "8", "contact_1": "H", "source_zh": "县府办〔2026〕9号"}
    seen, _answer = change("/desk/settings/urgencies/ORDINARY/", **words)
    assert numbers(seen) == [(1, [sent.number]), (1, [waiting.number])]
    assert "4 个类别的承诺时限会缩短到新的时限：道路、路面坑洞、供水、停水" in seen.content.decode()
    assert str(Urgency.objects.get(code="ORDINARY").contact_limit) == "8H"
    assert {str(kind.promised) for kind in Kind.objects.all()} == {"3W"}
    assert (
        keeper.get("/desk/settings/kinds/WATER/").context["history"][0].kinds == "ROADS、ROADS-HOLE、WATER、WATER-OUT"
    )


def test_a_route_shows_what_would_be_proposed_elsewhere(cast, keeper, change):
    sent, waiting = cast.matter(State.DISPATCHED), cast.matter(State.CLASSIFIED)
    road = cast.matter(State.CLASSIFIED, kind=cast.kinds["ROADS-HOLE"])
    roads, letters = cast.offices["ROADS"].pk, cast.offices["LETTERS"].pk
    words = {"lead": roads, "supporting": [letters], "from_on": "2026-11-01", "source_zh": "三定方案"}
    seen, _answer = change(WATER, **words)
    assert numbers(seen) == [(1, [sent.number]), (1, [waiting.number])]
    assert seen.context["preview"].groups[1].rows[0][1] == "县水利局 → 县交通局"
    assert road.number not in seen.content.decode()
    page = keeper.get(WATER)
    assert [(row.words, row.standing) for row in page.context["change"].dated] == [
        ("县交通局 + 县信访局", "planned"), ("县水利局", "present"),
    ]  # fmt: skip
    assert page.context["history"][0].changed == [("主办单位", "县水利局", "县交通局"), ("协办单位", "—", "县信访局")]


def test_a_narrower_route_keeps_its_own(cast, keeper):
    """A township with a route of its own does not notice the county's."""
    cast.matter(State.CLASSIFIED)
    Route.objects.create(
        kind=cast.kinds["WATER"], place=cast.places["qingshi_town"], lead=cast.offices["QINGSHI"], from_on=TODAY,
        source_zh="属地",
    )  # fmt: skip
    words = {"lead": cast.offices["ROADS"].pk, "from_on": "2026-11-01", "source_zh": "三定方案"}
    assert [n for n, _listed in numbers(keeper.post(WATER, {**words, "preview": "1"}))] == [0, 0]


def test_a_route_ends_and_the_wider_rule_holds(cast, keeper, change):
    matter = cast.matter(State.CLASSIFIED)
    town = cast.places["qingshi_town"]
    Route.objects.create(
        kind=cast.kinds["WATER"], place=town, lead=cast.offices["QINGSHI"], from_on=TODAY, source_zh="属地"
    )
    seen, _answer = change("/desk/settings/routes/WATER/990101101/end/", to_on="2026-10-31", source_zh="县府办")
    assert numbers(seen) == [(0, []), (1, [matter.number])]
    assert seen.context["preview"].groups[1].rows[0][1] == "青石镇政府 → 县水利局"
    assert Route.objects.get(place=town).to_on == date(2026, 10, 31)


def test_a_planned_route_is_taken_back(cast, keeper, change):
    change(WATER, lead=cast.offices["ROADS"].pk, from_on="2026-11-01", source_zh="三定方案")
    planned = Route.objects.get(from_on=date(2026, 11, 1))
    keeper.post(WATER, {"withdraw": str(planned.pk)})
    assert [(route.lead.code, route.to_on) for route in Route.objects.filter(kind=cast.kinds["WATER"])] == [
        ("WATER", None)
    ]


def test_the_first_route_of_a_pair_begins_with_choosing_the_pair(cast, keeper, change):
    kind, place = cast.kinds["WATER-OUT"].pk, cast.places["dawan"].pk
    there = keeper.post("/desk/settings/routes/new/", {"kind": kind, "place": place}).url
    assert there == "/desk/settings/routes/WATER-OUT/990101101202/"
    ending = keeper.post(f"{there}end/", {"to_on": "2026-11-01", "source_zh": "x", "preview": "1"})
    assert "没有可以结束的" in ending.content.decode()
    change(there, lead=cast.offices["QINGSHI"].pk, from_on=str(TODAY), source_zh="属地")
    assert Route.objects.get(place=place).lead.code == "QINGSHI"


def test_a_template_is_written_rewritten_and_removed(cast, keeper, change):
    matter = cast.matter(State.HANDLED)
    words = {"kind": cast.kinds["WATER"].pk, "name_zh": "管道维修", "facts": "{日期}已修好。"}
    seen, _answer = change("/desk/settings/templates/new/", **words)
    assert numbers(seen) == [(1, [matter.number])]
    address = f"/desk/settings/templates/{AnswerTemplate.objects.get().pk}/"
    change(address, **words | {"facts": "{日期}换了接头。"})
    assert keeper.get(address).context["history"][0].changed == [("事实", "{日期}已修好。", "{日期}换了接头。")]
    change(f"{address}remove/")
    assert (AnswerTemplate.objects.count(), keeper.get(address).status_code) == (0, 404)


def test_the_auditor_looks_and_changes_nothing(cast, sign_in):
    auditor = sign_in("auditor")
    html = auditor.get("/desk/settings/rules/RETURN/").content.decode()
    assert ("您的岗位可以查看，不能改动。" in html, 'name="preview"' in html) == (True, False)
    assert auditor.post("/desk/settings/rules/RETURN/", {**RULE, "preview": "1"}).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["rules/NONSENSE/", "kinds/NONSENSE/", "urgencies/NONSENSE/", "routes/WATER/123456/", "routes/NONSENSE/990101/",
     "templates/999999/"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(keeper, address):
    assert keeper.get(f"/desk/settings/{address}").status_code == 404


def test_a_preview_costs_the_same_for_one_matter_and_for_three(cast, keeper, django_assert_num_queries):
    def see(address, words):
        forget_all()  # whoever comes first reads anew what is kept
        return keeper.post(f"/desk/settings/{address}", {**words, "preview": "1"})

    route = {"lead": cast.offices["ROADS"].pk, "from_on": "2026-11-01", "source_zh": "三定方案"}
    asked = {"rules/RETURN/": RULE, "routes/WATER/990101/": route}
    cast.matter(State.CLASSIFIED)
    first = {}
    for address, words in asked.items():
        see(address, words)
        with CaptureQueriesContext(connection) as cost:
            see(address, words)
        first[address] = len(cost)
    cast.matter(State.CLASSIFIED, place=cast.places["dawan"])
    cast.matter(State.CLASSIFIED, place=cast.places["group"], kind=cast.kinds["WATER"])
    for address, words in asked.items():
        with django_assert_num_queries(first[address]):
            see(address, words)
