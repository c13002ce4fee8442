"""Changing rules: dated, with a source, and what was before stays readable."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON
from weimin.catalogue import queries
from weimin.catalogue.models import AnswerTemplate, Kind, Route, TimeRule
from weimin.catalogue.services import (
    add_kind,
    keep_template,
    remove_template,
    retire_kind,
    set_kind_limits,
    set_route,
    set_time_rule,
)
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
NEXT_MONTH = date(2026, 11, 1)
SOURCE = {"source_zh": "县府办〔2026〕9号", "source_en": "County Office 2026/9"}


def whats() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("what", flat=True))


def test_a_new_limit_begins_on_its_day_and_the_old_ends_the_day_before(cast):
    set_time_rule("RETURN", limit=Limit.parse("3W"), from_on=NEXT_MONTH, **SOURCE, by=cast.keeper, now=NOON)
    before, after = NEXT_MONTH - timedelta(days=1), NEXT_MONTH
    assert str(queries.time_rule("RETURN", on=before).limit) == "5W"
    assert str(queries.time_rule("RETURN", on=after).limit) == "3W"
    assert whats() == ["catalogue.set_time_rule"]


@pytest.mark.parametrize(
    ("code", "from_on", "source", "refused_as"),
    [
        ("RETURN", date(2026, 9, 28), "x", "PAST_DATE"),
        ("RETURN", NEXT_MONTH, "  ", "NO_SOURCE"),
        ("NONSENSE", NEXT_MONTH, "x", "UNKNOWN_RULE"),
    ],
)
def test_a_rule_is_not_changed_backwards_or_without_a_source(cast, code, from_on, source, refused_as):
    with pytest.raises(Refused) as refused:
        set_time_rule(code, limit=Limit.parse("3W"), from_on=from_on, source_zh=source, source_en="", by=cast.keeper,
                      now=NOON)  # fmt: skip
    assert (refused.value.code, TimeRule.objects.filter(from_on__gt=date(2021, 1, 1)).count()) == (refused_as, 0)


def test_two_changes_do_not_contradict_each_other(cast):
    set_time_rule("RETURN", limit=Limit.parse("3W"), from_on=NEXT_MONTH, **SOURCE, by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as refused:
        set_time_rule("RETURN", limit=Limit.parse("4W"), from_on=TODAY, **SOURCE, by=cast.keeper, now=NOON)
    assert refused.value.code == "RULE_SET_ALREADY"


def test_only_the_keeper_changes_rules(cast):
    for actor in (cast.li, cast.zhang, cast.leader):
        with pytest.raises(Refused):
            set_time_rule("RETURN", limit=Limit.parse("3W"), from_on=NEXT_MONTH, **SOURCE, by=actor, now=NOON)
    assert whats() == []


def test_a_kinds_limits_change_for_matters_to_come(cast):
    kind = cast.kinds["WATER-OUT"]
    set_kind_limits(kind, legal=Limit.parse("24H"), promised=Limit.parse("12H"), **SOURCE, by=cast.keeper, now=NOON)
    kind.refresh_from_db()
    assert (str(kind.legal), str(kind.promised), kind.source_zh) == ("24H", "12H", "县府办〔2026〕9号")


@pytest.mark.parametrize(
    ("promised", "legal", "within"),
    [
        ("5W", "5W", True), ("6W", "5W", False), ("5W", "7N", True), ("6W", "7N", False), ("15W", "60N", True),
        ("24H", "1W", True), ("25H", "1W", False), ("8WH", "1W", True), ("9WH", "1W", False), ("5N", "5W", False),
        ("1WH", "1N", False), ("2H", "1WH", False),
    ],
)  # fmt: skip
def test_the_verb_and_the_database_agree_what_is_within_the_law(cast, promised, legal, within):
    kind = Kind.objects.get(code="WATER-OUT")
    promise, law = Limit.parse(promised), Limit.parse(legal)
    if within:
        set_kind_limits(kind, legal=law, promised=promise, **SOURCE, by=cast.keeper, now=NOON)
        return
    with pytest.raises(Refused) as refused:
        set_kind_limits(kind, legal=law, promised=promise, **SOURCE, by=cast.keeper, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Kind.objects.filter(pk=kind.pk).update(
            legal_amount=law.amount, legal_unit=law.unit, promised_amount=promise.amount, promised_unit=promise.unit
        )
    assert refused.value.code == "PROMISE_BEYOND_LAW"


def test_a_kind_is_added_under_another_and_found_by_pinyin(cast):
    kind = add_kind(
        "WATER-OUT-NIGHT", parent=cast.kinds["WATER-OUT"], name_zh="夜间停水", name_en="No water at night",
        urgency=cast.urgencies["UTILITY"], legal=Limit.parse("24H"), promised=Limit.parse("24H"), **SOURCE,
        keywords="半夜没水", by=cast.keeper, now=NOON,
    )  # fmt: skip
    assert (kind.depth, "yejiantingshui" in kind.pinyin, "bymsh" in kind.pinyin or "bym" in kind.pinyin) == (
        3,
        True,
        True,
    )
    assert queries.kind_by_code("WATER-OUT-NIGHT") == kind


@pytest.mark.parametrize(("code", "parent", "refused_as"), [("WATER", None, "CODE_TAKEN"), ("X", "third", "TOO_DEEP")])
def test_a_kind_that_does_not_fit_is_not_added(cast, code, parent, refused_as):
    third = Kind(depth=3)
    with pytest.raises(Refused) as refused:
        add_kind(
            code, parent=third if parent else None, name_zh="x", name_en="x", urgency=cast.urgencies["ORDINARY"],
            legal=Limit.parse("5W"), promised=Limit.parse("5W"), **SOURCE, by=cast.keeper, now=NOON,
        )  # fmt: skip
    assert (refused.value.code, whats()) == (refused_as, [])


def test_a_kind_is_retired_leaves_first(cast):
    with pytest.raises(Refused) as refused:
        retire_kind(cast.kinds["WATER"], by=cast.keeper, now=NOON)
    retire_kind(cast.kinds["WATER-OUT"], by=cast.keeper, now=NOON)
    retire_kind(cast.kinds["WATER"], by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as twice:
        retire_kind(cast.kinds["WATER"], by=cast.keeper, now=NOON)
    assert (refused.value.code, twice.value.code) == ("HAS_CHILDREN", "ALREADY_RETIRED")
    assert queries.kind_by_code("WATER-OUT") is None


def test_a_route_takes_over_on_its_day(cast):
    kind, county = cast.kinds["WATER"], cast.places["county"]
    set_route(
        kind, place=county, lead=cast.offices["ROADS"], supporting=[cast.offices["WATER"], cast.offices["ROADS"]],
        from_on=NEXT_MONTH, source_zh="三定方案", by=cast.keeper, now=NOON,
    )  # fmt: skip
    village = cast.places["qingshi"]
    before = queries.route_for(cast.kinds["WATER-OUT"], village, on=TODAY)
    after = queries.route_for(cast.kinds["WATER-OUT"], village, on=NEXT_MONTH)
    assert (before.lead.code, after.lead.code) == ("WATER", "ROADS")
    assert [office.code for office in after.supporting.all()] == ["WATER"]
    assert Route.objects.filter(kind=kind).count() == 2


@pytest.mark.parametrize(
    ("over", "refused_as"),
    [
        ({"from_on": date(2026, 9, 28)}, "PAST_DATE"),
        ({"source_zh": ""}, "NO_SOURCE"),
    ],
)
def test_a_route_needs_a_day_to_come_and_a_source(cast, over, refused_as):
    words = {"place": cast.places["county"], "lead": cast.offices["ROADS"], "from_on": TODAY, "source_zh": "x"} | over
    with pytest.raises(Refused) as refused:
        set_route(cast.kinds["WATER"], **words, by=cast.keeper, now=NOON)
    assert (refused.value.code, whats()) == (refused_as, [])


def test_no_route_leads_to_an_office_that_is_gone_nor_twice_on_a_day(cast):
    words = {"place": cast.places["county"], "from_on": NEXT_MONTH, "source_zh": "x", "by": cast.keeper, "now": NOON}
    gone = cast.offices["ROADS"]
    set_route(cast.kinds["WATER"], lead=gone, **words)
    with pytest.raises(Refused) as twice:
        set_route(cast.kinds["WATER"], lead=gone, **words)
    gone.retired_on = TODAY
    with pytest.raises(Refused) as ended:
        set_route(cast.kinds["ROADS"], lead=gone, **words)
    assert (twice.value.code, ended.value.code) == ("ROUTE_SET_ALREADY", "UNKNOWN_OFFICE")


def test_a_template_is_written_rewritten_and_removed(cast):
    words = {
        "kind": cast.kinds["WATER"],
        "name_zh": "已修好",
        "facts": "已修好。",
        "reasons": "",
        "rule": "",
        "promise": "",
    }
    template = keep_template(None, **words, by=cast.keeper, now=NOON)
    keep_template(template, **words | {"facts": "{日期}已修好。"}, by=cast.keeper, now=NOON)
    assert [one.facts for one in queries.templates_for(cast.kinds["WATER-OUT"])] == ["{日期}已修好。"]
    remove_template(template, by=cast.keeper, now=NOON)
    assert AnswerTemplate.objects.count() == 0
    assert whats() == ["catalogue.keep_template", "catalogue.keep_template", "catalogue.remove_template"]


def test_a_template_without_words_is_refused(cast):
    with pytest.raises(Refused) as refused:
        keep_template(
            None, kind=None, name_zh="x", facts=" ", reasons="", rule="", promise="", by=cast.keeper, now=NOON
        )
    assert refused.value.field == "facts"
