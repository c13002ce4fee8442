"""Measure a triage model on labelled messages it has not seen."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from weimin.catalogue.management.triage import TriageCommand
from weimin.language.triage.keeping import load
from weimin.language.triage.scores import scores
from weimin.language.triage.table import rows
from weimin.language.triage.trouble import TriageTrouble


class Command(TriageCommand):
    help = "Measure a triage model on a table of labelled messages that it was not trained on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", required=True, type=Path, help="file that triage_train made")
        parser.add_argument("--label", required=True, help="column of the label")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def answer(self, options: dict[str, Any]) -> None:
        columns, label = options["text"], options["label"]
        model = load(options["model"])
        guesses, labels = [], []
        for row in rows(options["data"], [*columns, label]):
            if row[label].strip():
                guesses.append(model.guess([row[name] for name in columns]))
                labels.append(row[label].strip())
        if not labels:
            raise TriageTrouble("EMPTY_TABLE", path=options["data"])
        found = scores(guesses, labels)
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else _as_words(found))


def _as_words(found: dict[str, Any]) -> str:
    auto = found["auto"]
    lines = [
        f"messages           {found['messages']}",
        f"accuracy           {_share(found['accuracy'])}",
        f"macro F1           {_share(found['macro_f1'])}",
        f"calibration error  {found['calibration_error']['value']:.4f}",
        *(f"coverage at {aim}   {share:.4f}" for aim, share in found["coverage_at"].items()),
        f"auto coverage      {_share(auto['coverage'])}",
        f"auto accuracy      {_share(auto['accuracy'])}",
        "precision  recall      F1  messages  label",
    ]
    for label, one in found["classes"].items():
        lines.append(f"{one['precision']:9.4f}{one['recall']:8.4f}{one['f1']:8.4f}{one['support']:10d}  {label}")
    return "\n".join(lines)


def _share(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.4f} ± {figure['error']:.4f}"
