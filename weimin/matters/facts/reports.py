"""Reports across counties, from their facts alone: no database of any county is asked.

Each is one question in plain SQL. DuckDB answers it on this machine; Spark answers the same text through Ibis, where
these are installed and one machine is too small.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..journey.outcome import LOWEST_CONTENT_GRADE
from ..states import Resolved
from .columns import VERSION
from .writing import duckdb_alone, quoted

FEWEST = 10  # a cell of fewer matters is named and not shown
Row = dict[str, Any]

_COUNTED = f"""
    count(*) AS matters,
    CAST(sum(CASE WHEN answered_on IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS answered,
    CAST(sum(CASE WHEN answered_in_time THEN 1 ELSE 0 END) AS BIGINT) AS answered_in_time,
    CAST(sum(CASE WHEN contacted_in_time THEN 1 ELSE 0 END) AS BIGINT) AS contacted_in_time,
    CAST(coalesce(sum(days_to_answer), 0) AS BIGINT) AS days_to_answer,
    CAST(sum(CASE WHEN grade IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS rated,
    CAST(sum(CASE WHEN grade >= {int(LOWEST_CONTENT_GRADE)} THEN 1 ELSE 0 END) AS BIGINT) AS content,
    CAST(sum(CASE WHEN resolved = '{Resolved.YES.value}' THEN 1 ELSE 0 END) AS BIGINT) AS resolved,
    CAST(sum(CASE WHEN reopened > 0 THEN 1 ELSE 0 END) AS BIGINT) AS reopened,
    CAST(sum(returns) AS BIGINT) AS returns
"""
# what the rows stand for → the columns they are told apart by
GROUPS = {
    "county": "county",
    "kind": "kind",
    "request": "request",
    "month": "substr(CAST(received_on AS VARCHAR), 1, 7)",
}
REPORTS = {
    name: f"SELECT {what} AS {name}, count(DISTINCT county) AS counties, {_COUNTED} FROM matters GROUP BY {what}"  # noqa: S608 -- ours
    for name, what in GROUPS.items()
}


class FactsUnfit(ValueError):
    """The folders cannot be counted as they are; the sentence says what to do."""


def report(name: str, folders: Sequence[Path], *, engine: Callable[[str, list[Path]], list[Row]]) -> list[Row]:
    """One row for each county, kind, ... of all files in the folders, in order of its name."""
    rows = engine(REPORTS[name], files_in(folders))
    return [_covered(row, name) for row in sorted(rows, key=lambda row: str(row[name]))]


def _covered(row: Row, name: str) -> Row:
    """Few matters point at people: their cell says only that they are few."""
    if row["matters"] >= FEWEST:
        return row
    return {key: value if key in (name, "counties") else None for key, value in row.items()}


def files_in(folders: Sequence[Path]) -> list[Path]:
    """The files of facts, each of a version that is understood, no county twice."""
    found = sorted(path for folder in folders for path in folder.glob("matters-*.parquet"))
    if not found:
        raise FactsUnfit(f"No facts (matters-CODE.parquet) in {', '.join(map(str, folders))}.")
    seen: dict[str, Path] = {}
    for path in found:
        about = about_file(path)
        if about.get("version") != VERSION:
            raise FactsUnfit(
                f"{path} is of version {about.get('version')}, this Weimin reads {VERSION}: export it anew."
            )
        if other := seen.get(about["code"]):
            raise FactsUnfit(f"{about['code']} would be counted twice: {other} and {path}. Take one away.")
        seen[about["code"]] = path
    return found


def about_file(path: Path) -> Row:
    """What the file says of itself: version, code, rows, and the moment it was made."""
    with duckdb_alone() as database:
        row = database.execute(
            f"SELECT decode(value) FROM parquet_kv_metadata({quoted(path)}) WHERE decode(key) = 'weimin_facts'"  # noqa: S608
        ).fetchone()
    return dict(json.loads(row[0])) if row else {}


def on_duckdb(question: str, files: list[Path]) -> list[Row]:
    with duckdb_alone() as database:
        names = ", ".join(map(quoted, files))
        database.execute(f"CREATE VIEW matters AS SELECT * FROM read_parquet([{names}])")  # noqa: S608
        answer = database.execute(question)
        columns = [column[0] for column in answer.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]


def on_spark(question: str, files: list[Path]) -> list[Row]:
    """The same text, translated by Ibis. On a cluster the session is the one that spark-submit made."""
    import ibis  # noqa: PLC0415 -- optional dependency
    from pyspark.sql import SparkSession  # noqa: PLC0415 -- optional dependency

    session = SparkSession.builder.appName("weimin county report").getOrCreate()
    session.read.parquet(*map(str, files)).createOrReplaceTempView("matters")
    translator = ibis.pyspark.connect(session)
    text = translator.compile(translator.sql(question, dialect="duckdb"))
    return [row.asDict() for row in session.sql(text).collect()]


ENGINES = {"duckdb": on_duckdb, "spark": on_spark}
