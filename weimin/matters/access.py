"""How a resident gets back to their matter: number and PIN, or a code sent to where they asked to be reached."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.kernel.numbers import WrongNumber, parse
from weimin.kernel.refusal import Refused
from weimin.notices.services import tell_resident

from . import numbering, sentences
from .models import Matter

MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
CODE_LIVES = timedelta(minutes=10)
# One sentence for a number nobody has and for a wrong PIN: a guesser learns nothing.
NO_MATCH = _("编号和查询码对不上。请对照回执再填一遍。")


@dataclass(frozen=True)
class Code:
    """What the session keeps of a code that was sent. The code itself is only in the message."""

    number: str
    digest: str
    until: datetime


def number_of(text: str) -> str:
    """A number as people write it, in the form we keep; Refused with what is wrong with it."""
    try:
        return str(parse(text))
    except WrongNumber as wrong:
        raise Refused(f"BAD_NUMBER_{wrong.code}", wrong.words(get_language() or "zh-hans"), field="number") from None


def by_pin(number: str, pin: str, *, now: datetime) -> Matter:
    """The matter that this number and PIN open.

    Before: any state.  After: the same; five wrong PINs in a row lock the number for a quarter of an hour.
    Who: whoever holds the receipt.
    Refused: LOCKED or NO_MATCH.
    """
    matter, locked = _try(number, numbering.pin_digest(number, pin), now)
    if locked:
        raise Refused("LOCKED", _("查询码连续错了 5 次，15 分钟后再试；也可以让我们把验证码发到您留的手机或邮箱。"))
    if matter is None:
        raise Refused("NO_MATCH", NO_MATCH, field="pin")
    return matter


@transaction.atomic
def _try(number: str, digest: str, now: datetime) -> tuple[Matter | None, bool]:
    """Counts first and compares after, so that many guesses at once are still five. Commits whatever comes of it."""
    matters = Matter.objects.filter(number=number)
    free = Q(pin_locked_until__isnull=True) | Q(pin_locked_until__lte=now)
    if not matters.filter(free, pin_tries__lt=MOST_TRIES).update_by_verb(pin_tries=F("pin_tries") + 1):
        return None, matters.exists()
    matter = matters.get()
    if hmac.compare_digest(matter.pin_digest, digest):
        matters.update_by_verb(pin_tries=0, pin_locked_until=None)
        return matter, False
    if matter.pin_tries >= MOST_TRIES:
        matters.update_by_verb(pin_tries=0, pin_locked_until=now + LOCKED_FOR)
    return None, False


@transaction.atomic
def send_code(number: str, *, now: datetime) -> Code | None:
    """Send six digits to where the resident asked to be reached; None if there is nowhere to send them.

    Before: any state.  After: one message in the outbox.  Who: anyone who knows the number; the answer on the page
    is the same whether or not a message went out.
    """
    matter = Matter.objects.filter(number=number).select_related("resident").first()
    resident = matter.resident if matter else None
    if matter is None or resident is None or not (resident.phone or resident.email):
        return None
    code = numbering.new_pin()
    with sentences.in_language_of(matter):
        tell_resident(
            resident,
            subject=_t("查询 %(number)s 的验证码") % {"number": number},
            body=_t("您查询 %(number)s 的验证码是 %(code)s，10 分钟内有效。不是您本人在查，请不要告诉别人。")
            % {"number": number, "code": code},
            about=f"matter:{number}",
            once=f"{number}:code:{now.isoformat()}",
            now=now,
        )
    return Code(number, numbering.pin_digest(number, code), now + CODE_LIVES)
