"""`bin/weimin county`: counties added, listed, migrated and dropped, one or many at once."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests import harness
from weimin.county.context import use_county, use_shared
from weimin.county.many import listing
from weimin.county.schemas import county_codes, drop_schema
from weimin.county.shared.models import CountyEntry
from weimin.ledger.models import Entry

pytestmark = pytest.mark.django_db
BAIHE = ("990103", "白河县", "--letters", "BH", "--name-en", "Baihe County")
TABLE = """code,name_zh,name_en,letters,host
990103,白河县,Baihe County,BH,bh.example.test
990104,黑河县,Heihe County,HH,
990105,又白河县,Second Baihe County,BH,
"""


def county(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("county", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.postgresql
def test_a_county_is_added_with_its_tables_and_its_line_in_the_directory():
    assert county("add", *BAIHE, "--host", "BH.example.test", "--phone", "12345") == [
        "shared: nothing to do",
        "Added: 990103. Places and offices come next: docs/operate/own-county.md.",
    ]
    entry = CountyEntry.objects.get(code="990103")
    assert (entry.name_zh, entry.letters, entry.host, entry.phone) == ("白河县", "BH", "bh.example.test", "12345")
    with use_county("990103"):
        assert list(Entry.objects.values_list("what", "about", "by")) == [
            ("county.enter_county", "county:990103", "import")
        ]
    assert county("migrate", "990103") == ["shared: nothing to do", "990103: nothing to do"]
    assert county("add", *BAIHE) == ["shared: nothing to do", "Stood already: 1."]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("990103",), "Give a code and a name"),
        (("9901", "白河县", "--letters", "BH"), "six digits are needed"),
        (("990103", "白河县", "--letters", "bh", "--name-en", "Baihe"), "编号字头是两个大写字母"),
        (("990103", "白河县", "--letters", "BH"), "请写出县的中文名和英文名"),
        (("990103", "白河县", "--letters", "QS", "--name-en", "Baihe"), "编号字头 QS 已有别的县在用"),
        (
            ("990103", "白河县", "--letters", "BH", "--name-en", "Baihe", "--host", "QS.example.test"),
            "网址主机名 QS.example.test 已有别的县在用",
        ),
        (("990101", "另一个县", "--letters", "BH", "--name-en", "Other"), "990101 已经在县名录里"),
    ],
)
def test_what_is_wrong_with_a_new_county_is_said_and_nothing_is_left_of_it(arguments, sentence):
    CountyEntry.objects.create(
        code="990101", letters="QS", name_zh="青山县", name_en="Qingshan County", host="qs.example.test"
    )
    with pytest.raises(CommandError, match=sentence):
        county("add", *arguments)
    assert (county_codes(), CountyEntry.objects.count()) == (["990101", "990102"], 1)


@pytest.fixture
def _afterwards_gone():
    yield
    for code in set(county_codes()) - {harness.A, harness.B}:
        with transaction.atomic():
            drop_schema(code)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_afterwards_gone")
def test_many_are_added_side_by_side_and_one_that_is_refused_holds_up_no_other(tmp_path):
    table = tmp_path / "counties.csv"
    table.write_text(TABLE, encoding="utf-8")
    with pytest.raises(CommandError) as wrong:
        county("add", "--from", str(table), "--processes", "2")
    late, how = str(wrong.value).splitlines()[:2]
    assert late[6:] == ": 编号字头 BH 已有别的县在用。"  # of the two that want these letters, whoever comes second
    assert how.startswith("1 of 3 counties were not added.")
    table.write_text(
        TABLE.replace("BH", "BA" if late[:6] == "990103" else "BH", 1).replace(
            "County,BH,\n", "County,BH,\n" if late[:6] == "990103" else "County,HO,\n"
        ),
        encoding="utf-8",
    )
    assert county("add", "--from", str(table), "--processes", "2") == [
        "shared: nothing to do",
        f"Added: {late[:6]}. Places and offices come next: docs/operate/own-county.md.",
        "Stood already: 2.",
    ]
    assert county_codes() == ["990101", "990102", "990103", "990104", "990105"]


@pytest.mark.postgresql
def test_all_are_listed_with_what_they_lack(county_b):
    CountyEntry.objects.create(code="990101", letters="QS", name_zh="青山县", name_en="Qingshan County")
    CountyEntry.objects.create(code="990109", letters="LH", name_zh="老河县", name_en="Laohe", retired_on="2020-01-01")
    with use_county(county_b):
        _forget_last_migration()
    rows = json.loads("\n".join(county("list", "--json")))
    assert all(row.pop("bytes") > 1_000_000 for row in rows if row["schema"])
    assert rows == [
        {"code": "990101", "name_zh": "青山县", "name_en": "Qingshan County", "schema": "county_990101",
         "served": True, "behind": 0},
        {"code": "990102", "name_zh": "", "name_en": "", "schema": "county_990102", "served": False, "behind": 1},
        {"code": "990109", "name_zh": "老河县", "name_en": "Laohe", "schema": "", "served": False, "behind": 0,
         "bytes": 0},
    ]  # fmt: skip
    lines = [line.split() for line in county("list")]
    assert [[line[0], line[1], *line[4:]] for line in lines] == [
        ["990101", "county_990101", "up", "to", "date", "served", "青山县", "Qingshan", "County"],
        ["990102", "county_990102", "1", "migrations", "behind", "not", "in", "the", "directory"],
        ["990109", "-", "no", "tables", "retired", "老河县", "Laohe"],
    ]


def _forget_last_migration() -> None:
    """As a county stands whose migration was applied by hand: its tables have it, its record has not."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'web' AND name = '0002_schedule'")
        assert cursor.rowcount == 1


@pytest.mark.postgresql
def test_a_county_that_cannot_be_migrated_is_named_and_holds_up_no_other(county_b):
    with use_county(harness.A):
        _forget_last_migration()
    with pytest.raises(CommandError) as wrong:
        county("migrate", harness.A, county_b)
    told = str(wrong.value).splitlines()
    assert told[0].startswith("990101: ")
    assert "already exists" in told[0]
    assert told[1] == "1 of 2 counties lag behind. Run the command again: counties already done are not touched."


@pytest.mark.postgresql
def test_a_county_is_dropped_by_its_name_and_its_line_stays_retired(monkeypatch):
    county("add", *BAIHE)
    asked = []

    def typed(question):
        asked.append(question)
        return ["白水县", "白河县"][len(asked) - 1]

    monkeypatch.setattr("builtins.input", typed)
    connection.check_constraints()  # they wait for the end of the test's transaction
    with pytest.raises(CommandError, match="That is not its name"):
        county("drop", "990103")
    assert "990103" in county_codes()
    first, last = county("drop", "990103")
    assert first.startswith("990103 白河县: 1 ledger entries, ")
    assert last.startswith("990103 is dropped.")
    assert county_codes() == ["990101", "990102"]
    assert CountyEntry.objects.get(code="990103").retired_on is not None
    county("add", *BAIHE)
    assert CountyEntry.objects.get(code="990103").retired_on is None


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("990101", "--yes", "990101"), "990101 是本系统设置里的县"),
        (("990102", "--yes", "990103"), "--yes names 990103, the county is 990102"),
        (("990107", "--yes", "990107"), "has no tables here"),
        (("99", "--yes", "99"), "has no tables here"),
    ],
)
def test_what_may_not_be_dropped_stays(county_b, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        county("drop", *arguments)
    assert county_codes() == ["990101", "990102"]


def test_sqlite_says_that_it_serves_one_county(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    alone = "SQLite serves one county, 990101. Set DATABASE_URL to a PostgreSQL for several"
    for arguments in (("add", *BAIHE), ("migrate", "990102"), ("drop", "990101")):
        with pytest.raises(CommandError, match=alone):
            county(*arguments)


def test_the_one_county_is_listed_on_both_databases(monkeypatch):
    monkeypatch.setattr(listing, "counties_here", lambda: [harness.A])
    first, *more = county("list")
    if connection.vendor == "sqlite":
        assert (first.split()[:2], [line[:6] for line in more]) == (["990101", "main"], ["SQLite"])
    else:
        assert (first.split()[:2], more) == (["990101", "county_990101"], [])


@pytest.mark.every_county
def test_before_the_first_migration_there_is_nothing_to_list_and_it_is_said(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_: [])
    with use_shared():
        CountyEntry.objects.create(code="990101", letters="QS", name_zh="青山县", name_en="Qingshan County")
    assert "青山县" not in "".join(county("list"))
