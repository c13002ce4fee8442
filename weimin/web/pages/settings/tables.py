"""One table of settings: found by words and pinyin, sorted by plain links, copied or taken away as a spreadsheet."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from weimin.county.permissions import StaffRequest
from weimin.kernel.csv_safe import safe_cell
from weimin.matters.pages.desk.shared import queue_counts

MOST_SHOWN = 500  # a page a desk still scrolls with ease; the spreadsheet holds all


@dataclass(frozen=True)
class Column:
    """A heading. `name` is the word in ?sort=."""

    name: str
    label: Any
    wide: bool = False


@dataclass(frozen=True)
class Cell:
    """What is shown, and by what it is sorted where the words would mislead."""

    text: str
    sort: Any = None


@dataclass(frozen=True)
class Row:
    """One line; the first cell opens its page. `words` is what a search looks through."""

    url: str
    cells: Sequence[Cell]
    words: str


@dataclass(frozen=True)
class Table:
    """What stands around the rows."""

    name: str
    title: Any
    about: Any
    columns: Sequence[Column]
    empty: Any
    new: tuple[str, Any] | None = None  # address and label of the page that adds one


def show_table(request: StaffRequest, table: Table, rows: Sequence[Row]) -> HttpResponse:
    """The rows that hold every word asked for, in the order asked for: as a page, or as a spreadsheet with ?as=csv."""
    q, sort = request.GET.get("q", "").strip()[:80], request.GET.get("sort", "")
    found = _sorted([row for row in rows if _holds(row, q)], table, sort)
    if request.GET.get("as") == "csv":
        return _spreadsheet(table, found)
    context = {
        "queue": "settings", "queue_counts": queue_counts(request.actor), "table": table, "q": q,
        "rows": [_shown(row, table) for row in found[:MOST_SHOWN]], "n": len(found), "more": len(found) > MOST_SHOWN,
        "sort": sort, "headings": [_heading(column, sort, q) for column in table.columns],
        "csv_url": "?" + urlencode({"q": q, "sort": sort, "as": "csv"}),
    }  # fmt: skip
    return show(request, "table.html", context)


def show(request: StaffRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"web/settings/{template}", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _holds(row: Row, q: str) -> bool:
    kept = row.words.lower()
    return all(word in kept for word in q.lower().split())


def _sorted(rows: list[Row], table: Table, sort: str) -> list[Row]:
    names = [column.name for column in table.columns]
    name = sort.removeprefix("-")
    if name not in names:
        return rows
    at = names.index(name)

    def key(row: Row) -> Any:
        cell = row.cells[at]
        return cell.text if cell.sort is None else cell.sort

    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _shown(row: Row, table: Table) -> dict[str, Any]:
    """A row whose cells know their heading: on a narrow screen each stands on a line of its own."""
    return {"url": row.url, "cells": list(zip(row.cells, table.columns, strict=True))}


def _heading(column: Column, sort: str, q: str) -> dict[str, Any]:
    up, down = sort == column.name, sort == f"-{column.name}"
    asked = {"q": q, "sort": f"-{column.name}" if up else column.name}
    return {
        "label": column.label, "wide": column.wide, "url": "?" + urlencode({k: v for k, v in asked.items() if v}),
        "sorted": "ascending" if up else "descending" if down else "",
    }  # fmt: skip


def _spreadsheet(table: Table, rows: Sequence[Row]) -> HttpResponse:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(column.label) for column in table.columns])
    writer.writerows([safe_cell(cell.text) for cell in row.cells] for row in rows)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    response["Cache-Control"] = "no-store"
    return response
