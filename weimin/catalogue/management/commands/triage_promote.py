"""A trained model into this county's service, or out of it: `triage_promote --model FILE --post CODE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.catalogue.management.triage import WRONG_INPUT, in_a_sentence
from weimin.catalogue.queries import model_in_force
from weimin.catalogue.services import put_in_force, withdraw_model
from weimin.county.actors import Actor
from weimin.county.management.acting import acting_as
from weimin.kernel import clock


class Command(BaseCommand):
    help = "Let a trained model guess the kinds of waiting matters (its labels are codes of kinds), or take it back."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--model", type=Path, help="file that triage_train wrote, to be put in force")
        what.add_argument("--withdraw", metavar="REASON", help="take back the model in force; the one before returns")
        parser.add_argument("--post", required=True, help="code of the post that acts: it keeps the settings")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_as(options["post"], now=clock.now())
        with in_a_sentence():
            said = _withdrawn(options["withdraw"], actor) if options["withdraw"] else _promoted(options["model"], actor)
        self.stdout.write(said)


def _promoted(path: Path, by: Actor) -> str:
    model = put_in_force(path.read_bytes(), name=str(path), by=by, now=clock.now())
    return f"{model} guesses from now on: {len(model.card['labels'])} kinds, sure from {model.card['threshold']:.3f}."


def _withdrawn(reason: str, by: Actor) -> str:
    model = model_in_force()
    if model is None:
        raise CommandError("No model is in force.", returncode=WRONG_INPUT)
    withdraw_model(model, reason=reason, by=by, now=clock.now())
    before = model_in_force()
    return f"{model} is withdrawn; {f'{before} guesses again' if before else 'nothing is guessed'}."
