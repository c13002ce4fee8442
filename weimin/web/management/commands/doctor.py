"""What is missing, what is lost by it, and how to mend it."""

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from weimin.kernel import clock
from weimin.kernel.chosen import current_code
from weimin.web.doctor import Health, Result, examine, worst


class Command(BaseCommand):
    help = "Look at the installation and one county (--county CODE). Ends with 0 good, 1 look at it, 2 mend it."
    requires_system_checks: list[str] = []  # it looks for itself, also where little works

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--deep", action="store_true", help="count every matter anew and open a sample of the ledger"
        )
        parser.add_argument("--language", choices=["zh", "en"], help="zh, or en; otherwise as the locale says")

    def handle(self, **options: Any) -> None:
        now = clock.now()
        with translation.override(_language(options["language"])):
            results = examine(now=now, deeply=options["deep"])
            health = worst(results)
            if options["json"]:
                checks = [result.as_json() for result in results]
                told = {"at": now.isoformat(), "county": current_code(), "health": health.name, "checks": checks}
                self.stdout.write(json.dumps(told, ensure_ascii=False))
            else:
                self.stdout.write("\n".join(_lines(results)))
        if health is not Health.GOOD:
            raise SystemExit(int(health))


def _language(asked: str | None) -> str:
    """As asked; otherwise English where the terminal speaks English, and Chinese everywhere else."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "en" if asked == "en" or (asked is None and locale.startswith("en")) else "zh-hans"


def _lines(results: list[Result]) -> list[str]:
    """What is ill first; what is good in one line each at the end."""
    lines = []
    for result in sorted(results, key=lambda result: -result.finding.health):
        finding = result.finding
        lines.append(f"[{finding.health.label}] {result.check.title}: {finding.what}")
        if finding.health is not Health.GOOD:
            lines += [f"    {_('影响')}: {finding.lost}", f"    {_('处理办法')}: {finding.mend}"]
    return lines
