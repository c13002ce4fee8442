"""A full disk is told as what it is, 507 with a sentence; nothing is kept by half, and the next try goes through."""

import os
import sqlite3
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection

from tests.cast import NOON
from tests.faults import database_full, no_space
from tests.matters.test_api import NEW, ROOT, as_post, problem  # noqa: F401 -- a fixture is found by its name
from tests.matters.test_api_files import photo, send
from tests.matters.test_open311 import error_of, key, words  # noqa: F401 -- a fixture is found by its name
from weimin.county.models import AnsweredRequest
from weimin.county.trouble import status_of
from weimin.kernel.chosen import current_code
from weimin.ledger.models import Entry
from weimin.matters import uploads
from weimin.matters.models import Attachment, Matter

LARGE = 3 * 1024 * 1024  # larger than what is held in memory: it goes through the folder for passing files


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    settings.UPLOADS, settings.RATE_LIMITS = tmp_path / "uploads", False


def kept(settings):
    return sorted(path.name for path in Path(settings.UPLOADS).rglob("*") if path.is_file() and path.name != "lock")


def test_a_database_without_room_keeps_nothing_and_says_so(cast, as_post):  # noqa: F811
    li = as_post("li")
    before = Entry.objects.count()
    with database_full():
        answer = li.post("/matters", NEW, Idempotency_Key="wang-1")
    assert (*problem(answer), answer["Retry-After"]) == (507, "NO_ROOM", "30")
    assert "没有保存任何内容" in answer.json()["detail"]
    assert (Matter.objects.count(), AnsweredRequest.objects.count(), Entry.objects.count()) == (0, 0, before)
    assert li.post("/matters", NEW, Idempotency_Key="wang-1").status_code == 201


@pytest.mark.sqlite  # which alone can be told how large it may grow
@pytest.mark.django_db(transaction=True)
def test_sqlite_that_may_not_grow_says_no_room_itself(cast, as_post):  # noqa: F811
    li = as_post("li")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1")
    try:
        answers = [li.post("/matters", NEW) for _one in range(40)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    told = {(answer.status_code, answer.json().get("code")) for answer in answers}
    assert told == {(201, None), (507, "NO_ROOM")}
    assert Matter.objects.count() == sum(answer.status_code == 201 for answer in answers)
    assert li.post("/matters", NEW).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_is_uncertain_and_never_told_as_not_saved(cast, as_post, monkeypatch):  # noqa: F811
    li = as_post("li")
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def broken():
        raise OperationalError("no room") from full

    monkeypatch.setattr(connection, "_commit", broken)
    answer = li.post("/matters", NEW)
    assert problem(answer) == (503, "UNCERTAIN")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_photo_that_finds_no_room_leaves_nothing_behind(cast, as_post, monkeypatch, settings, call):  # noqa: F811
    li = as_post("li")
    number = li.post("/matters", NEW).json()["number"]
    with monkeypatch.context() as broken:
        broken.setattr(os, call, no_space)
        answer = send(li, number, files=[photo()])
    assert problem(answer) == (507, "NO_ROOM")
    assert "文字不受影响" in answer.json()["detail"]
    assert (kept(settings), Attachment.objects.count()) == ([], 0)
    assert send(li, number, files=[photo()]).status_code == 201
    assert kept(settings) == [Attachment.objects.get().sha256]


def test_a_name_that_was_not_durable_is_made_so_when_the_file_is_sent_again(
    cast,
    as_post,  # noqa: F811
    monkeypatch,
    settings,
):
    """The folder's fsync failed after the rename: the file stands, but only the next fsync makes its name stay."""
    li, synced = as_post("li"), []
    number = li.post("/matters", NEW).json()["number"]
    real = os.fsync

    def folders_fail(opened):
        if os.path.isdir(f"/proc/self/fd/{opened}"):
            no_space()
        real(opened)

    def noted(opened):
        synced.append(os.path.isdir(f"/proc/self/fd/{opened}"))
        real(opened)

    assert send(li, number, files=[photo(colour="red")], key="k0").status_code == 201  # the folders are there
    folder = Path(settings.UPLOADS) / current_code()
    monkeypatch.setattr(uploads, "path_of", lambda sha256: folder / sha256)
    monkeypatch.setattr(os, "fsync", folders_fail)
    assert send(li, number, files=[photo()], key="k1").status_code == 507
    monkeypatch.setattr(os, "fsync", noted)
    assert send(li, number, files=[photo()], key="k1").status_code == 201
    assert synced == [True]  # the file was whole already; its folder alone is synced


def test_a_large_file_that_finds_no_room_for_passing_files_is_told_so(cast, as_post, monkeypatch):  # noqa: F811
    li = as_post("li")
    number = li.post("/matters", NEW).json()["number"]
    pdf = SimpleUploadedFile("图纸.pdf", b"%PDF-1.4\n" + bytes(LARGE), content_type="application/pdf")
    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.temp.NamedTemporaryFile", lambda **_how: no_space())
        answer = send(li, number, files=[pdf])
    assert problem(answer) == (507, "NO_ROOM")


def test_the_portal_keeps_the_words_and_says_that_the_photo_was_not(cast, client, monkeypatch):
    client.post("/file/", {"text": "村里的水管漏水三天了，请来修一修。", "request": "HELP"})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    monkeypatch.setattr(os, "fsync", no_space)
    page = client.post("/file/where/", {"place": "990101101201", "address": "桥头", "files": [photo()]})
    assert page.context["form"].errors["files"] == [
        "服务器的存储空间满了，文件没有传上去，文字不受影响。请过一会儿再传。"
    ]
    assert client.post("/file/where/", {"place": "990101101201", "address": "桥头"}).url == "/file/reach/"


def test_a_page_says_that_there_is_no_room_and_when_to_come_back(cast, client):
    client.raise_request_exception = False
    with database_full():
        page = client.post("/file/", {"text": "村里的水管漏水三天了，请来修一修。", "request": "HELP"})
    assert (page.status_code, page["Retry-After"]) == (507, "30")
    assert "存储空间满了" in page.content.decode() and "507" in page.content.decode()


def test_geo_report_says_so_in_its_own_shape(cast, client, key):  # noqa: F811
    with database_full():
        answer = client.post(f"{ROOT.replace('api/v1', 'open311/v2')}/requests.xml", words(key))
    assert (answer.status_code, answer["Retry-After"]) == (507, "30")
    assert error_of(answer) == [("507", "服务器的存储空间满了，没有保存任何内容。请过一会儿再发一次。")]
    assert Matter.objects.count() == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("the server closed the connection"), 503),
        (InterfaceError("the connection is closed"), 503),
        (OSError(5, "Input/output error"), 500),
        (ValueError("ours"), 500),
        (None, 500),
    ],
)
def test_what_passes_by_itself_is_told_apart_from_our_fault(error, status):
    assert status_of(error) == status
