"""What a trained model takes waiting matters for: guessed by the worker, so that no web worker holds a model."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction

from weimin.catalogue.models import Kind, TriageModel
from weimin.catalogue.queries import kind_by_code, model_in_force

from .models import Guess, Matter
from .states import State

if TYPE_CHECKING:
    from weimin.language.triage.model import Model

BATCH = 200
WORDS = 5
COUNTIES = 4  # of which one process keeps the model at hand; a hundred megabytes each


@dataclass(frozen=True)
class Likely:
    """One kind that a matter may be of."""

    kind: Kind
    percent: int


def guess_waiting(*, now: datetime) -> int:
    """Guess the matters that no clerk has classified yet, by the model in force; how many were guessed.

    One guess a matter. A guess of another model than that in force is made anew.
    """
    chosen = model_in_force()
    if chosen is None:
        return 0
    waiting = Matter.objects.filter(state=State.RECEIVED).exclude(guess__model=chosen).order_by("pk")[:BATCH]
    texts = list(waiting.values_list("pk", "title", "text"))
    if not texts:
        return 0
    model = _opened(chosen.digest, chosen.pk)
    made = [_guessed(model, chosen, *one, now) for one in texts]
    with transaction.atomic():
        Guess.objects.filter(matter__in=[one.matter_id for one in made]).delete()
        Guess.objects.bulk_create(made, ignore_conflicts=True)  # another process may have guessed the same
    return len(made)


@lru_cache(maxsize=COUNTIES)
def _opened(digest: str, pk: int) -> "Model":
    from weimin.language.triage.keeping import opened  # noqa: PLC0415 -- slow import

    return opened(bytes(TriageModel.objects.get(pk=pk, digest=digest).held), digest)


def _guessed(model: "Model", chosen: TriageModel, matter: int, title: str, text: str, now: datetime) -> Guess:
    parts = [title, text]
    guess = model.guess(parts)
    kinds = [[label, round(share, 3)] for label, share in guess.top]
    words = model.spoke_for(parts, guess.label, WORDS)
    return Guess(matter_id=matter, model=chosen, at=now, kinds=kinds, words=words, sure=guess.auto)


def guess_of(matter: Matter) -> Guess | None:
    """The guess of a matter that still waits, if its model was not withdrawn."""
    return Guess.objects.filter(matter=matter, model__withdrawn_at__isnull=True).first()


def likely(guess: Guess) -> list[Likely]:
    """The kinds of the guess that the catalogue still offers, the likeliest first."""
    known = [(kind_by_code(code), share) for code, share in guess.kinds]
    return [Likely(kind, round(100 * share)) for kind, share in known if kind is not None and kind.retired_on is None]
