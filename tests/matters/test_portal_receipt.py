"""The receipt in the ear and in the pocket: each digit by itself, letters spelled, dashes as pauses."""

import re
from datetime import timedelta

import pytest

from tests.cast import NOON
from weimin.kernel import clock
from weimin.matters.models import Matter

pytestmark = pytest.mark.django_db

SPOKEN = {
    "zh-hans": "已收到。编号 Q S，二六零九，{serial}，{check}。查询码 {pin}。最迟 10 月 12 日（周一） 答复您。",
    "en": "We have it. Number Q S, two six zero nine, {serial}, {check}. PIN {pin}. Answer by Mon 12 Oct.",
}
DIGITS = {
    "zh-hans": "零幺二三四五六七八九",
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}


@pytest.fixture
def receipt(client, cast, settings, monkeypatch):
    """`receipt("en")`: the page after sending, in that language."""
    settings.RATE_LIMITS = False
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=1))

    def sent(language):
        client.cookies["django_language"] = language
        client.post("/file/", {"text": "停水。", "request": "HELP"})
        client.post("/file/kind/", {"kind": "WATER-OUT"})
        client.post("/file/where/", {"place": "990101101201"})
        client.post("/file/reach/", {"identity": "ANONYMOUS", "reach_by": "SMS"})
        key = client.get("/file/check/").context["draft"].key
        return client.get(client.post("/file/check/", {"key": key}).url)

    return sent


def said(digits, language):
    words, between = [DIGITS[language][int(digit)] for digit in digits], " " if language == "en" else ""
    return between.join(words)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_read_aloud_word_for_word(receipt, language):
    page = receipt(language)
    number, pin = Matter.objects.get().number, page.context["pin"]
    assert number.startswith("QS-2609-")  # the serial goes on where another test left it
    pause = ", " if language == "en" else "，"
    words = SPOKEN[language].format(
        serial=said(number[8:14], language),
        check=said(number[-1], language),
        pin=pause.join([said(pin[:3], language), said(pin[3:], language)]),
    )
    shown = re.search(r"data-spoken=\"([^\"]*)\"", page.content.decode())
    assert shown and shown[1] == words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_can_be_kept_as_a_file(client, receipt, language):
    page = receipt(language)
    number, pin = Matter.objects.get().number, page.context["pin"]
    kept = client.get(f"/my/{number}/receipt/save/")
    assert kept["Content-Disposition"] == f'attachment; filename="{number}.txt"'
    assert kept["Content-Type"] == "text/plain; charset=utf-8"
    assert kept.content.startswith(b"\xef\xbb\xbf")
    lines = kept.content.decode("utf-8-sig").splitlines()
    assert number in lines and pin in lines
    assert lines[-2 if "0900" in lines[-1] else -1].endswith(f"/follow/?number={number}")
    client.cookies.clear()
    assert client.get(f"/my/{number}/receipt/save/").url == f"/follow/?number={number}"
