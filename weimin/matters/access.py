"""How a resident gets back to their matter: number and PIN, or a code sent to where they asked to be reached."""

import hmac
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.county.throttle import forget, within
from weimin.kernel.numbers import WrongNumber, parse
from weimin.kernel.refusal import Refused
from weimin.notices.services import tell_resident

from . import numbering, sentences
from .models import Matter

MOST_TRIES = 5  # from one address
MOST_OF_ALL = 30  # from anywhere: half a year of guessing without pause for one chance in two
COUNTED_FOR = timedelta(minutes=15)
CODE_LIVES = timedelta(minutes=10)
# As long as no further code is sent there is one that still opens: nobody can use up somebody else's.
MOST_CODES, MOST_CODE_TRIES = 2, 60
# One sentence for a number nobody has and for a wrong PIN: a guesser learns nothing.
NO_MATCH = _("编号和查询码对不上。请对照回执再填一遍。")


def number_of(text: str) -> str:
    """A number as people write it, in the form we keep; Refused with what is wrong with it."""
    try:
        return str(parse(text))
    except WrongNumber as wrong:
        raise Refused(f"BAD_NUMBER_{wrong.code}", wrong.words(get_language() or "zh-hans"), field="number") from None


def by_pin(number: str, pin: str, *, address: str, now: datetime) -> Matter:
    """The matter that this number and PIN open.

    Before: any state.  After: the same. Five wrong PINs lock the number for whoever comes from that address, for a
    quarter of an hour, and for nobody else; many from everywhere lock it for all, until the quarter is over.
    Who: whoever holds the receipt.
    Refused: LOCKED or NO_MATCH.
    """
    key, seconds = f"pin:{number}:{address}", int(COUNTED_FOR.total_seconds())
    free = within(key, most=MOST_TRIES, seconds=seconds, now=now)
    matter, locked = _try(number, pin, now) if free else (None, _known(number))
    if locked:
        raise Refused("LOCKED", _("查询码连续错了 5 次，15 分钟后再试；也可以让我们把验证码发到您留的手机或邮箱。"))
    if matter is None:
        raise Refused("NO_MATCH", NO_MATCH, field="pin")
    forget(key, seconds=seconds)
    return matter


def _known(number: str) -> bool:
    return Matter.objects.filter(number=number).exists()


@transaction.atomic
def _try(number: str, pin: str, now: datetime) -> tuple[Matter | None, bool]:
    """Counts first and compares after, so that many guesses at once are still as many. Commits whatever comes of it."""
    matters = Matter.objects.filter(number=number)
    over = Q(pin_locked_until__isnull=True) | Q(pin_locked_until__lte=now)
    counted = matters.filter(over | Q(pin_tries__lt=MOST_OF_ALL)).update_by_verb(
        pin_tries=Case(When(over, then=1), default=F("pin_tries") + 1),
        pin_locked_until=Case(When(over, then=now + COUNTED_FOR), default=F("pin_locked_until")),
    )
    if not counted:
        return None, matters.exists()
    matter = matters.get()
    if not numbering.pin_fits(matter, pin):
        return None, False
    sealed = {"pin_digest": numbering.pin_digest(number, pin)} if numbering.hangs_on_a_secret(matter) else {}
    matters.update_by_verb(pin_tries=F("pin_tries") - 1, **sealed)  # what was right is no guess
    return matter, False


@transaction.atomic
def send_code(number: str, *, now: datetime) -> None:
    """Send six digits to where the resident asked to be reached; nothing if there is nowhere, or too many were sent.

    Before: any state.  After: one message in the outbox.  Who: anyone who knows the number; the answer on the page
    is the same whether or not a message went out.
    """
    matter = Matter.objects.filter(number=number).select_related("resident").first()
    resident = matter.resident if matter else None
    if matter is None or resident is None or not (resident.phone or resident.email):
        return
    lives = int(CODE_LIVES.total_seconds())
    if not within(f"code:{number}", most=MOST_CODES, seconds=lives, now=now):
        return
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
    kept = [numbering.code_digests(number, code)[0], (now + CODE_LIVES).isoformat()]
    cache.set(_code_of(number), kept, timeout=lives)


def code_fits(number: str, code: str, *, address: str, now: datetime) -> bool:
    """Whether this is the last code that was sent for this number: whoever asked for it, it went to its resident."""
    kept = cache.get(_code_of(number))
    if kept is None or datetime.fromisoformat(kept[1]) < now:
        return False
    lives = int(CODE_LIVES.total_seconds())
    for who, most in ((f"code_tries:{number}:{address}", MOST_TRIES), (f"code_tries:{number}", MOST_CODE_TRIES)):
        if not within(who, most=most, seconds=lives, now=now):
            return False
    if not any(hmac.compare_digest(kept[0], digest) for digest in numbering.code_digests(number, code)):
        return False
    cache.delete(_code_of(number))
    return True


def _code_of(number: str) -> str:
    return f"matters_code:{number}"
