"""Files made to hurt whoever opens them (R14): refused, or kept as nothing but a picture; nothing is written outside.

24 files, and 8 names. What refusing them costs stands in docs/reliability.md.
"""

import gzip
import struct
import tarfile
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from weimin.kernel.refusal import Refused
from weimin.matters import uploads


def picture(form="PNG", size=(40, 30), **how):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, form, **how)
    return out.getvalue()


def zipped(*members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def symlink(form):
    out = BytesIO()
    if form == "tar":
        with tarfile.open(fileobj=out, mode="w") as archive:
            link = tarfile.TarInfo("photo.png")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        return out.getvalue()
    link = zipfile.ZipInfo("photo.png")
    link.external_attr = 0o120777 << 16
    return zipped((link, "/etc/passwd"))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks, width=40, height=30):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def flood(width, height):
    """A few bytes that say they are a wall of pixels."""
    return png(chunk(b"IDAT", zlib.compress(b"\0" * 100)), width=width, height=height)


def exif():
    data = Image.Exif()
    data[0x010F], data[0x9286] = "PhoneMaker-7", "王桂芳 at home"
    data.get_ifd(0x8825).update({1: "N", 2: (24.0, 51.0, 3.0)})
    return picture("JPEG", exif=data)


BOMB = b"\0" * 20_000_000
REFUSED = {
    "zip bomb": (lambda: zipped(("a", BOMB)), "UNKNOWN_TYPE"),
    "nested zip": (lambda: zipped(("a.zip", zipped(("b.zip", zipped(("c", BOMB)))))), "UNKNOWN_TYPE"),
    "gzip bomb": (lambda: gzip.compress(BOMB), "UNKNOWN_TYPE"),
    "zip that leaves its folder": (lambda: zipped(("../../../tmp/evil", "x")), "UNKNOWN_TYPE"),
    "zip with a symlink": (lambda: symlink("zip"), "UNKNOWN_TYPE"),
    "tar with a symlink": (lambda: symlink("tar"), "UNKNOWN_TYPE"),
    "word processor file": (lambda: zipped(("word/document.xml", "<x/>"), ("[Content_Types].xml", "")), "UNKNOWN_TYPE"),
    "pixel flood": (lambda: flood(100_000, 100_000), "BROKEN_FILE"),
    "pixel flood just past the limit": (lambda: flood(10_000, 5_001), "TOO_MANY_PIXELS"),
    "widest picture there can be": (lambda: flood(2**31 - 1, 1), "BROKEN_FILE"),
    "text chunk that unpacks to 20 MB": (
        lambda: png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(BOMB)), chunk(b"IDAT", zlib.compress(b"\0" * 999))),
        "BROKEN_FILE",
    ),
    "program named a photo": (lambda: b"MZ" + b"\x90" * 400, "UNKNOWN_TYPE"),
    "script": (lambda: b"#!/bin/sh\nrm -rf /\n", "UNKNOWN_TYPE"),
    "page of HTML": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "UNKNOWN_TYPE"),
    "SVG with a script": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "UNKNOWN_TYPE",
    ),
    "XML with an outside entity": (
        lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "UNKNOWN_TYPE",
    ),
    "GIF that is a script": (lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "BROKEN_FILE"),
    "photo that ends in the middle": (lambda: picture("JPEG", (800, 600))[:900], "BROKEN_FILE"),
    "picture for a printer": (lambda: picture("TIFF"), "UNKNOWN_TYPE"),
    "nothing": (lambda: b"", "EMPTY_FILE"),
}  # fmt: skip


@pytest.fixture
def home(settings, tmp_path):
    settings.UPLOADS = tmp_path / "home" / "uploads"
    return tmp_path


def written(home):
    return sorted(path.name for path in home.rglob("*") if path.is_file() and path.name != "lock")


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_nothing_is_kept(home, what):
    make, code = REFUSED[what]
    with pytest.raises(Refused) as refused:
        uploads.store(BytesIO(make()), name="漏水.png")
    assert (refused.value.code, written(home)) == (code, [])


KEPT = {
    "JPEG that is a ZIP as well": lambda: picture("JPEG") + zipped(("evil.html", "<script>")),
    "JPEG with a page in its comment": lambda: picture("JPEG", comment=b"<script>alert(1)</script>"),
    "photo that says who took it where": exif,
    "GIF with a page after it": lambda: picture("GIF") + b"<script>alert(1)</script>",
}
HIDDEN = [b"PK\x03\x04", b"<script", b"PhoneMaker", "王桂芳".encode(), b"Exif"]


@pytest.mark.parametrize("what", KEPT)
def test_it_is_kept_as_a_picture_and_nothing_else(home, what):
    sent = KEPT[what]()
    assert any(word in sent for word in HIDDEN), "the file carries what it should lose"
    kept = uploads.store(BytesIO(sent), name="a.jpg")
    data = uploads.path_of(kept.sha256).read_bytes()
    assert (kept.media_type, [word for word in HIDDEN if word in data]) == ("image/jpeg", [])
    assert written(home) == [kept.sha256]
    with Image.open(BytesIO(data)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((40, 30), {})


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../../etc/passwd", "passwd"), ("/etc/cron.d/evil", "evil"), ("..", "file"), ("a\x00.png", "a.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"), ("\u202egnp.exe", "gnp.exe"), ("", "file"),
        ("x" * 300 + ".png", "x" * 100 + "…"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_word_beside_the_file(home, name, safe):
    kept = uploads.store(BytesIO(picture()), name=name)
    assert kept.name == safe
    assert written(home) == [kept.sha256]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(40, 30), (5200, 3900)])
def test_a_photo_held_sideways_is_put_upright(home, form, size):
    """What the camera says of how it was held is followed, then left behind; also where the photo is made small."""
    data = Image.Exif()
    data[0x0112] = 6  # turned by a quarter
    kept = uploads.store(BytesIO(picture(form, size, exif=data)), name="a.jpg")
    long = min(size[0], uploads.LONGEST_SIDE)
    assert (kept.width, kept.height) == (long * 3 // 4, long)
