"""The secret of the installation: a new one from now on, an old one ended. All counties here share it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.context import use_county
from weimin.county.schemas import counties_here
from weimin.county.sealed.standing import stamp
from weimin.county.secret_file import Secret, new_secret, one_writer, read, write
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from .queries import hanging_matters, secret_file


@transaction.atomic
def rotate_secret(*, now: datetime) -> Secret:
    """Make a new secret; what the old ones signed is still known.

    Before: the secrets stand in their file.  After: one line more, the newest; whoever is started from now on signs
    with it.  Who: the operator.
    Refused: SET_OUTSIDE.
    """
    path = secret_file()
    with one_writer(path):
        before, fresh = read(path), new_secret(made_at=stamp(now))
        _record("web.rotate_secret", fresh, now)
        write(path, [fresh, *before])
    return fresh


@transaction.atomic
def retire_secret(secret_id: str, *, at_once: bool = False, now: datetime) -> None:
    """End an old secret: what it signed is known no more.

    Before: an old one; no open matter's PIN hangs on it, and the sign-ins of its time are over (unless `at_once`).
    After: it is gone; sign-ins and codes of its time end with the next start.  Who: the operator.
    Refused: SET_OUTSIDE, NO_SUCH_SECRET, NEWEST_SECRET, TOO_SOON, SECRET_IN_USE.
    """
    path = secret_file()
    with one_writer(path):
        before = read(path)
        going = next((one for one in before if one.id == secret_id), None)
        if going is None:
            raise Refused("NO_SUCH_SECRET", _("没有这把系统密钥，请用 secrets list 查看。"))
        if going is before[0]:
            raise Refused("NEWEST_SECRET", _("这是正在使用的系统密钥。请先用 secrets rotate 换一把新的。"))
        _check_nothing_hangs_on_it(before[0], at_once, now)
        _record("web.retire_secret", going, now)
        write(path, [one for one in before if one is not going])


def _check_nothing_hangs_on_it(newest: Secret, at_once: bool, now: datetime) -> None:
    signed_in_for = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    fresh = newest.made_at and now - datetime.fromisoformat(newest.made_at).astimezone(UTC) < signed_in_for
    if fresh and not at_once:
        raise Refused(
            "TOO_SOON",
            _("新系统密钥换上还不到 12 小时，现在停用旧的，大家都要重新登录。旧的已泄露的，请加 --at-once。"),
        )
    hanging = hanging_matters()
    if hanging:
        raise Refused(
            "SECRET_IN_USE",
            _("还有 %(count)s 件未办结事项的查询码要靠旧系统密钥核对。等居民再查询一次，或者事项办结，才能停用。")
            % {"count": f"{hanging:,}"},
        )


def _record(what: str, secret: Secret, now: datetime) -> None:
    """In every county here: each has a ledger of its own, and the secret is everybody's."""
    for code in counties_here():
        with use_county(code):
            record(what=what, about=f"secret:{secret.id}", by="operator", at=now, content={"secret": secret.id})
