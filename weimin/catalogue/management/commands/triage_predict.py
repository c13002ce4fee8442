"""Tell of each message what it is about, and how sure that is."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from weimin.catalogue.management.triage import TriageCommand
from weimin.language.triage.keeping import load
from weimin.language.triage.model import Guess
from weimin.language.triage.table import rows


class Command(TriageCommand):
    help = "Guess the label of each message of a table; one JSON object a line."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", required=True, type=Path, help="file that triage_train made")
        parser.add_argument("--id", help="column of the message's id; else rows are counted from 1")
        parser.add_argument("--out", required=True, type=Path, help="file of the guesses (JSON lines)")

    def answer(self, options: dict[str, Any]) -> None:
        columns, column = options["text"], options["id"]
        model = load(options["model"])
        table = rows(options["data"], [*columns, *([column] if column else [])])
        with options["out"].open("w", encoding="utf-8") as out:
            for number, row in enumerate(table, 1):
                guess = model.guess([row[name] for name in columns])
                out.write(_line(row[column] if column else str(number), guess) + "\n")


def _line(message: str, guess: Guess) -> str:
    line = {
        "id": message,
        "label": guess.label,
        "confidence": round(guess.confidence, 6),
        "top": [[label, round(share, 6)] for label, share in guess.top],
        "auto": guess.auto,
    }
    return json.dumps(line, ensure_ascii=False)
