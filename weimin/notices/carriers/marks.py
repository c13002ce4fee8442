"""How a message is named outside the house: whoever speaks of it again has been told of it by us."""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from weimin.kernel.chosen import current_code

_MARK = re.compile(r"w(\d{6})\.(\d{1,18})\.([0-9a-f]{20})")


def mark_of(pk: int, *, carrier: str) -> str:
    """`w990101.17.5f0c…`: county, row, and a proof that binds both to the carrier that was told."""
    return f"w{current_code()}.{pk}.{_proof(pk, carrier, settings.SECRET_KEY)}"


def row_marked(mark: str, *, carrier: str) -> int | None:
    """The row of one of our marks; None for whatever somebody made up, or another carrier was told.

    A mark made before the secret was rotated is ours until the old secret is retired.
    """
    found = _MARK.fullmatch(mark)
    if found is None or found[1] != current_code():
        return None
    pk = int(found[2])
    proofs = (_proof(pk, carrier, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return pk if any(constant_time_compare(found[3], proof) for proof in proofs) else None


def _proof(pk: int, carrier: str, secret: str) -> str:
    told = f"{current_code()}:{pk}:{carrier}"
    return salted_hmac("weimin.notices.mark", told, secret=secret, algorithm="sha256").hexdigest()[:20]
