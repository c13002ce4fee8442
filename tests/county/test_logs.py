"""Lines for the operator: one form, a number for every request, and nothing of a person in any of them."""

import json
import logging
import sys

import pytest
from django.test import Client, RequestFactory

from tests.cast import NOON
from weimin.county.context import UnknownCounty
from weimin.county.logs import Lines
from weimin.county.logs.lines import bare
from weimin.kernel.refusal import Refused


def line(message="matter %s", *args, logger="weimin.test", error=None, as_json=True, **extra):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(logger, logging.WARNING, __file__, 1, message, args, info)
    record.created = NOON.timestamp()
    vars(record).update(extra)
    said = Lines(as_json=as_json).format(record)
    return json.loads(said) if as_json else said


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()[1]


def test_a_line_of_ours_is_one_json_object():
    assert line("matter %s", "QS-2609-000123-7", facts={"notice": 7}) == {
        "at": "2026-09-29T04:00:00.000+00:00",
        "level": "warning",
        "logger": "weimin.test",
        "event": "matter QS-2609-000123-7",
        "county": "990101",
        "notice": 7,
    }


def test_on_a_terminal_it_is_words():
    said = line("matter %s", "QS-2609-000123-7", as_json=False, facts={"notice": 7})
    assert said == "04:00:00 warning matter QS-2609-000123-7 county=990101 notice=7 [weimin.test]"


def test_of_strangers_lines_only_the_sentence_is_kept():
    assert line("Locking out %s", "zhang from 203.0.113.7", logger="axes.handlers")["event"] == "Locking out %s"


def test_djangos_lines_name_the_address_with_its_gaps_open():
    request = RequestFactory().get("/my/QS-2609-000123-7/?pin=123456")
    said = line("Not Found: %s", request.path, logger="django.request", request=request, status_code=404)
    assert said["event"] == "404 (no such address)"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("王桂芳 called", "… called"),
        ("to 13900000001 and 139 0000 0001", "to … and …"),
        ("0431-12345678", "0431-…"),
        ("wang@example.com", "…"),
        ("pin 123456.", "pin …."),
        ("key wr_abcdefgh12345", "key …"),
        ("postgresql://weimin:secret@127.0.0.1/weimin", "postgresql://…@127.0.0.1/weimin"),
        ("22010119800101123X", "…"),
        ("matter QS-2609-000123-7 and notice 123456", "matter QS-2609-000123-7 and notice 123456"),
    ],
)
def test_what_looks_like_a_persons_is_left_out(words, left):
    assert bare(words) == left


def test_an_error_tells_its_kind_and_place_and_not_its_words():
    error = line("it failed", error=raised(ValueError("no number: Wang Guifang")))["error"]
    assert error["type"] == "builtins.ValueError"
    assert "says" not in error
    assert error["at"][-1].startswith("tests/county/test_logs.py:")
    assert error["at"][-1].endswith(" raised")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (AttributeError("'NoneType' object has no attribute 'name'"), "'NoneType' object has no attribute 'name'"),
        (OSError(28, "No space left on device", "/home/王桂芳.txt"), "No space left on device"),
        (UnknownCounty("county_990109 does not exist"), "county_990109 does not exist"),
        (Refused("NOT_NOW", "这件事现在不能办。"), "NOT_NOW"),
        (Exception("UNIQUE constraint failed: matters_matter.number"),
         "UNIQUE constraint failed: matters_matter.number"),
        (Exception("Key (phone)=(13900000001) already exists"), None),
    ],
)  # fmt: skip
def test_words_that_can_hold_no_person_are_told(error, says):
    assert line("it failed", error=raised(error))["error"].get("says") == says


def test_what_an_error_came_of_is_told_too():
    try:
        try:
            raise KeyError("Wang Guifang")
        except KeyError as first:
            raise LookupError("nobody") from first
    except LookupError as second:
        told = line("it failed", error=second)["error"]
    assert (told["type"], told["because"]["type"]) == ("builtins.LookupError", "builtins.KeyError")
    assert "Guifang" not in json.dumps(told)


def test_every_answer_has_a_number_of_its_own(db):
    first, second = Client().get("/health/live"), Client().get("/no/such/page", headers={"X-Request-ID": "mine"})
    numbers = {first.headers["X-Request-ID"], second.headers["X-Request-ID"]}
    assert {len(number) for number in numbers} == {16} and len(numbers) == 2


def test_the_line_of_a_request_carries_the_number_of_its_answer(cast, caplog):
    with caplog.at_level(logging.INFO, "weimin.county.logs"):
        answer = Client().get("/desk/matters/QS-2609-000123-7/")
    (record,) = (one for one in caplog.records if one.name == "weimin.county.logs.middleware")
    assert record.getMessage() == "GET /desk/matters/<str:number>/"
    facts = {name: value for name, value in record.facts.items() if name != "ms"}
    assert facts["status"] == answer.status_code == 302
    assert facts["matter"] == "QS-2609-000123-7"


def test_what_somebody_typed_in_place_of_a_number_is_not_written_down(cast, caplog):
    with caplog.at_level(logging.INFO, "weimin.county.logs"):
        Client().get("/my/13900000001/")
    (record,) = (one for one in caplog.records if one.name == "weimin.county.logs.middleware")
    assert record.facts["matter"] == ""


def test_the_page_that_says_we_failed_names_the_number(db, monkeypatch):
    def breaks(**_when):
        raise ZeroDivisionError

    monkeypatch.setattr("weimin.web.pages.home.figures.by_month", breaks)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.content.decode()
