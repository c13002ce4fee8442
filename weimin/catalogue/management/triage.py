"""What the triage commands have in common: their options, and trouble said in both languages."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake
from weimin.language.triage.trouble import TriageTrouble

WRONG_INPUT = 2


class TriageCommand(BaseCommand, ABC):
    """Reads files and writes files: needs no county and no database."""

    requires_system_checks: list[str] = []
    # the columns of the text where none are named; without any, they must be
    text: str | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", required=True, type=Path, help="the table: CSV or CSV.gz, UTF-8")
        parser.add_argument(
            "--text",
            required=self.text is None,
            default=self.text,
            help="columns of the text, title first: TITLE,BODY",
        )

    def handle(self, **options: Any) -> None:
        with in_a_sentence():
            columns = _columns(options["text"])
            if not columns:
                raise TriageTrouble("NO_TEXT")
            self.answer(options | {"text": columns})

    @abstractmethod
    def answer(self, options: dict[str, Any]) -> None:
        """What the command does with its options; `text` is the list of columns."""


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """What is wrong with what was given ends a command with code 2 and a sentence."""
    try:
        yield
    except Mistake as mistake:
        raise CommandError(both(mistake), returncode=WRONG_INPUT) from None
    except OSError as wrong:
        raise CommandError(f"{wrong.filename}: {wrong.strerror}", returncode=WRONG_INPUT) from None
    except Refused as refusal:
        raise CommandError(str(refusal), returncode=WRONG_INPUT) from None


def both(mistake: Mistake) -> str:
    """What is wrong, in both languages: nobody has signed in whose language we would know."""
    return f"{mistake.words('en')} {mistake.words('zh')}"


def _columns(text: str) -> list[str]:
    return [column.strip() for column in text.split(",") if column.strip()]
