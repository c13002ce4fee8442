"""What leaves a county for reports: rows of open fields only, counted alike by every engine."""

import shutil
from datetime import date, timedelta

import duckdb
import pytest

from tests.cast import NOON, REPLY
from tests.rules.house import ROOT
from weimin.county.actors import RESIDENT
from weimin.matters import journey
from weimin.matters.facts import reports
from weimin.matters.facts.columns import COLUMNS
from weimin.matters.facts.writing import write_facts
from weimin.matters.models import Matter
from weimin.matters.states import Grade, Resolved, State


def rows_of(path):
    with duckdb.connect() as database:
        answer = database.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


# --- what is in it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_each_column_is_made_of_open_fields_alone(column):
    for path in column.of:
        model, names = Matter, path.split("__")
        for name in names:
            field = model._meta.get_field(name)
            own = field.name if field.concrete else None
            assert own is None or own in model.Privacy.open, f"{model.__name__}.{name} is not open"
            model = field.related_model or model


def test_columns_are_those_that_are_documented():
    words = (ROOT / "docs" / "operate" / "reports.md").read_text()
    assert [column.name for column in COLUMNS if f"| `{column.name}` |" not in words] == []


def test_a_matter_is_one_row_without_a_word_of_its_resident(cast, tmp_path):
    cast.matter(State.RATED, place=cast.places["group"])
    cast.matter()
    written = write_facts(tmp_path / "new", code="990101", now=NOON)
    assert (written.path.name, written.rows) == ("matters-990101.parquet", 2)
    rated, received = rows_of(written.path)
    assert rated == {
        "county": "990101", "state": "RATED", "request": "HELP", "channel": "WEB", "kind": "WATER-OUT",
        "urgency": "ORDINARY", "place": "990101101201", "office": "WATER", "received_on": date(2026, 9, 29),
        "dispatched_on": date(2026, 9, 29), "answered_on": date(2026, 9, 29), "closed_on": None, "days_to_answer": 0,
        "contacted_in_time": None, "answered_in_time": True, "returns": 0, "escalated": 0, "reopened": 0, "appeals": 0,
        "grade": 4, "resolved": "YES",
    }  # fmt: skip
    assert (received["state"], received["office"], received["answered_on"], received["grade"]) == (
        "RECEIVED", None, None, None,
    )  # fmt: skip
    bytes_written = written.path.read_bytes()
    for word in ("王桂芳", "13900000001", "停水两天", Matter.objects.first().number):
        assert word.encode() not in bytes_written
    assert [path.name for path in written.path.parent.iterdir()] == ["matters-990101.parquet"]


def test_the_last_of_several_ratings_counts_and_late_is_late(cast, tmp_path):
    matter = cast.matter(State.HANDLED)
    later = NOON + timedelta(days=90)
    journey.answer_matter(matter, reply=REPLY, by=cast.acting("sun", later), now=later)
    for grade in (Grade.DISSATISFIED, Grade.VERY_SATISFIED):
        journey.rate_matter(matter, grade=grade, resolved=Resolved.NO, by=RESIDENT, now=later)
        if grade == Grade.DISSATISFIED:
            journey.answer_matter(matter, reply=REPLY, by=cast.acting("sun", later), now=later)
    (row,) = rows_of(write_facts(tmp_path, code="990101", now=NOON).path)
    assert (row["grade"], row["resolved"], row["answered_in_time"], row["days_to_answer"]) == (5, "NO", False, 90)


def test_a_county_without_matters_has_an_empty_file(cast, tmp_path):
    written = write_facts(tmp_path, code="990101", now=NOON)
    assert (written.rows, rows_of(written.path)) == (0, [])
    assert reports.about_file(written.path) == {"version": 1, "code": "990101", "rows": 0, "at": NOON.isoformat()}


def test_a_file_that_stands_is_replaced_whole_or_left(cast, tmp_path, monkeypatch):
    cast.matter()
    first = write_facts(tmp_path, code="990101", now=NOON).path.read_bytes()
    monkeypatch.setattr("weimin.matters.facts.writing._to_parquet", lambda *_args: "SELECT no_such_column")
    with pytest.raises(duckdb.Error):
        write_facts(tmp_path, code="990101", now=NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["matters-990101.parquet"]
    assert (tmp_path / "matters-990101.parquet").read_bytes() == first


# --- reports --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast, tmp_path):
    """Twelve matters here, and the same twelve under a neighbour's code."""
    for _one in range(10):
        cast.matter(State.RATED)
    for _one in range(2):
        cast.matter()
    write_facts(tmp_path / "here", code="990101", now=NOON)
    write_facts(tmp_path / "there", code="990102", now=NOON)
    return [tmp_path / "here", tmp_path / "there"]


TWELVE = {
    "matters": 12, "answered": 10, "answered_in_time": 10, "contacted_in_time": 0, "days_to_answer": 0, "rated": 10,
    "content": 10, "resolved": 10, "reopened": 0, "returns": 0,
}  # fmt: skip


def test_counties_side_by_side_and_together(two):
    assert reports.report("county", two, engine=reports.on_duckdb) == [
        {"county": "990101", "counties": 1, **TWELVE},
        {"county": "990102", "counties": 1, **TWELVE},
    ]
    both = {name: 2 * n for name, n in TWELVE.items()}
    assert reports.report("kind", two, engine=reports.on_duckdb) == [{"kind": "WATER-OUT", "counties": 2, **both}]
    assert reports.report("month", two, engine=reports.on_duckdb) == [{"month": "2026-09", "counties": 2, **both}]


def test_few_are_not_shown(cast, two):
    cast.matter(kind=cast.kinds["ROADS-HOLE"])
    write_facts(two[0], code="990101", now=NOON)
    few, water = reports.report("kind", two, engine=reports.on_duckdb)
    assert few == {"kind": "ROADS-HOLE", "counties": 1, **dict.fromkeys(TWELVE)}
    assert water["matters"] == 24


def test_a_county_given_twice_or_none_at_all_is_refused(two, tmp_path):
    shutil.copy(two[0] / "matters-990101.parquet", two[1])
    with pytest.raises(reports.FactsUnfit, match="990101 would be counted twice"):
        reports.files_in(two)
    with pytest.raises(reports.FactsUnfit, match="No facts"):
        reports.files_in([tmp_path])


def test_a_file_of_another_version_is_refused(two):
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT 1 AS x) TO '{two[0]}/matters-990109.parquet' (FORMAT parquet)")
    with pytest.raises(reports.FactsUnfit, match="of version None, this Weimin reads 1"):
        reports.files_in(two)


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # Spark's own, and the sockets it leaves open
@pytest.mark.parametrize("name", reports.REPORTS)
def test_spark_counts_the_same(two, name):
    assert reports.report(name, two, engine=reports.on_spark) == reports.report(name, two, engine=reports.on_duckdb)
