"""The counties of this installation: add, list, migrate, drop; their facts: export, report."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from weimin.county.context import UnknownCounty, schema_of, use_county, use_shared
from weimin.county.many.adding import add_counties, read_counties
from weimin.county.many.dropping import drop_county, what_goes
from weimin.county.many.listing import Standing, standing
from weimin.county.many.migrating import Migrator, Outcome, migrate_counties
from weimin.county.postgresql.mould import mould
from weimin.county.postgresql.roles import give_shared_role
from weimin.county.schemas import county_codes, create_schema
from weimin.county.services import NewCounty
from weimin.kernel import clock
from weimin.kernel.progress import Progress
from weimin.kernel.refusal import Refused
from weimin.matters.facts.reports import ENGINES, FEWEST, REPORTS, FactsUnfit, Row, report
from weimin.matters.facts.writing import write_facts

FEW = 10  # so many counties are told line by line
ALONE = "SQLite serves one county, {code}. Set DATABASE_URL to a PostgreSQL for several (docs/operate/postgresql.md)."


class Command(BaseCommand):
    help = "The counties of this installation. `county add --help` tells more of each act."
    requires_system_checks: list[str] = []  # tables only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="add|list|migrate|export|report|drop")
        add = acts.add_parser("add", help="a new county, or a table of them")
        add.add_argument("code", nargs="?", help="six digits")
        add.add_argument("name", nargs="?", help="as in 白河县")
        add.add_argument("--letters", default="", help="two capitals that begin its matters' numbers, as in BH")
        add.add_argument("--name-en", default="", help="as in 'Baihe County'")
        add.add_argument("--host", default="", help="host name its pages are reached by")
        add.add_argument("--phone", default="", help="of its hotline")
        add.add_argument("--from", dest="table", type=Path, help="CSV: code, name_zh, name_en, letters, host, phone")
        _processes(add)
        told = acts.add_parser("list", help="each county, how many migrations it lacks, how large it is")
        told.add_argument("--json", action="store_true")
        migrate = acts.add_parser("migrate", help="shared tables first, then each county; safe to run again")
        migrate.add_argument("codes", nargs="*", help="without any: the county of the settings and all that stand")
        _processes(migrate)
        _facts(acts)
        drop = acts.add_parser("drop", help="take a county away with everything in it")
        drop.add_argument("code", help="six digits")
        drop.add_argument("--yes", metavar="CODE", default="", help="the code again, instead of typing the name")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, f"_{act}")(Namespace(**options))
        except (UnknownCounty, Refused, FactsUnfit) as wrong:
            raise CommandError(str(wrong)) from None
        except ModuleNotFoundError as missing:
            raise CommandError(
                f"{missing.name} is not installed: docs/operate/reports.md says what it needs."
            ) from None

    # --- add ---

    def _add(self, given: Namespace) -> None:
        _needs_postgresql()
        wanted = _wanted(given)
        self._prepare_shared(given.verbosity)
        migrator = Migrator()
        if len(wanted) > 1:
            mould(migrator)  # once, before several processes look for it
        done = add_counties(wanted, migrator, processes=_at_most(given.processes, len(wanted)), now=clock.now())
        outcomes = self._told(done, len(wanted), "Adding counties", given.verbosity)
        if given.verbosity:
            added = [one.code for one in outcomes if one.done]
            stood = sum(not one.done and not one.trouble for one in outcomes)
            if added:
                names = ", ".join(added) if len(added) <= FEW else f"{len(added)} counties"
                self.stdout.write(f"Added: {names}. Places and offices come next: docs/operate/own-county.md.")
            if stood:
                self.stdout.write(f"Stood already: {stood}.")
        _stop_if_any_failed(outcomes, "were not added", "Mend what is said above and run the same command again.")

    # --- list ---

    def _list(self, given: Namespace) -> None:
        rows = standing(Migrator())
        if given.json:
            self.stdout.write(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(_line(row))
        if connection.vendor == "sqlite":
            self.stdout.write(ALONE.format(code=settings.COUNTY))

    # --- migrate ---

    def _migrate(self, given: Namespace) -> None:
        codes = self._with_schemas(given) if connection.vendor == "postgresql" else _the_one(given.codes)
        processes = _at_most(given.processes, len(codes))
        done = migrate_counties(codes, Migrator(), processes=processes, now=clock.now())
        outcomes = self._told(done, len(codes), "Migrating counties", given.verbosity)
        if given.verbosity and len(codes) <= FEW:
            for one in outcomes:
                if not one.trouble:
                    self.stdout.write(_how_it_went(one))
        elif given.verbosity:
            changed = sum(one.done > 0 for one in outcomes)
            self.stdout.write(f"{changed} counties migrated, {len(outcomes) - changed} had nothing to do or failed.")
        _stop_if_any_failed(outcomes, "lag behind", "Run the command again: counties already done are not touched.")

    def _with_schemas(self, given: Namespace) -> list[str]:
        self._prepare_shared(given.verbosity)
        codes = given.codes or sorted({settings.COUNTY, *county_codes()})
        for code in codes:
            if _create(code) and given.verbosity:
                self.stdout.write(f"{code}: schema created")
        return list(codes)

    def _prepare_shared(self, verbosity: int) -> None:
        try:
            with use_shared():
                applied = Migrator().migrate()
                give_shared_role()
        except (DatabaseError, MigrationSchemaMissing) as wrong:
            raise CommandError(
                f"shared: {wrong}\nMigrate as the role that owns the tables: deploy/README.md."
            ) from None
        if verbosity:
            self.stdout.write(_how_it_went(Outcome("shared", applied)))

    def _told(self, done: Iterator[Outcome], total: int, label: str, verbosity: int) -> list[Outcome]:
        """All outcomes in order of their codes, with a bar where it takes a while."""
        outcomes = []
        if total <= FEW or not verbosity:
            return sorted(done, key=lambda one: one.code)
        with Progress(total, label) as progress:
            for one in done:
                outcomes.append(one)
                progress.step()
        return sorted(outcomes, key=lambda one: one.code)

    # --- facts ---

    def _export(self, given: Namespace) -> None:
        with use_county(given.code):
            written = write_facts(given.to, code=given.code, now=clock.now())
        if given.json:
            told = {"file": str(written.path), "rows": written.rows, "bytes": written.bytes}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{written.path}: {written.rows:,} matters, {written.bytes / 2**20:,.1f} MiB")

    def _report(self, given: Namespace) -> None:
        rows = report(given.by, given.folders, engine=ENGINES[given.engine])
        if given.json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for line in _table(rows):
            self.stdout.write(line)

    # --- drop ---

    def _drop(self, given: Namespace) -> None:
        _needs_postgresql()
        going = what_goes(given.code)
        self.stdout.write(
            f"{going.code} {going.name}: {going.entries:,} ledger entries, {going.bytes / 2**20:,.1f} MiB. "
            f"bin/weimin backup --county {going.code} keeps a copy."
        )
        if given.yes and given.yes != given.code:
            raise CommandError(f"--yes names {given.yes}, the county is {given.code}. Nothing was dropped.")
        if not given.yes and input("Type the county's name to drop it for good: ").strip() != going.name:
            raise CommandError("That is not its name. Nothing was dropped.")
        drop_county(given.code, now=clock.now())
        self.stdout.write(
            f"{given.code} is dropped. Photographs, if it had any, still lie in {settings.UPLOADS / given.code}."
        )


def _facts(acts: Any) -> None:
    export = acts.add_parser("export", help="one Parquet file of facts without anything personal")
    export.add_argument("code", help="six digits")
    export.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    export.add_argument("--json", action="store_true")
    counted = acts.add_parser("report", help="counts across counties, from exported facts alone")
    counted.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    counted.add_argument("--by", choices=REPORTS, default="county")
    counted.add_argument("--engine", choices=ENGINES, default="duckdb")
    counted.add_argument("--json", action="store_true")


def _processes(parser: ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 4), help="so many at once")


def _at_most(processes: int, counties: int) -> int:
    return max(1, min(processes, counties))


def _needs_postgresql() -> None:
    if connection.vendor != "postgresql":
        raise CommandError(ALONE.format(code=settings.COUNTY))


def _the_one(codes: list[str]) -> list[str]:
    if set(codes) - {settings.COUNTY}:
        raise CommandError(ALONE.format(code=settings.COUNTY))
    return [settings.COUNTY]


def _wanted(given: Namespace) -> list[NewCounty]:
    if given.table:
        return read_counties(given.table)
    if not given.code or not given.name:
        raise CommandError(
            "Give a code and a name, as in: county add 990102 白河县 --letters BH --name-en 'Baihe County'"
        )
    schema_of(given.code)
    return [NewCounty(given.code, given.name, given.name_en, given.letters, given.host, given.phone)]


def _create(code: str) -> bool:
    try:
        return create_schema(code)
    except DatabaseError as wrong:
        raise CommandError(f"{code}: {wrong}\nMigrate as the role that owns the tables: deploy/README.md.") from None


def _how_it_went(one: Outcome) -> str:
    return f"{one.code}: {one.done} migrations applied" if one.done else f"{one.code}: nothing to do"


def _line(row: Standing) -> str:
    state = "served" if row.served else "not in the directory" if row.schema else "retired"
    behind = f"{row.behind} migrations behind" if row.behind else "up to date" if row.schema else "no tables"
    size = f"{row.bytes / 2**20:,.1f} MiB"
    return (
        f"{row.code}  {row.schema or '-':14}  {size:>13}  {behind:22}  {state:20}  {row.name_zh} {row.name_en}".rstrip()
    )


def _stop_if_any_failed(outcomes: list[Outcome], what: str, how: str) -> None:
    failed = [one for one in outcomes if one.trouble]
    if failed:
        told = "\n".join(f"{one.code}: {one.trouble}" for one in failed)
        raise CommandError(
            f"{told}\n{len(failed)} of {len(outcomes)} counties {what}. {how}\n"
            "If a right is missing, run it as the role that owns the tables: deploy/README.md."
        )


def _table(rows: list[Row]) -> list[str]:
    """Columns under their names; what is covered says so."""
    if not rows:
        return ["No matters."]
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(names))]
    return ["  ".join(word.rjust(width) for word, width in zip(line, widths, strict=True)) for line in cells]


def _cell(value: object) -> str:
    if value is None:
        return f"<{FEWEST}"
    return f"{value:,}" if isinstance(value, int) else str(value)
