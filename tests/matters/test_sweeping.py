"""Photos of drafts that were never sent are swept; what a row or a draft names stays, however old."""

import fcntl
import os
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import NOON
from weimin.county.context import use_county
from weimin.matters import uploads
from weimin.matters.tasks import sweep_uploads

WEEK = uploads.KEPT_UNNAMED


@pytest.fixture(autouse=True)
def _own_folder(cast, settings, tmp_path, monkeypatch):
    settings.UPLOADS = tmp_path
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)


def photo(colour):
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def stored(colour, *, age):
    upload = uploads.store(BytesIO(photo(colour)), name=f"{colour}.png")
    grow_old(uploads.path_of(upload.sha256), age)
    return upload


def grow_old(path, age):
    moment = (NOON - age).timestamp()
    os.utime(path, (moment, moment))


def there(upload):
    return uploads.path_of(upload.sha256).exists()


def write_a_draft(client, colour):
    """Aunt Wang picks a photo and goes no further."""
    client.post("/file/", {"text": "我家停水两天了，请尽快来修。", "request": "HELP"})
    client.post("/file/kind/", {"kind": "WATER-OUT"})
    file = SimpleUploadedFile("a.png", photo(colour), "image/png")
    client.post("/file/where/", {"place": "990101101201", "files": [file]})


def all_files():
    return [path for path in Path(uploads.settings.UPLOADS).glob("*/??/*")]


def test_only_what_is_old_and_named_by_nothing_goes(cast):
    attached = stored("red", age=timedelta(days=400))
    cast.matter(uploads=(attached,))
    old, older = stored("blue", age=WEEK + timedelta(seconds=1)), stored("gray", age=WEEK * 9)
    young = stored("green", age=WEEK - timedelta(seconds=1))
    assert sweep_uploads(now=NOON) == 2
    assert [there(one) for one in (attached, young, old, older)] == [True, True, False, False]
    assert sweep_uploads(now=NOON) == 0


def test_a_draft_that_lies_open_keeps_its_photo_and_loses_it_with_the_session(settings):
    client = Client()
    write_a_draft(client, "yellow")
    (path,) = all_files()
    grow_old(path, WEEK * 2)
    later = NOON + timedelta(days=30)
    session = client.session
    session.set_expiry(later)
    session.save()
    assert sweep_uploads(now=NOON) == 0
    assert path.exists()
    assert sweep_uploads(now=later) == 1
    assert all_files() == []


def test_a_photo_sent_anew_is_young_again(cast):
    upload = stored("blue", age=WEEK * 2)
    uploads.store(BytesIO(photo("blue")), name="again.png")
    assert sweep_uploads(now=NOON) == 0
    assert there(upload)


def test_what_a_crash_left_half_written_goes_too(cast):
    half = uploads.path_of("a" * 64).with_suffix(".7.abcd.part")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    grow_old(half, WEEK * 2)
    assert sweep_uploads(now=NOON) == 1
    assert not half.exists()


def test_a_photo_sent_while_it_is_being_swept_is_not_lost(cast):
    """The sweeper has chosen it and waits for the lock; the resident sends it anew; the sweeper looks again."""
    upload = stored("blue", age=WEEK * 2)
    folder = uploads.path_of(upload.sha256).parent.parent
    swept = []
    county = uploads.current_code()
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def sweep():
            with use_county(county):
                swept.append(uploads.sweep(named=set(), now=NOON))

        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        sweeper.join(0.3)
        assert sweeper.is_alive(), "it waits for its turn"
        os.utime(uploads.path_of(upload.sha256))
    sweeper.join(10)
    assert swept == [0]
    assert there(upload)


def test_with_a_database_that_is_not_theirs_no_files_are_deleted(cast, monkeypatch, caplog):
    monkeypatch.setattr(uploads, "FEW", 2)
    files = [stored(colour, age=WEEK * 2) for colour in ("red", "green", "blue")]
    assert sweep_uploads(now=NOON) == 0
    assert [there(file) for file in files] == [True, True, True]
    assert "3 of 3 files are named by nothing; is this the right database? None was deleted." in caplog.text
