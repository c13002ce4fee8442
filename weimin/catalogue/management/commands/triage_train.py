"""Learn from labelled messages what a message is about."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from weimin.catalogue.management.triage import TriageCommand
from weimin.language.triage.keeping import save
from weimin.language.triage.table import rows
from weimin.language.triage.training import train


class Command(TriageCommand):
    help = "Train a triage model on a table of labelled messages. Rows without a label are left out."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--label", required=True, help="column of the label")
        parser.add_argument("--group", help="column of near duplicates, which are never judged by each other")
        parser.add_argument("--out", required=True, type=Path, help="file of the model")

    def answer(self, options: dict[str, Any]) -> None:
        columns, label, group = options["text"], options["label"], options["group"]
        asked = [*columns, label, *([group] if group else [])]
        table = [row for row in rows(options["data"], asked) if row[label].strip()]
        model = train(
            [[row[column] for column in columns] for row in table],
            [row[label].strip() for row in table],
            [row[group] for row in table] if group else None,
        )
        save(model, options["out"])
        self.stdout.write(f"{options['out']}: {len(model.labels)} labels, {model.training}")
