"""Nothing of one county is shown in another to who asks for it by its names, and no other way leads there either.

Beside the addresses and bodies of test_two_counties.py: filters, headers, number and PIN, repeats, files, gateways.
"""

import json

import pytest
from django.test import Client

from tests.cast import NOON
from tests.notices.outside import SECRET, signed
from tests.web.across import both, counties, county_b, knock, leaks
from tests.web.doors import PIN
from tests.web.neighbour import HOSTS, MARK, drafted_photo
from tests.web.test_matrix import word
from weimin.county.context import use_county
from weimin.matters.models import Attachment
from weimin.notices.carriers.marks import mark_of
from weimin.notices.carriers.texts import Texts
from weimin.notices.models import Notice
from weimin.notices.outside import SmsGateway

__all__ = ["both", "counties", "county_b"]  # fixtures, used below by their names

# --- in the query ---------------------------------------------------------------------------------------------------

# What is asked in Qingshan with the names of Baihe, and where it is not 200: nothing of Baihe is ever shown.
DESK, REST, GEO = "/desk/matters/", "/api/v1/", "/open311/v2/"
# Found at home too, but not told in words of its residents; people are looked for by the beginning of their name.
WORDLESS = ("/follow/", "servicerequestupdates", f"{REST}board", "residents/?q={part}")
ASKED = [
    f"{DESK}?queue=all&kind=BWATER-OUT", f"{DESK}?queue=all&township=990102101", f"{DESK}?queue=all&urgency=BORDINARY",
    f"{DESK}?queue=all&q={{number}}", f"{DESK}?queue=all&q={{part}}", f"{DESK}?queue=all&county=990102",
    f"{DESK}export.csv?queue=all&q={{part}}", f"{DESK}export.csv?queue=all&kind=BWATER-OUT",
    f"{DESK}find/kinds/?q={{part}}", f"{DESK}find/places/?q=990102", f"{DESK}find/residents/?q={{part}}",
    f"{DESK}find/residents/?q=1398888", f"{DESK}{{own}}/answer/?template={{template}}",
    f"{DESK}{{own}}/answer/?article=BWATER-OUT", f"{DESK}hand-over/?giver={{post}}", "/board/?kind=BWATER-OUT",
    "/board/?place=990102101201", "/board/?q={part}", "/board/map/?kind=BWATER-OUT", "/knowledge/?q={part}",
    "/services/?q={part}", "/follow/?number={number}", "/doing/?township=990102101",
    f"{REST}matters?place=990102101201", f"{REST}matters?kind=BWATER-OUT", f"{REST}matters?office=BWATER",
    f"{REST}matters?q={{part}}", f"{REST}matters?q={{number}}", f"{REST}board?place=990102101201",
    f"{REST}articles?q={{part}}", f"{GEO}requests.json?service_request_id={{number}}",
    f"{GEO}requests.json?service_code=BWATER-OUT", f"{GEO}requests.json?jurisdiction_id=990102",
    f"{GEO}services.json?jurisdiction_id=990102", f"{GEO}servicerequestupdates.json?jurisdiction_id=990102",
]  # fmt: skip


def ask(at, asked, *, by):
    here = at if at is by else by
    path = asked.format(
        number=at.world.number("PUBLISHED"), part=MARK[1:], template=at.template, own=here.world.number("HANDLED"),
        post=at.world.cast.posts["WATER-02"].pk,
    )  # fmt: skip
    return path, "api:" if path.startswith(REST) else ""


@pytest.mark.parametrize("asked", ASKED)
def test_asking_for_what_is_of_baihe_shows_nothing_of_it(counties, asked):
    here, there = counties
    path, kind = ask(there, asked, by=here)
    answer = knock(here, path, "GET", kind, by=here)
    wrong_filter = "export.csv?queue=all&kind" in asked
    assert answer.status_code == (400 if wrong_filter else 404 if "jurisdiction" in asked else 200)
    assert leaks(answer) == []


@pytest.mark.parametrize("asked", ASKED)
def test_at_home_the_same_question_finds_it(counties, asked):
    """The control. Numbers, and lists that hold no words, are shown in other ways."""
    _here, there = counties
    path, kind = ask(there, asked, by=there)
    answer = knock(there, path, "GET", kind, by=there)
    assert answer.status_code == 200
    assert bool(leaks(answer)) == (not any(plain in asked for plain in WORDLESS))


# --- in other headers, and by number and PIN ------------------------------------------------------------------------


def test_number_and_pin_of_baihe_are_told_like_a_number_nobody_has(counties):
    here, there = counties
    said = {}
    for number in (there.world.number("HANDLED"), here.world.number("HANDLED").replace("QS", "BH")):
        answer = knock(here, "/follow/", "POST", "", by=None, body={"number": number, "pin": PIN})
        said[number] = (answer.status_code, [str(e) for e in answer.context["form"].errors.get("pin", [])])
        assert (leaks(answer), answer.changed) == ([], [])
    assert said[there.world.number("HANDLED")] == (200, ["编号和查询码对不上。请对照回执再填一遍。"])


def test_no_code_is_sent_to_a_resident_of_baihe_from_qingshan(counties):
    here, there = counties
    body = {"number": there.world.number("HANDLED"), "send_code": "yes"}
    assert knock(there, "/follow/", "POST", "", by=None, body=body).changed == ["990102 Notice"]
    assert knock(here, "/follow/", "POST", "", by=None, body=body).changed == []


def test_the_same_idempotency_key_in_baihe_replays_nothing_of_it(counties):
    here, there = counties
    first = knock(there, "/api/v1/matters", "POST", "api:", by=there, body=there.body("api:receive"), undo=False)
    other = knock(here, "/api/v1/matters", "POST", "api:", by=here, body=here.body("api:receive"))
    assert (first.status_code, other.status_code) == (201, 201)
    numbers = [json.loads(answer.read)["number"][:2] for answer in (first, other)]
    assert numbers == ["BH", "QS"]
    assert "Idempotency-Replayed" not in other.headers
    assert not [name for name in other.changed if name.startswith("990102")]


def test_the_version_of_a_matter_of_baihe_is_the_version_of_nothing_here(counties):
    here, there = counties
    number = here.world.number("HANDLED")
    etag = f'"{there.world.number("HANDLED")}.4"'
    answer = knock(here, f"/api/v1/matters/{number}/note", "POST", "api:", by=here, body={"words": "去看过"},
                   **{"If-Match": etag})  # fmt: skip
    assert (answer.status_code, answer.changed) == (412, [])


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
def test_no_other_header_leads_into_baihe(counties, header):
    here, there = counties
    value = {"Forwarded": f"host={HOSTS[there.code]}", "X-Original-URL": "/api/v1/matters"}
    path = f"/api/v1/matters/{there.world.number('HANDLED')}"
    headers = {header: value.get(header, HOSTS[there.code])}
    answer = knock(here, path, "GET", "api:", by=here, **headers)
    assert (word(answer), leaks(answer), answer.changed) == ("none", [], [])


def test_a_file_of_baihe_is_not_there_by_its_digest_either(counties):
    """Files lie by county: a row that names the digest of a file of Baihe opens nothing."""
    here, there = counties
    with use_county(there.code):
        theirs = drafted_photo(there.code).sha256
    with use_county(here.code):
        own = Attachment.objects.get()
        Attachment.objects.filter(pk=own.pk).update(sha256=theirs)
    path = f"/desk/matters/{own.matter.number}/files/{own.pk}/"
    assert word(knock(here, path, "GET", "", by=here)) == "none"
    assert word(knock(here, f"/file/photo/{theirs}/", "GET", "", by=here)) == "none"
    assert word(knock(there, f"/file/photo/{theirs}/", "GET", "", by=there)) == "yes"


@pytest.fixture
def gateway(settings):
    settings.SMS_GATEWAYS = [SmsGateway(name="first", url="http://127.0.0.1:1/", key="k", secret=SECRET)]
    return settings.SMS_GATEWAYS[0]


def test_a_gateway_cannot_report_here_on_a_message_of_baihe(counties, gateway):
    here, there = counties
    with use_county(there.code):
        notice = Notice.objects.order_by("pk").first()
        mark = mark_of(notice.pk, carrier=Texts(gateway).name)
    body = json.dumps({"id": mark, "state": "failed", "reason": MARK}).encode()
    answers = []
    for county in (here, there):
        headers = {"host": HOSTS[county.code], **signed(body, message_id="m", at=NOON)}
        told = Client().post("/gateways/first/reports", body, "application/json", headers=headers)
        answers.append(told.status_code)
    assert answers == [404, 204]
