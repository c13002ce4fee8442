"""What signing in keeps: second factors, and sessions with the drafts in them. Neither is a model of ours.

The package of second factors does not say for whom it seals, so a factor is bound to its column alone; a session is
bound to its key.
"""

from typing import Any

from .files import ring, unsealed
from .ring import SEALED

FACTORS, SESSIONS = "mfa_authenticator.data", "django_session.session_data"


def seal_factor(plain: str) -> str:
    return ring().seal(plain.encode(), bound_to=FACTORS)


def open_factor(sealed: str) -> str:
    return unsealed(sealed, bound_to=FACTORS).decode()


def seal_session(plain: bytes, *, key: str) -> str:
    return ring().seal(plain, bound_to=f"{SESSIONS}:{key}")


def open_session(sealed: str, *, key: str) -> bytes:
    return unsealed(sealed, bound_to=f"{SESSIONS}:{key}")


def is_sealed(value: Any) -> bool:
    return isinstance(value, str) and SEALED.fullmatch(value) is not None
