"""Files by REST: the same rules as everywhere, the gate of the desk, and a retry that may draw another boundary."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from PIL import Image

from tests.cast import NOON
from tests.matters.test_api import NEW, ROOT, as_post, problem  # noqa: F401 -- a fixture is found by its name
from weimin.households.models import Reading
from weimin.ledger.models import Entry
from weimin.matters import numbering
from weimin.matters.models import Attachment, Event, Matter
from weimin.matters.states import State


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)


def photo(name="漏水.png", colour="blue"):
    """A photo that says where it was taken, until we take it."""
    image, out = Image.new("RGB", (40, 30), colour), BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Aunt Wang"
    image.save(out, "PNG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/x-anything")


def send(as_who, number, *, boundary="one", key="k1", **parts):
    return as_who.client.post(
        f"{ROOT}/matters/{number}/files",
        encode_multipart(boundary, parts),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=as_who.headers | {"Idempotency-Key": key},
    )


def test_a_photo_is_added_right_after_the_matter_and_read_through_the_gate_of_the_desk(cast, as_post):  # noqa: F811
    li = as_post("li")
    number = li.post("/matters", NEW).json()["number"]
    added = send(li, number, files=[photo()], words="井边也漏")
    (file,) = added.json()["files"]
    assert (added.status_code, added["ETag"]) == (201, f'"{number}.2"')
    assert {name: file[name] for name in ("name", "media_type", "width", "height", "by", "internal")} == {
        "name": "漏水.png", "media_type": "image/jpeg", "width": 40, "height": 30, "by": "official", "internal": False,
    }  # fmt: skip
    detail = li.get(f"/matters/{number}").json()
    assert [row["sha256"] for row in detail["files"]] == [file["sha256"]]
    assert [(row["act"], row["words"], row["data"]) for row in detail["timeline"]][-1] == (
        "NOTE", "井边也漏", {"files": [file["sha256"]]},
    )  # fmt: skip
    shown = li.get(f"/matters/{number}/files/{file['id']}")
    data = b"".join(shown.streaming_content)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"], data[:2]) == ("image/jpeg", "nosniff", b"\xff\xd8")
    assert b"Camera of Aunt Wang" not in data
    assert Reading.objects.order_by("-pk").first().fields == "照片和文件"
    zhao = as_post("zhao")
    assert problem(zhao.get(f"/matters/{number}/files/{file['id']}")) == (404, "NOT_FOUND")
    assert problem(send(zhao, number, files=[photo()])) == (404, "NOT_FOUND")
    other = cast.matter(State.HANDLED)
    assert problem(li.get(f"/matters/{other.number}/files/{file['id']}")) == (404, "NOT_FOUND")


def test_a_retry_with_another_boundary_gets_the_first_answer_byte_for_byte(cast, as_post):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    first = send(sun, number, boundary="one", files=[photo()], words="现场照片")
    again = send(sun, number, boundary="another", files=[photo()], words="现场照片")
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert (Attachment.objects.count(), Event.objects.filter(act="NOTE").count()) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [{"files": [photo(colour="red")]}, {"files": [photo(name="别的.png")]}, {"words": "别的话"}, {"internal": "true"}],
)
def test_another_payload_under_the_same_key_is_told(cast, as_post, change):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    sent = {"files": [photo()], "words": "现场照片"}
    send(sun, number, **sent)
    sent["files"][0].seek(0)
    assert problem(send(sun, number, **sent | change)) == (422, "KEY_REUSED")
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([SimpleUploadedFile("a.png", b"MZ not a photo", content_type="image/png")], "UNKNOWN_TYPE"),
        ([SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0 half a photo", content_type="image/jpeg")], "BROKEN_FILE"),
        ([SimpleUploadedFile("a.jpg", b"", content_type="image/jpeg")], "EMPTY_FILE"),
        ([SimpleUploadedFile("a.pdf", b"%PDF-1.4" + b"0" * 10 * 1024 * 1024)], "TOO_LARGE"),
        ([photo(colour=colour) for colour in ("red", "blue", "green", "white", "black", "gray", "pink")],
         "TOO_MANY_FILES"),
        ([], "INVALID"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_names_its_field_and_leaves_nothing(cast, as_post, files, code):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    before = (Event.objects.count(), Entry.objects.count())
    answer = send(sun, number, files=files)
    assert problem(answer) == (422, code)
    assert [error["field"] for error in answer.json()["errors"]] == ["files"]
    assert (Event.objects.count(), Entry.objects.count(), Attachment.objects.count()) == (*before, 0)


def test_what_officials_attach_among_themselves_is_not_the_residents(cast, as_post, client, settings):  # noqa: F811
    settings.RATE_LIMITS = False
    matter = cast.matter(State.HANDLED)
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, "123456"))
    send(as_post("sun"), matter.number, files=[photo("内部.png")], words="内部", internal="true")
    (file,) = Attachment.objects.all()
    client.post("/follow/", {"number": matter.number, "pin": "123456"})
    assert "内部.png" not in client.get(f"/my/{matter.number}/").content.decode()
    assert client.get(f"/my/{matter.number}/files/{file.pk}/").status_code == 404


def test_without_a_key_not_even_the_parts_are_read(cast, as_post):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    assert problem(send(sun, number, key="")) == (400, "KEY_MISSING")


def test_an_old_version_takes_no_file(cast, as_post):  # noqa: F811
    sun, number = as_post("sun"), cast.matter(State.HANDLED).number
    sun.headers["If-Match"] = f'"{number}.1"'
    assert problem(send(sun, number, files=[photo()])) == (412, "CHANGED")
    assert Attachment.objects.count() == 0


PART = b'--one\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n'


@pytest.mark.parametrize(
    ("body", "status"),
    [(PART + b"\r\n%PDF--one" + bytes(5000) + b"\r\n--one--\r\n", 400), (b"nothing of a form", 422), (PART, 422)],
    ids=["the boundary stands in the file", "no part", "cut off"],
)
def test_a_torn_form_is_told_and_is_not_our_fault(cast, as_post, body, status):  # noqa: F811
    li = as_post("li")
    number = li.post("/matters", NEW).json()["number"]
    answer = li.client.post(
        f"{ROOT}/matters/{number}/files",
        body,
        content_type="multipart/form-data; boundary=one",
        headers=li.headers | {"Idempotency-Key": "k1"},
    )
    assert problem(answer)[0] == status
    assert Attachment.objects.count() == 0
