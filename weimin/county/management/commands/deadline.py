"""Count one deadline and say how."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from weimin.county import queries
from weimin.county.context import use_shared
from weimin.county.seed_years import seeded_calendar
from weimin.kernel.calendar import Calendar
from weimin.kernel.explanation import explain
from weimin.kernel.limits import Limit
from weimin.kernel.words import Mistake
from weimin.kernel.working_time import Deadline, Pause, deadline

WRONG_INPUT = 2


class Command(BaseCommand):
    help = "When does a time limit end, and why? For example: deadline --start 2026-09-29T16:20:00+08:00 --limit 5W"
    requires_system_checks: list[str] = []  # counting needs neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", required=True, help="moment with its time zone, 2026-09-29T16:20:00+08:00")
        parser.add_argument("--limit", required=True, help="number and unit: 5W, 30N, 2H, 4WH")
        parser.add_argument("--pause", action="append", default=[], metavar="FROM/TO", help="repeatable")
        parser.add_argument("--extend", metavar="LIMIT", help="one extension, such as 10W")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        try:
            counted = deadline(
                _moment(options["start"], "--start"),
                Limit.parse(options["limit"]),
                calendar=self._calendar(),
                pauses=[_pause(text) for text in options["pause"]],
                extension=Limit.parse(options["extend"]) if options["extend"] else None,
            )
        except Mistake as mistake:
            raise CommandError(f"{mistake.words('en')} {mistake.words('zh')}", returncode=WRONG_INPUT) from None
        except OverflowError:
            raise CommandError("This limit ends after the calendar's last year. 期限太长，算不到那么远。",
                               returncode=WRONG_INPUT) from None  # fmt: skip
        self.stdout.write(_as_json(counted) if options["json"] else _as_words(counted))

    def _calendar(self) -> Calendar:
        """The county's own table; where it is empty or not yet made, its seed, and that is said."""
        try:
            with use_shared():
                calendar = queries.calendar()
        except DatabaseError:
            calendar = Calendar()
        if calendar.published_years:
            return calendar
        queries.calendar.forget()
        self.stderr.write("The calendar table is empty, so the published years 2004 to 2026 are used as shipped.")
        return seeded_calendar()


def _as_json(counted: Deadline) -> str:
    explanation = {language: explain(counted, language) for language in ("zh", "en")}
    answer = {"due": counted.due.isoformat(), "provisional": counted.provisional, "explanation": explanation}
    return json.dumps(answer, ensure_ascii=False)


def _as_words(counted: Deadline) -> str:
    return "\n".join([counted.due.isoformat(), *explain(counted, "zh"), *explain(counted, "en")])


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        said = f"{name} {text!r} is no moment. Write date, time and zone, such as 2026-09-29T16:20:00+08:00."
        raise CommandError(f"{said} “{text}”不是一个时间，请写成 2026-09-29T16:20:00+08:00。", returncode=2) from None
    if moment.tzinfo is None:
        said = f"{name} {text!r} lacks its time zone: add +08:00 for county time."
        raise CommandError(f"{said} “{text}”没有写时区，县里的时间请加上 +08:00。", returncode=2)
    return moment


def _pause(text: str) -> Pause:
    start, slash, end = text.partition("/")
    if not slash:
        said = f"--pause {text!r} needs two moments with a slash between: FROM/TO."
        raise CommandError(f"{said} 暂停要写两个时间，中间用 / 隔开。", returncode=WRONG_INPUT)
    return Pause(_moment(start, "--pause"), _moment(end, "--pause"), "")
