"""Every running count held against the matters themselves: `count_anew [--mend]`."""

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from weimin.matters import tallies


class Command(BaseCommand):
    help = "Count every matter anew and tell which running counts differ; with --mend, make them what was counted."
    requires_system_checks: list[str] = []  # data only: neither URLs nor templates

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="for a count that an earlier version did not keep")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    @transaction.atomic
    def handle(self, *args: Any, mend: bool, json: bool, **options: Any) -> None:
        wrong = tallies.differences()
        if mend:  # what acts change meanwhile is added to it: the difference stays the same
            tallies.add(Counter(wrong))
        self.stdout.write(_told(wrong, mended=mend, as_json=json))


def _told(wrong: dict[str, int], *, mended: bool, as_json: bool) -> str:
    if as_json:
        return json.dumps({"wrong": {key: -n for key, n in wrong.items()}, "mended": mended})
    lines = [f"{len(wrong)} running counts differ from a recount{', and were mended' if mended and wrong else ''}."]
    return "\n".join([*lines, *(f"  {key} {-n:+d}" for key, n in wrong.items())])
