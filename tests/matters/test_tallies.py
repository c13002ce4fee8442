"""Running counts as the pages read them."""

import pytest

from weimin.matters.models import Tally
from weimin.matters.tallies import of_offices

pytestmark = pytest.mark.django_db


def test_the_months_of_offices_and_of_no_other(django_assert_num_queries):
    kept = {
        "office_month:5:2510:answered": 9, "office_month:5:2511:answered": 1, "office_month:5:2610:received": 2,
        "office_month:5:2611:received": 8, "office_month:52:2512:answered": 3, "office_month:525:2601:answered": 4,
        "office_month:6:2512:answered": 7, "month:2512:answered": 6,
    }  # fmt: skip
    Tally.objects.bulk_create([Tally(key=key, slot=slot, n=n) for key, n in kept.items() for slot in (0, 1)])
    with django_assert_num_queries(1):
        found = sorted(of_offices([5, 52, 525], first="2511", last="2610"))
    assert found == [
        (5, "2511", "answered", 2), (5, "2610", "received", 4), (52, "2512", "answered", 6),
        (525, "2601", "answered", 8),
    ]  # fmt: skip


def test_no_office_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(of_offices([], first="2511", last="2610")) == []
