"""A resident files in four pages without JavaScript, gets a receipt once, and comes back with it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from weimin.households.models import Resident
from weimin.kernel import clock
from weimin.ledger.models import Entry
from weimin.matters.models import Attachment, Matter
from weimin.matters.states import State

pytestmark = pytest.mark.django_db

WORDS = "村里的水管漏水三天了，请来修一修。"


@pytest.fixture(autouse=True)
def _calm(settings) -> None:
    settings.RATE_LIMITS = False


def photo() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    return SimpleUploadedFile("漏水.png", out.getvalue(), content_type="image/png")


def fill(client, cast, **reach) -> str:
    """Goes through pages 1 to 3; returns the hidden key of page 4."""
    assert client.post("/file/", {"text": WORDS, "request": "HELP"}).url == "/file/kind/"
    assert client.post("/file/kind/", {"kind": "WATER-OUT"}).url == "/file/where/"
    where = {"place": "990101101201", "address": "桥头", "files": [photo()]}
    assert client.post("/file/where/", where).url == "/file/reach/"
    said = {"identity": "HANDLER", "name": "王桂芳", "phone": "13900000001", "reach_by": "SMS", **reach}
    assert client.post("/file/reach/", said).url == "/file/check/"
    return client.get("/file/check/").context["draft"].key


def test_four_pages_make_one_matter_with_its_photo(client, cast):
    before = Entry.objects.count()
    sent = client.post("/file/check/", {"key": fill(client, cast)})
    matter = Matter.objects.get()
    assert sent.url == reverse("matters:receipt", args=[matter.number])
    assert (matter.text, matter.state, matter.place_code, matter.address) == (
        WORDS, State.RECEIVED, "990101101201", "桥头",
    )  # fmt: skip
    assert matter.resident.name == "王桂芳"
    assert Attachment.objects.get().media_type == "image/jpeg"
    assert Entry.objects.count() - before == 1
    page = client.get(sent.url)
    assert matter.number in page.content.decode()
    assert len(page.context["pin"]) == 6 and page.context["pin"] in page.content.decode()
    assert "style=" not in page.content.decode()


def test_a_double_click_makes_one_matter_and_one_receipt(client, cast):
    key = fill(client, cast)
    first, second = (client.post("/file/check/", {"key": key}).url for _click in range(2))
    assert first == second
    assert Matter.objects.count() == 1


def test_an_anonymous_resident_leaves_nothing(client, cast):
    client.post("/file/check/", {"key": fill(client, cast, identity="ANONYMOUS")})
    assert Matter.objects.get().resident is None
    assert Resident.objects.count() == 0


def test_without_a_way_to_be_reached_the_page_says_so_and_keeps_the_rest(client, cast):
    fill(client, cast)
    page = client.post("/file/reach/", {"identity": "HANDLER", "name": "王桂芳", "reach_by": "SMS"})
    assert list(page.context["form"].errors) == ["phone"]
    assert 'value="王桂芳"' in page.content.decode()


def test_a_refused_file_loses_nothing(client, cast):
    client.post("/file/", {"text": WORDS, "request": "HELP"})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    bad = SimpleUploadedFile("a.exe", b"MZ not a photo", content_type="image/png")
    page = client.post("/file/where/", {"place": "990101101201", "address": "桥头", "files": [bad]})
    assert list(page.context["form"].errors) == ["files"]
    assert client.session["matter_draft"]["place"] == "990101101201"
    assert client.session["matter_draft"]["text"] == WORDS


def test_a_page_opened_too_early_leads_to_the_first_that_is_missing(client, cast):
    assert client.get("/file/check/").url == "/file/"
    client.post("/file/", {"text": WORDS, "request": "HELP"})
    assert client.get("/file/reach/").url == "/file/kind/"


def receipt_of(client, cast) -> tuple[str, str]:
    url = client.post("/file/check/", {"key": fill(client, cast)}).url
    pin = client.get(url).context["pin"]
    client.cookies.clear()
    return Matter.objects.get().number, pin


def test_number_and_pin_open_it_and_nothing_else_does(client, cast):
    number, pin = receipt_of(client, cast)
    assert client.get(f"/my/{number}/").url == f"/follow/?number={number}"
    assert client.post("/follow/", {"number": number.lower().replace("-", " "), "pin": pin}).url == f"/my/{number}/"
    page = client.get(f"/my/{number}/")
    assert [line.act for line in page.context["happened"]] == ["RECEIVE"]
    assert [entry.what for entry in page.context["entries"]] == ["matter.receive"]
    assert page["Cache-Control"].count("no-store") == 1


def test_five_wrong_pins_lock_even_the_right_one(client, cast, monkeypatch):
    number, pin = receipt_of(client, cast)
    wrong = "000000" if pin != "000000" else "111111"
    for _try in range(5):
        page = client.post("/follow/", {"number": number, "pin": wrong})
        assert list(page.context["form"].errors) == ["pin"]
    assert list(client.post("/follow/", {"number": number, "pin": pin}).context["form"].errors) == ["__all__"]
    begun = clock.now()
    for minutes, told in ((13, ["__all__"]), (16, None)):
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(minutes=minutes))  # noqa: B023 -- used at once
        answer = client.post("/follow/", {"number": number, "pin": pin})
        assert (list(answer.context["form"].errors) if told else answer.context) == told
    client.post("/follow/leave/")
    assert client.post("/follow/", {"number": number, "pin": pin}).url == f"/my/{number}/"


def test_a_code_sent_to_the_phone_opens_it(client, cast):
    number, _pin = receipt_of(client, cast)
    client.post("/follow/", {"number": number, "send_code": "1"})
    notice = Matter.objects.get().resident.notices.order_by("-pk").first()
    assert (notice.channel, notice.address) == ("SMS", "13900000001")
    code = notice.body.split("验证码是 ")[1][:6]
    assert client.post("/follow/", {"number": number, "pin": code}).url == f"/my/{number}/"


def test_an_hour_later_the_receipt_is_asked_again(client, cast, monkeypatch):
    number, pin = receipt_of(client, cast)
    client.post("/follow/", {"number": number, "pin": pin})
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(f"/my/{number}/").url == f"/follow/?number={number}"


def test_a_file_is_for_its_resident_only(client, cast):
    number, pin = receipt_of(client, cast)
    address = f"/my/{number}/files/{Attachment.objects.get().pk}/"
    assert client.get(address).status_code == 404
    client.post("/follow/", {"number": number, "pin": pin})
    shown = client.get(address)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"


def test_english_pages_stand_too(client, cast):
    client.cookies["django_language"] = "en"
    key = fill(client, cast)
    client.post("/file/check/", {"key": key})
    assert Matter.objects.get().language == "en"
