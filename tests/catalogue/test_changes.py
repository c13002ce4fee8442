"""Naming kinds, limits of urgency classes, ending routes, taking back plans – and reading afterwards what was what."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON
from weimin.catalogue import queries
from weimin.catalogue.models import Change, Kind, Route, TimeRule, Urgency
from weimin.catalogue.services import (
    add_kind,
    end_route,
    set_kind_limits,
    set_kind_words,
    set_route,
    set_time_rule,
    set_urgency_limits,
    withdraw_route,
    withdraw_time_rule,
)
from weimin.kernel.limits import Limit
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.ledger.queries import entries_about
from weimin.ledger.services import verify

pytestmark = pytest.mark.django_db
TODAY, NEXT_MONTH = NOON.date(), date(2026, 11, 1)
SOURCE = {"source_zh": "县府办〔2026〕9号", "source_en": "County Office 2026/9"}
WORDS = {"name_zh": "没有水", "name_en": "No water at all", "description_zh": "", "description_en": "",
         "keywords": "断水", "for_residents": True}  # fmt: skip


def whats() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("what", flat=True))


def of(limit: str) -> Limit:
    return Limit.parse(limit)


def test_what_was_before_stays_readable_and_proves_itself(cast):
    set_kind_limits(
        cast.kinds["WATER-OUT"], legal=of("7N"), promised=of("3W"), **SOURCE, by=cast.keeper, now=NOON
    )  # fmt: skip
    entry = entries_about("kind:WATER-OUT").get()
    assert queries.said_in([entry.pk]) == {
        entry.pk: {
            "before": {"legal": "60N", "promised": "5W", "source": "县政府文件"},
            "after": {"legal": "7N", "promised": "3W", "source": "县府办〔2026〕9号"},
        }
    }
    change = Change.objects.get(entry=entry.pk)
    assert verify(change.content, salt=bytes(change.salt), commitment=entry.commitment)


def test_a_dated_change_proves_itself_too(cast):
    set_time_rule("RETURN", limit=of("3W"), from_on=NEXT_MONTH, **SOURCE, by=cast.keeper, now=NOON)
    entry, change = Entry.objects.get(), Change.objects.get()
    assert verify(change.content, salt=bytes(change.salt), commitment=entry.commitment)


def test_an_entry_has_one_change_beside_it(cast):
    Change.objects.create(entry=7, content={}, salt=b"x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.create(entry=7, content={}, salt=b"x")


def test_a_kind_gets_other_words_and_its_pinyin(cast):
    kind = set_kind_words(cast.kinds["WATER-OUT"], **WORDS, urgency=cast.urgencies["UTILITY"], by=cast.keeper, now=NOON)
    kind.refresh_from_db()
    assert (kind.name_zh, kind.urgency.code, kind.pinyin) == ("没有水", "UTILITY", "meiyoushui mys duanshui ds")
    assert Change.objects.get().content["after"] == {
        "name": "没有水", "name_en": "No water at all", "keywords": "断水", "urgency": "UTILITY",
    }  # fmt: skip


@pytest.mark.parametrize("field", ["name_zh", "name_en"])
def test_a_kind_needs_both_names(cast, field):
    with pytest.raises(Refused) as refused:
        set_kind_words(
            cast.kinds["WATER-OUT"], **WORDS | {field: " "}, urgency=cast.urgencies["ORDINARY"], by=cast.keeper,
            now=NOON,
        )  # fmt: skip
    assert (refused.value.code, refused.value.field, whats()) == ("NO_NAME", field, [])


@pytest.mark.parametrize("code", ["水", "a b", "", ".x", "x" * 41])
def test_a_code_is_one_that_the_ledger_can_name(cast, code):
    with pytest.raises(Refused) as refused:
        add_kind(
            code, parent=None, name_zh="x", name_en="x", urgency=cast.urgencies["ORDINARY"], legal=of("5W"),
            promised=of("5W"), **SOURCE, by=cast.keeper, now=NOON,
        )  # fmt: skip
    assert (refused.value.code, whats()) == ("BAD_CODE", [])


def test_a_class_is_shortened_and_kinds_that_kept_within_it_still_do(cast):
    Kind.objects.filter(code="ROADS").update(promised_amount=20)  # kept without before: left alone
    Kind.objects.filter(code="WATER").update(promised_amount=2)
    urgency = set_urgency_limits(
        cast.urgencies["ORDINARY"], limit=of("3W"), contact=of("8H"), **SOURCE, by=cast.keeper, now=NOON
    )
    urgency.refresh_from_db()
    assert (str(urgency.limit), str(urgency.contact_limit), urgency.source_zh) == ("3W", "8H", "县府办〔2026〕9号")
    promises = {kind.code: str(kind.promised) for kind in Kind.objects.all()}
    assert promises == {"WATER": "2W", "WATER-OUT": "3W", "ROADS": "20W", "ROADS-HOLE": "3W"}
    assert Change.objects.get().content == {
        "before": {"limit": "5W", "contact": "1W", "source": "县政府文件"},
        "after": {"limit": "3W", "contact": "8H", "source": "县府办〔2026〕9号"},
        "kinds": {"ROADS-HOLE": "5W", "WATER-OUT": "5W"},
    }
    assert whats() == ["catalogue.set_urgency_limits"]


def test_a_longer_class_leaves_promises_alone(cast):
    set_urgency_limits(cast.urgencies["ORDINARY"], limit=of("7W"), contact=of("1W"), **SOURCE, by=cast.keeper, now=NOON)
    assert {str(kind.promised) for kind in Kind.objects.all()} == {"5W"}


@pytest.mark.parametrize(
    ("limit", "contact", "source", "refused_as", "field"),
    [
        ("16W", "1W", "x", "OUT_OF_ORDER", "limit"),  # longer than the complex ones
        ("12H", "1H", "x", "OUT_OF_ORDER", "limit"),  # shorter than water and power
        ("5W", "6W", "x", "CONTACT_TOO_LATE", "contact"),
        ("5W", "1N", "x", "CONTACT_TOO_LATE", "contact"),  # a day may be a rest day: not surely within
        ("5W", "1W", " ", "NO_SOURCE", "source_zh"),
    ],
)
def test_a_class_stays_in_its_place(cast, limit, contact, source, refused_as, field):
    with pytest.raises(Refused) as refused:
        set_urgency_limits(
            cast.urgencies["ORDINARY"], limit=of(limit), contact=of(contact), source_zh=source, source_en="",
            by=cast.keeper, now=NOON,
        )  # fmt: skip
    assert (refused.value.code, refused.value.field, whats()) == (refused_as, field, [])
    assert str(Urgency.objects.get(code="ORDINARY").limit) == "5W"


def test_a_promise_is_not_cut_to_what_the_law_does_not_surely_hold(cast):
    Kind.objects.filter(code="WATER").update(
        urgency=cast.urgencies["COMPLEX"], legal_amount=15, legal_unit="W", promised_amount=15, promised_unit="W"
    )
    with pytest.raises(Refused) as refused:
        set_urgency_limits(
            cast.urgencies["COMPLEX"], limit=of("14N"), contact=of("1N"), **SOURCE, by=cast.keeper, now=NOON
        )
    assert (refused.value.code, refused.value.field, whats()) == ("PROMISE_BEYOND_LAW", "limit", [])
    assert "“供水”" in str(refused.value)


def route_of(cast, place: str = "county") -> Route:
    return Route.objects.select_related("kind", "place", "lead").get(
        kind=cast.kinds["WATER"], place=cast.places[place], to_on=None
    )


def test_a_route_ends_on_its_last_day(cast):
    end_route(route_of(cast), to_on=TODAY, source_zh="机构改革", by=cast.keeper, now=NOON)
    village = cast.places["qingshi"]
    assert queries.route_for(cast.kinds["WATER-OUT"], village, on=TODAY).lead.code == "WATER"
    assert queries.route_for(cast.kinds["WATER-OUT"], village, on=TODAY + timedelta(days=1)) is None
    assert whats() == ["catalogue.end_route"]


@pytest.mark.parametrize(
    ("to_on", "source", "refused_as"), [(date(2026, 9, 28), "x", "PAST_DATE"), (TODAY, " ", "NO_SOURCE")]
)
def test_a_route_does_not_end_in_the_past_or_without_a_source(cast, to_on, source, refused_as):
    with pytest.raises(Refused) as refused:
        end_route(route_of(cast), to_on=to_on, source_zh=source, by=cast.keeper, now=NOON)
    assert (refused.value.code, whats()) == (refused_as, [])


def test_a_route_ends_once_and_not_before_it_begins(cast):
    planned = set_route(
        cast.kinds["ROADS"], place=cast.places["qingshi"], lead=cast.offices["ROADS"], from_on=NEXT_MONTH,
        source_zh="x", by=cast.keeper, now=NOON,
    )  # fmt: skip
    with pytest.raises(Refused) as early:
        end_route(planned, to_on=TODAY, source_zh="x", by=cast.keeper, now=NOON)
    stale = route_of(cast)
    end_route(route_of(cast), to_on=NEXT_MONTH, source_zh="x", by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as twice:
        end_route(stale, to_on=TODAY, source_zh="x", by=cast.keeper, now=NOON)
    assert (early.value.code, twice.value.code) == ("ENDS_BEFORE_IT_BEGINS", "ENDED_ALREADY")


def test_a_planned_route_is_taken_back_and_the_old_one_goes_on(cast):
    planned = set_route(
        cast.kinds["WATER"], place=cast.places["county"], lead=cast.offices["ROADS"], from_on=NEXT_MONTH,
        source_zh="x", by=cast.keeper, now=NOON,
    )  # fmt: skip
    withdraw_route(Route.objects.get(pk=planned.pk), by=cast.keeper, now=NOON)
    assert (route_of(cast).lead.code, Route.objects.filter(kind=cast.kinds["WATER"]).count()) == ("WATER", 1)
    with pytest.raises(Refused) as twice:
        withdraw_route(planned, by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as begun:
        withdraw_route(route_of(cast), by=cast.keeper, now=NOON)
    assert (twice.value.code, begun.value.code) == ("WITHDRAWN_ALREADY", "BEGUN_ALREADY")
    assert whats() == ["catalogue.set_route", "catalogue.withdraw_route"]


def test_a_planned_limit_is_taken_back_and_the_old_one_goes_on(cast):
    planned = set_time_rule("RETURN", limit=of("3W"), from_on=NEXT_MONTH, **SOURCE, by=cast.keeper, now=NOON)
    withdraw_time_rule(TimeRule.objects.get(pk=planned.pk), by=cast.keeper, now=NOON)
    standing = TimeRule.objects.get(code="RETURN")
    assert (str(standing.limit), standing.to_on) == ("5W", None)
    with pytest.raises(Refused) as twice:
        withdraw_time_rule(planned, by=cast.keeper, now=NOON)
    with pytest.raises(Refused) as begun:
        withdraw_time_rule(standing, by=cast.keeper, now=NOON)
    assert (twice.value.code, begun.value.code) == ("WITHDRAWN_ALREADY", "BEGUN_ALREADY")


def test_only_the_keeper_does_any_of_this(cast):
    route, kind, urgency = route_of(cast), cast.kinds["WATER-OUT"], cast.urgencies["ORDINARY"]
    later = TimeRule(code="RETURN", from_on=NEXT_MONTH)
    for act in (
        lambda: set_kind_words(kind, **WORDS, urgency=urgency, by=cast.leader, now=NOON),
        lambda: set_urgency_limits(urgency, limit=of("5W"), contact=of("1W"), **SOURCE, by=cast.leader, now=NOON),
        lambda: end_route(route, to_on=TODAY, source_zh="x", by=cast.leader, now=NOON),
        lambda: withdraw_route(route, by=cast.leader, now=NOON),
        lambda: withdraw_time_rule(later, by=cast.leader, now=NOON),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "NOT_YOUR_DUTY"
    assert whats() == []
