"""Reading the tables of a county from a directory: CSV files that open in any spreadsheet, and outlines as GeoJSON."""

import csv
import json
from pathlib import Path

from weimin.kernel.csv_safe import restore_cell

from .services.founding import Plan


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a heading; a spreadsheet's byte order mark is no part of it, nor what has no head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {name: restore_cell((value or "").strip()) for name, value in row.items() if name is not None}
            for row in csv.DictReader(file)
        ]


def read_plan(directory: Path) -> Plan:
    """county.csv, places.csv, offices.csv, posts.csv, officials.csv and, if there, outlines.geojson."""
    names = ("places", "offices", "posts", "officials")
    places, offices, posts, officials = (read_table(directory / f"{name}.csv") for name in names)
    outlines = directory / "outlines.geojson"
    features = json.loads(outlines.read_text(encoding="utf-8"))["features"] if outlines.exists() else []
    return Plan(
        county=read_table(directory / "county.csv")[0],
        places=places,
        offices=offices,
        posts=posts,
        officials=officials,
        outlines={feature["properties"]["code"]: feature["geometry"] for feature in features},
    )
