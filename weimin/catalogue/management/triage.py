"""What the triage commands have in common: their options, and trouble said in both languages."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.kernel.words import Mistake

WRONG_INPUT = 2


class TriageCommand(BaseCommand):
    """Reads files and writes files: needs no county and no database."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", required=True, type=Path, help="the table: CSV or CSV.gz, UTF-8")
        parser.add_argument("--text", required=True, help="columns of the text, title first: TITLE,BODY")

    def handle(self, **options: Any) -> None:
        try:
            self.answer(options | {"text": _columns(options["text"])})
        except Mistake as mistake:
            raise CommandError(f"{mistake.words('en')} {mistake.words('zh')}", returncode=WRONG_INPUT) from None
        except OSError as wrong:
            raise CommandError(f"{wrong.filename}: {wrong.strerror}", returncode=WRONG_INPUT) from None

    def answer(self, options: dict[str, Any]) -> None:
        raise NotImplementedError


def _columns(text: str) -> list[str]:
    return [column.strip() for column in text.split(",") if column.strip()]
