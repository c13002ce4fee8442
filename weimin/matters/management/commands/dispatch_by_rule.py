"""A backlog to the offices: `dispatch_by_rule --post CODE [--limit N] [--dry-run] [--all-channels]`."""

import json
import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import QuerySet

from weimin.catalogue.queries import route_for
from weimin.county.actors import Actor
from weimin.county.management.acting import acting_as
from weimin.kernel import clock
from weimin.kernel.clock import county_day
from weimin.kernel.progress import Progress
from weimin.kernel.refusal import Refused
from weimin.matters import queries
from weimin.matters.models import Matter
from weimin.matters.services import dispatch_by_rule
from weimin.matters.states import Channel, State


class Command(BaseCommand):
    help = "Confirm the kinds of imported matters and ask the offices to lead that the rules name. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--post", required=True, help="code of the post that acts: it classifies and dispatches")
        parser.add_argument("--limit", type=int, default=0, help="at most so many, the oldest first")
        parser.add_argument("--all-channels", action="store_true", help="not only what was imported")
        parser.add_argument("--dry-run", action="store_true", help="find the rule of each, write nothing")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_as(options["post"], now=clock.now())
        waiting = _waiting(actor, options["all_channels"])
        ids = list(waiting.values_list("pk", flat=True)[: options["limit"] or None])
        figures: Counter[str] = Counter(matters=len(ids), dispatched=0, without_rule=0, refused=0)
        missing: Counter[str] = Counter()
        with Progress(len(ids), "Dispatching", stream=sys.stderr) as progress:
            for pk in ids:
                matter = Matter.objects.select_related("kind__parent__parent", "kind__urgency", "urgency", "place").get(
                    pk=pk
                )
                figures[_one(matter, actor, options["dry_run"], missing)] += 1
                progress.step()
        self._tell({**figures, "missing_rules": dict(missing.most_common())}, as_json=options["json"])

    def _tell(self, figures: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        self.stdout.write("{matters} matters: {dispatched} dispatched, {without_rule} without a rule, {refused} refused"
                          .format_map(figures))  # fmt: skip
        for name, count in figures["missing_rules"].items():
            self.stdout.write(f"  no rule for {name}: {count}")


def _waiting(actor: Actor, all_channels: bool) -> QuerySet[Matter]:
    found = queries.visible_to(actor).filter(state__in=[State.RECEIVED, State.CLASSIFIED]).order_by("received_at", "pk")
    return found if all_channels else found.filter(channel=Channel.IMPORT)


def _one(matter: Matter, actor: Actor, dry_run: bool, missing: Counter[str]) -> str:
    """What became of it, or would."""
    now = clock.now()
    try:
        if not dry_run:
            dispatch_by_rule(matter, by=actor, now=now)
        elif route_for(matter.kind, matter.place, on=county_day(now)) is None:
            missing[f"{matter.kind.path_name} · {matter.place.name}"] += 1
            return "without_rule"
    except Refused as refusal:
        if refusal.code != "NO_ROUTE":
            return "refused"
        missing[f"{matter.kind.path_name} · {matter.place.name}"] += 1
        return "without_rule"
    return "dispatched"
