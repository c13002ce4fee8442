"""What browsers and clients are made to send (R16, R17): forms from elsewhere, addresses to be led to, headers and
lines of the log to be broken into, XML that unpacks itself. Counts stand in docs/reliability.md.
"""

import logging
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from lxml import etree

from tests.harness import ROOT
from tests.staff import enter
from tests.web.test_matrix import addresses, body_of, built, here, path_of, reviewed
from weimin.county.duties import Duty
from weimin.county.models import Holding
from weimin.ledger.models import Entry
from weimin.matters.models import Event, Matter
from weimin.matters.partners import wire

__all__ = ["built", "here"]  # fixtures, used below by their names

ALL = list(addresses())
# Asked with a key or a signature, which no page of somebody else can send for its reader.
BY_KEY = ("api:", "matters:open311_", "notices:gateway_report", "matters:gateway_words")


@pytest.fixture
def browser(here):
    """An official who is signed in, in a browser that has a form of ours open somewhere."""
    post = here.cast.posts["WATER-02"]
    post.duties = [str(duty) for duty in Duty if duty != Duty.AUDIT]
    post.covers = here.cast.places["county"]
    post.save()
    assert Holding.objects.filter(post=post).exists()
    client = enter(Client(enforce_csrf_checks=True), here.cast.officials["sun"])
    client.get("/accounts/password/change/")
    return client


def takes_posts(name):
    return reviewed()[name, "POST"]["HANDLE"] not in ("-", "none") or name.startswith("matters:my")


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_no_form_of_somebody_else_is_taken(here, browser, origin):
    """Every address that takes a POST, from a page elsewhere: without our word, and with a word of their own."""
    asked, taken = 0, []
    for name, route, gaps in ALL:
        path = path_of(here, name, route, gaps)
        if name.startswith(BY_KEY) or not takes_posts(name):
            continue
        for token in (None, "x" * 64):
            headers = {"Origin": origin} if origin else {}
            if token:
                headers["X-CSRFToken"] = token
            sent = body_of(here, name)
            before = Event.objects.count(), Entry.objects.count(), Matter.objects.count()
            with transaction.atomic():
                answer = browser.generic("POST", path, headers=headers, **sent)
                after = Event.objects.count(), Entry.objects.count(), Matter.objects.count()
                transaction.set_rollback(True)
            asked += 1
            if answer.status_code not in (403, 405) or after != before:
                taken.append((name, answer.status_code))
    assert taken == []
    assert asked >= 160


def test_whoever_needs_no_word_of_ours_needs_a_key(here):
    """The other addresses that take a POST are refused to a browser that has everything but the key."""
    for name, route, gaps in ALL:
        exempt = getattr(resolve(path_of(here, name, route, gaps)).func, "csrf_exempt", False)
        if exempt:
            assert name.startswith(BY_KEY) or name in {"health_live", "health_ready", "api:nothing"}, name


# --- where one is led afterwards ------------------------------------------------------------------------------------

AWAY = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "/%2f/evil.example",
    "https://testserver@evil.example/", "https://testserver.evil.example/",
]  # fmt: skip


def leads_away(answer):
    where = answer.headers.get("Location", "")
    return bool(re.match(r"(?i)[\s\x00-\x1f]*([a-z][a-z0-9+.-]*:|[/\\]{2})", where)) and "testserver/" not in where


@pytest.mark.parametrize("where", AWAY)
def test_no_link_leads_out_of_the_house(cast, where):
    sent = {"login": "keeper", "password": "a long password for keeper", "next": where}
    signed_in = Client().post(f"/accounts/login/?next={where}", sent)
    signed_out = Client().post("/accounts/logout/", {"next": where})
    language = Client().post("/i18n/setlang/", {"language": "en", "next": where}, headers={"referer": where})
    li = enter(Client(), cast.officials["li"])
    back = li.post("/desk/matters/views/", {"query": where, "name": "x"})
    answers = [signed_in, signed_out, language, back]
    assert [answer.status_code for answer in answers] == [302] * 4
    assert [leads_away(answer) for answer in answers] == [False] * 4


# --- headers and lines of the log -----------------------------------------------------------------------------------

BROKEN = ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a%0d%0aX-Evil: 1", "a\u2028X-Evil: 1", "a\x00X-Evil: 1"]


@pytest.mark.parametrize("words", BROKEN, ids=range(len(BROKEN)))
def test_no_header_is_broken_into(cast, words):
    li = enter(Client(raise_request_exception=False), cast.officials["li"])
    answers = [
        li.get("/desk/matters/export.csv", {"queue": words}),
        li.get("/follow/", {"number": words}),
        li.get("/desk/matters/", {"q": words}),
        Client().post("/i18n/setlang/", {"language": words, "next": words}),
        Client().get("/api/v1/matters", headers={"Idempotency-Key": words.replace("\x00", ""), "X-Request-Id": "a"}),
        Client().get(f"/my/{words}/"),
    ]
    for answer in answers:
        assert answer.status_code < 500
        assert "X-Evil" not in answer.headers
        assert not [value for value in answer.headers.values() if re.search(r"[\r\n\x00]", value)]


LOGGED = ["\r\nINFO a made-up line", "\nERROR weimin nobody was here", "\x1b[2K\x1b[1A", "\u2028made up", "%s%n{0}"]


@pytest.mark.parametrize("words", LOGGED, ids=range(len(LOGGED)))
def test_no_line_of_the_log_is_made_up(cast, words, caplog):
    """Each line is one line, whatever stands in address, host, agent or name."""
    root = logging.getLogger()
    (lines,) = [handler.formatter for handler in root.handlers if type(handler.formatter).__name__ == "Lines"] or [None]
    with caplog.at_level(logging.INFO):
        Client().get(f"/nowhere/{words}", headers={"user-agent": words, "referer": words})
        Client().post("/accounts/login/", {"login": words, "password": "x"})
        Client().get("/api/v1/matters", headers={"Authorization": f"Bearer {words}"})
    assert caplog.records
    for record in caplog.records:
        told = lines.format(record) if lines else record.getMessage()
        assert not re.search(r"[\r\n\x1b\u2028]", told.rstrip("\n"))
        assert "made-up" not in told and "nobody was here" not in told


# --- XML ------------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
XML = {
    "billion laughs": f"<!DOCTYPE a [{LAUGHS}]><a>&l9;</a>",
    "quadratic": f'<!DOCTYPE a [<!ENTITY q "{"x" * 50_000}">]><a>{"&q;" * 1000}</a>',
    "external entity": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    "external DTD": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]><a/>',
    "plain DTD": "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
}


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize("content_type", ["application/xml", "text/xml"])
def test_xml_is_written_here_and_never_read(cast, monkeypatch, kind, content_type):
    """Open311 speaks XML and hears forms: nothing of ours parses what is sent. A parser would be caught here."""

    def parsed(*_args, **_kwargs):
        raise AssertionError("XML that was sent is being parsed")

    for name in ("fromstring", "parse", "XML", "XMLParser", "iterparse"):
        monkeypatch.setattr(etree, name, parsed)
    sent = f'<?xml version="1.0"?>{XML[kind]}'
    for path in ("/open311/v2/requests.xml", "/open311/v2/servicerequestupdates.xml", "/api/v1/matters",
                 "/gateways/first/words", "/follow/"):  # fmt: skip
        answer = Client().post(path, sent, content_type=content_type)
        assert answer.status_code in (400, 401, 403, 200), path
        assert b"root:" not in answer.content and b"haha" not in answer.content


WRITTEN = {
    "plainly": lambda text: text.encode(),
    "in UTF-16": lambda text: text.encode("utf-16-le"),
    "far down": lambda text: f"<!-- {'x' * 2000} -->{text}".encode(),
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("kind", XML)
def test_what_another_city_answers_is_read_without_what_it_defines(monkeypatch, kind, written):
    """The one place that reads XML: nothing is expanded, nothing fetched, and the whole answer is refused."""
    monkeypatch.setattr("socket.socket.connect", lambda *_args: pytest.fail("something is being fetched"))
    with pytest.raises((ValueError, etree.XMLSyntaxError)):
        wire._rows(WRITTEN[written](XML[kind]))


def test_no_other_room_reads_xml():
    """Whoever begins to puts the six kinds before it, as above."""
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "weimin").rglob("*.py")
        if re.search(r"etree\.(fromstring|parse|XML|iterparse)|xml\.(sax|dom|etree)|ElementTree", path.read_text())
    }
    assert found == {"weimin/matters/partners/wire.py"}


def test_what_we_write_in_xml_says_no_more_than_was_sent(cast):
    words = '<!DOCTYPE a [<!ENTITY b "c">]><b>&b; ]]> & </request>'
    cast.kinds["WATER-OUT"].name_zh = words[:60]
    cast.kinds["WATER-OUT"].save()
    answer = Client().get("/open311/v2/services.xml")
    names = [node.text for node in etree.fromstring(answer.content).iter("service_name")]
    assert words[:60] in names
