"""Earlier records from a CSV file, in batches, safe to run twice: `import_matters FILE --map field=column,…`."""

import csv
import json
import sys
import zlib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import answer_limit, imported_code, kinds_open
from weimin.catalogue.services import add_kinds
from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import Place
from weimin.kernel import clock
from weimin.kernel.csv_safe import safe_cell
from weimin.kernel.progress import Progress
from weimin.kernel.refusal import Refused
from weimin.matters import clocks, queries
from weimin.matters.exchange import FIELDS, BadRow, Reader, columns_of, count_rows, rows_of
from weimin.matters.journey.bring_in import Old, bring_in_matters

_BATCH = 500


class Command(BaseCommand):
    help = "Take over earlier matters from a CSV file."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", required=True, help=f"field=column[+column],… fields: {', '.join(FIELDS)}")
        parser.add_argument("--kind", default="", help="code of the kind where the file names none we know")
        parser.add_argument(
            "--place", default="", help="code of the place where the file names none; default: the county"
        )
        parser.add_argument(
            "--make-kinds", action="store_true", help="take over the kinds the file names, up to three levels"
        )
        parser.add_argument("--prefix", default="", help="put before outside ids, to tell sources apart")
        parser.add_argument(
            "--rejects", type=Path, help="write rejected rows here, with the reason; default FILE.rejects.csv"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and judge every row, write nothing")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            mapping = self._mapping(options["map"], columns_of(path))
            total = count_rows(path)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as wrong:
            raise CommandError(f"{path} cannot be read as UTF-8 CSV; nothing was imported: {wrong}") from None
        if options["make_kinds"] and not options["dry_run"]:
            self._make_kinds(path, mapping)
        reader = self._reader(mapping, options)
        rejects = options["rejects"] or path.with_name(path.name.removesuffix(".gz") + ".rejects.csv")
        figures = self._run(path, reader, total, rejects, options)
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
        else:
            self._tell(figures, rejects)

    def _tell(self, figures: dict[str, int], rejects: Path) -> None:
        self.stdout.write(
            f"{figures['rows']} rows: {figures['imported']} imported, {figures['already_here']} already here, "
            f"{figures['rejected']} rejected" + (f", see {rejects}" if figures["rejected"] else "")
        )
        if figures["late"]:
            self.stdout.write(
                f"{figures['late']} are open and past their limit, counted from the day they came: each is told to the "
                "post above at the next round. Put a date of closing where a matter is in truth done."
            )

    def _mapping(self, text: str, columns: list[str]) -> dict[str, list[str]]:
        mapping = {}
        for part in text.split(","):
            field, _equals, names = part.partition("=")
            mapping[field.strip()] = [name.strip() for name in names.split("+")]
        wrong = [f"{field} is no field" for field in mapping if field not in FIELDS]
        wrong += [
            f"the file has no column {name}" for names in mapping.values() for name in names if name not in columns
        ]
        wrong += [f"say which column is the {field}" for field in ("outside_id", "text") if field not in mapping]
        if wrong:
            raise CommandError("--map cannot be used: " + "; ".join(wrong) + f". Columns: {', '.join(columns)}.")
        return mapping

    def _make_kinds(self, path: Path, mapping: dict[str, list[str]]) -> None:
        columns = mapping.get("kind", [])[:3]
        paths = set()
        for _number, row in rows_of(path):
            names = tuple(name for column in columns if (name := row.get(column, "").strip()))
            if names:
                paths.add(names)
        try:
            add_kinds(paths, source=f"导入文件 {path.name}", by=IMPORT, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None

    def _reader(self, mapping: dict[str, list[str]], options: dict[str, Any]) -> Reader:
        places = list(Place.objects.filter(retired_on__isnull=True).order_by("code"))
        wanted = [place for place in places if place.code == options["place"]] if options["place"] else places[:1]
        if not wanted:
            raise CommandError(
                "There is no such place. Load the county's places first (sample_county or found_county)."
            )
        kinds: dict[str, Kind] = {}
        for kind in kinds_open().select_related("parent__parent"):
            chain = [kind.name_zh]
            above = kind.parent
            while above is not None:
                chain.insert(0, above.name_zh)
                above = above.parent
            # Kinds the file names by their whole path win over those known by their bare name.
            kinds.setdefault(kind.name_zh, kind)
            if kind.code == imported_code(tuple(chain)):
                kinds["/".join(chain)] = kind
            kinds[kind.code] = kind
        return Reader(
            mapping=mapping,
            kinds=kinds,
            places={key: place for place in places for key in (place.name_zh, place.code)},
            default_kind=Kind.objects.filter(code=options["kind"]).first() if options["kind"] else None,
            default_place=wanted[0],
            now=clock.now(),
            prefix=options["prefix"],
        )

    def _run(self, path: Path, reader: Reader, total: int, rejects: Path, options: dict[str, Any]) -> dict[str, int]:
        figures: Counter[str] = Counter(rows=total, imported=0, already_here=0, rejected=0, late=0)
        post = queries.post_for_duty(Duty.CLASSIFY, reader.default_place)
        if post is None:
            raise CommandError("No post classifies matters of this place: give one the duty CLASSIFY first.")
        bad: list[list[str]] = []
        batch: list[Old] = []
        dates = clocks.Dates()

        def flush() -> None:
            if batch and not options["dry_run"]:
                made = bring_in_matters(batch, post=post, by=IMPORT, now=clock.now())
                figures["imported"] += made
                figures["already_here"] += len(batch) - made
            batch.clear()

        with Progress(total, "Importing", stream=sys.stderr) as progress:
            for number, row in rows_of(path):
                try:
                    old = reader.read(number, row)
                    batch.append(old)
                    figures["late"] += _is_late(old, reader.now, dates)
                except BadRow as reason:
                    bad.append([str(number), str(reason), *row.values()])
                if len(batch) >= _BATCH:
                    flush()
                progress.step()
            flush()
        figures["rejected"] = len(bad)
        if bad:
            with rejects.open("w", encoding="utf-8-sig", newline="") as file:
                rows = [["row", "reason", *columns_of(path)], *bad]
                csv.writer(file).writerows([safe_cell(cell) for cell in row] for row in rows)
        return dict(figures)


def _is_late(old: Old, now: datetime, dates: clocks.Dates) -> bool:
    """Open, and past its limit as the law counts it: from the day it came, not from the day it was taken over."""
    if old.closed_at is not None:
        return False
    return dates.due(old.received_at, answer_limit(old.kind, old.kind.urgency)).due < now
