"""Sending once: a double click, or a page sent again, gets the first receipt and makes no second matter."""

import json
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from weimin.county.actors import RESIDENT
from weimin.county.models import AnsweredRequest
from weimin.matters.journey import Draft, receive_matter

_SCOPE = "portal:file"


def first_answer(key: str) -> tuple[str, str] | None:
    """Number and PIN that this key was answered with, if it was."""
    answered = AnsweredRequest.objects.filter(scope=_SCOPE, key=key).first()
    if answered is None:
        return None
    kept = json.loads(answered.body)
    return kept["number"], kept["pin"]


def receive_once(draft: Draft, *, key: str, now: datetime) -> tuple[str, str]:
    """Take the matter in and keep the answer in one transaction: two clicks at once are told the same.

    Before: a whole draft.  After: one matter for this key.  Who: the resident.
    Refused: as `receive_matter`.
    """
    if answered := first_answer(key):
        return answered
    try:
        with transaction.atomic():
            receipt = receive_matter(draft, by=RESIDENT, now=now)
            answer = receipt.matter.number, receipt.pin
            AnsweredRequest.objects.create(
                scope=_SCOPE,
                key=key,
                payload_digest=sha256(draft.text.encode()).hexdigest(),
                status=303,
                content_type="application/json",
                body=json.dumps({"number": answer[0], "pin": answer[1]}),
                answered_at=now,
            )
    except IntegrityError:
        answered = first_answer(key)
        if answered is None:  # something else than a second click: not ours to hide
            raise
        return answered
    return answer
