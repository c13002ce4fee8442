"""Text messages through a gateway that speaks HTTP. A text message cannot be called back, so doubt is never retried."""

import json
from datetime import datetime

from django.conf import settings

from ..models import Notice
from ..outside import SmsGateway
from .marks import mark_of
from .outcome import Fate, Outcome
from .posting import Answer, NotSent, Unsure, post

_NOT_NOW = frozenset({401, 403, 404, 405, 408, 425, 429, 503})  # asked wrongly or too often: the message is fine
_NEVER = frozenset({400, 410, 413, 422})


class Texts:
    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        self.name = f"sms:{gateway.name}"

    def send(self, notice: Notice, *, now: datetime) -> Outcome:
        gateway = self._gateway
        mark = mark_of(notice.pk, carrier=self.name)
        text = f"【{gateway.signature}】{notice.body}" if gateway.signature else notice.body
        headers = {
            "Authorization": f"Bearer {gateway.key.get_secret_value()}",
            "Content-Type": "application/json",
            "Idempotency-Key": mark,
            "User-Agent": "Weimin",
        }
        body = json.dumps({"id": mark, "to": notice.address, "text": text}, ensure_ascii=False).encode()
        try:
            answer = post(gateway.url, body, headers=headers, seconds=settings.CARRIER_SECONDS)
        except NotSent as trouble:
            return Outcome(Fate.NOT_TAKEN, why=f"{self.name}: {trouble}")
        except Unsure as trouble:
            return Outcome(Fate.UNKNOWN, why=f"{self.name}: {trouble}")
        return _outcome(answer)


def _outcome(answer: Answer) -> Outcome:
    """A gateway that breaks in the middle (500, 502, 504) may have sent it; one that says "not now" has not."""
    why = f"{answer.status} {answer.body[:150].decode('utf-8', 'replace')}".strip()
    if 200 <= answer.status < 300:
        return Outcome(Fate.TAKEN, reference=_reference(answer.body))
    if answer.status in _NEVER:
        return Outcome(Fate.REFUSED, why=why)
    if answer.status in _NOT_NOW or 300 <= answer.status < 400:
        return Outcome(Fate.NOT_TAKEN, why=why)
    return Outcome(Fate.UNKNOWN, why=why)


def _reference(body: bytes) -> str:
    """The gateway's own number, for a question to its hotline; none is no harm, for reports name our mark."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("id", ""))[:120] if isinstance(said, dict) else ""
