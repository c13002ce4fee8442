"""Whoever finds writing hard may speak; files are counted aloud; a recording can be heard, a film is not taken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from weimin.kernel.refusal import Refused
from weimin.matters import uploads
from weimin.matters.models import Attachment, Matter

pytestmark = pytest.mark.django_db

HEAD = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08\x42\x82\x84webmB\x87\x81\x04"
SOUND, FILM = HEAD + b"\x86\x86A_OPUS" + bytes(400), HEAD + b"\x86\x85V_VP8\x86\x86A_OPUS" + bytes(400)


@pytest.fixture(autouse=True)
def _calm(settings) -> None:
    settings.RATE_LIMITS = False


def voice(data=SOUND, name="录音.webm") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="audio/webm")


def test_a_voice_note_alone_is_a_matter(client, cast):
    assert client.post("/file/", {"text": "", "request": "HELP", "voice": voice()}).url == "/file/kind/"
    assert client.session["matter_draft"]["text"] == "反映人录了一段话，请听录音。"
    page = client.get("/file/")
    (kept,) = page.context["kept_files"]
    assert f'<audio controls preload="none" src="/file/photo/{kept.sha256}/"' in page.content.decode()
    heard = client.get(f"/file/photo/{kept.sha256}/")
    assert (heard["Content-Type"], b"".join(heard.streaming_content)) == ("audio/webm", SOUND)
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    client.post("/file/where/", {"place": "990101101201"})
    client.post("/file/reach/", {"identity": "ANONYMOUS", "reach_by": "SMS"})
    client.post("/file/check/", {"key": client.get("/file/check/").context["draft"].key})
    file = Attachment.objects.get(matter=Matter.objects.get())
    assert (file.media_type, file.name, file.is_sound) == ("audio/webm", "录音.webm", True)


def test_neither_words_nor_voice_is_told_kindly(client, cast):
    page = client.post("/file/", {"text": " ", "request": "HELP"})
    assert page.context["form"].errors["text"] == ["请写下您遇到的事，一句话也可以；或者录一段话。"]


def test_a_recording_taken_out_again_no_longer_counts_as_words(client, cast):
    client.post("/file/", {"text": "", "request": "HELP", "voice": voice()})
    (kept,) = client.get("/file/").context["kept_files"]
    page = client.post("/file/", {"text": "", "request": "HELP", "remove": kept.sha256})
    assert list(page.context["form"].errors) == ["text"]
    assert client.session["matter_draft"]["files"] == []


def test_a_broken_recording_keeps_the_words(client, cast):
    page = client.post("/file/", {"text": "没水。", "request": "HELP", "voice": voice(b"MZ nothing one can hear")})
    assert list(page.context["form"].errors) == ["voice"]
    assert client.session["matter_draft"]["text"] == "没水。"


def test_a_film_is_not_a_recording(db):
    with pytest.raises(Refused) as refused:
        uploads.store(voice(FILM).file, name="a.webm")
    assert refused.value.code == "UNKNOWN_TYPE"


def test_the_seventh_file_is_refused_aloud_and_none_is_left_out_in_silence(client, cast):
    client.post("/file/", {"text": "没水。", "request": "HELP", "voice": voice()})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    more = [voice(SOUND + bytes([n]), f"{n}.webm") for n in range(6)]
    page = client.post("/file/where/", {"place": "990101101201", "address": "桥头", "files": more})
    assert page.context["form"].errors["files"] == [
        "连同已收好的，一件事最多 6 个文件。请先去掉几个，其余的可以以后补充。"
    ]
    assert len(client.session["matter_draft"]["files"]) == 1
    assert client.session["matter_draft"]["address"] == "桥头"
