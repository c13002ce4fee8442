"""Bytes nobody foresaw, before everything that reads a file: a refusal with a sentence, or something whole. No crash.

The same bytes each time. WEIMIN_ODD_BYTES asks for more of them; bench/drills/odd_questions.py does so by night.
"""

import gzip
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.matters.test_import import MAP
from tests.matters.writing import letter
from weimin.kernel.refusal import Refused
from weimin.matters import uploads
from weimin.matters.letters.reading import Letter, read

MANY = int(os.environ.get("WEIMIN_ODD_BYTES", "40"))
CELLS = [
    "", "1", "停水两天", "供水", "2026/1/6 12:09:38", "0001-01-01", "9999-12-31T23:59:59-12:00", "1e400", "-0", "NaN",
    "=1+1", "\0", '"', "\u202e", "\U0001f600", "x" * 5000,
]  # fmt: skip
TABLES = {
    "import_matters": ("id,what,class,opened,closed,lat,long", ["--map", f"{MAP},lat=lat,long=long"]),
    "import_calendar": ("date,works,name_zh,name_en", ["--year", "2027", "--source", "国办发明电〔2026〕7号"]),
    "import_routes": ("kind,place,lead,supporting,from,source", []),
    "import_kinds": ("a,b,c", ["--columns", "a,b,c"]),
}

often = settings(
    max_examples=MANY, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def picture(kind):
    out = BytesIO()
    Image.new("RGB", (8, 6), "blue").save(out, kind)
    return out.getvalue()


WHOLE = [
    *map(picture, ("PNG", "JPEG", "WEBP", "GIF")), b"%PDF-1.4\n1 0 obj\n", b"ID3\x03\x00" + bytes(40),
    b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), b"OggS" + bytes(40), b"\x1aE\xdf\xa3\x93B\x82\x88webm" + bytes(40),
]  # fmt: skip
LETTERS = [
    letter(), letter(html="<p>路灯<script>x</script>坏了<"), letter(files=[("a.png", WHOLE[0], "image/png")]),
    letter(in_reply_to="<x@y>", references="<x@y> <" + "z" * 300 + ">"),
]  # fmt: skip


@st.composite
def torn(draw, wholes):
    """One of these, cut, doubled, and with other bytes here and there."""
    data = bytearray(draw(st.sampled_from(wholes)))
    for _time in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        how = draw(st.sampled_from(["cut", "put", "over", "twice"]))
        some = draw(st.binary(max_size=12))
        if how == "cut":
            del data[at : at + draw(st.integers(0, 200))]
        elif how == "put":
            data[at:at] = some
        elif how == "over":
            data[at : at + len(some)] = some
        else:
            data += data[at : at + 500]
    return bytes(data)


@pytest.fixture
def asked(record_property):
    """How many were read, told to whoever counts."""
    seen = []
    yield seen
    record_property("odd_bytes", len(seen))
    assert len(seen) >= MANY // 2


def test_a_file_is_kept_whole_or_refused(settings, tmp_path, asked):
    settings.UPLOADS = tmp_path

    @often
    @given(torn(WHOLE))
    def kept_or_refused(data):
        asked.append(1)
        with suppress(Refused):
            upload = uploads.store(BytesIO(data), name="a")
            assert uploads.path_of(upload.sha256).stat().st_size == upload.size
        assert not list(Path(tmp_path).rglob("*.part"))

    kept_or_refused()


def test_a_letter_is_always_read_as_something(asked):
    @often
    @given(torn(LETTERS))
    def is_read(raw):
        asked.append(1)
        found = read(raw)
        assert isinstance(found, Letter)
        for word in (found.sender, found.name, found.subject, found.text, found.message_id):
            word.encode()  # no half of a sign, and nothing PostgreSQL cannot keep
            assert "\0" not in word

    is_read()


@pytest.mark.parametrize("command", TABLES)
def test_a_table_is_taken_in_or_told_line_by_line(cast, tmp_path, asked, command, capsys):
    heading, more = TABLES[command]
    row = st.lists(st.sampled_from(CELLS) | st.text(max_size=8), max_size=8).map(",".join)
    table = st.lists(row, max_size=6).map(lambda rows: "\n".join([heading, *rows]).encode("utf-8", "replace"))
    may_be_packed = command in ("import_matters", "import_kinds")

    @often
    @given(table | table.flatmap(lambda whole: torn([whole])), st.sampled_from(["plain", "packed", "torn"]), st.data())
    def is_told(data, how, draw):
        asked.append(1)
        packed = may_be_packed and how != "plain"
        path = tmp_path / ("t.csv.gz" if packed else "t.csv")
        whole = gzip.compress(data) if packed else data
        path.write_bytes(draw.draw(torn([whole])) if how == "torn" else whole)
        with suppress(CommandError), transaction.atomic():
            call_command(command, str(path), *more)
        capsys.readouterr()

    is_told()
