"""Keys of sealed data: a new one from now on, an old one ended. The keys lie beside the database, never in it."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.chosen import current_code
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..sealed.files import one_writer, path_of, read, write
from ..sealed.resealing import count_by
from ..sealed.ring import Key, Ring, new_key
from ..sealed.standing import stamp
from .gate import who_configures

# Every process has read the file anew by then, and seals with the newest key.
SETTLED_AFTER = timedelta(minutes=1)


@transaction.atomic
def rotate_data_key(*, by: Actor, now: datetime) -> Key:
    """Make a new key; from now on everything is sealed with it, and the old ones still open what they sealed.

    Before: a county with its keys.  After: one key more, which is the newest.  Who: CONFIGURE, or the operator.
    """
    who = who_configures(by)
    with one_writer():
        before = read(path_of(current_code()))
        key = new_key(made_at=stamp(now))
        record(what="county.rotate_data_key", about=f"data_key:{key.id}", by=who, at=now, content={"key": key.id})
        write(Ring(before.county, [*before.keys, key]))
    return key


@transaction.atomic
def retire_data_key(key_id: str, *, by: Actor, now: datetime) -> None:
    """End an old key: it is taken out of the file and opens nothing any more.

    Before: an old key that no row needs.  After: it is gone; only backups taken before still hold it.
    Who: CONFIGURE, or the operator.
    Refused: NO_SUCH_KEY, NEWEST_KEY, TOO_SOON, KEY_IN_USE.
    """
    who = who_configures(by)
    with one_writer():
        before = read(path_of(current_code()))
        key = next((key for key in before.keys if key.id == key_id), None)
        if key is None:
            raise Refused("NO_SUCH_KEY", _("没有这把数据密钥，请用 data_keys list 查看。"))
        _may_go(key, before, now)
        record(what="county.retire_data_key", about=f"data_key:{key.id}", by=who, at=now, content={"key": key.id})
        write(Ring(before.county, [one for one in before.keys if one is not key]))


def _may_go(key: Key, ring: Ring, now: datetime) -> None:
    if key is ring.newest:
        raise Refused("NEWEST_KEY", _("这是正在使用的数据密钥。请先用 data_keys rotate 换一把新的。"))
    if now - datetime.fromisoformat(ring.newest.made_at).astimezone(UTC) < SETTLED_AFTER:
        raise Refused("TOO_SOON", _("新数据密钥刚刚换上，请过一分钟再停用旧的。"))
    rows = count_by(key.mark)
    if rows:
        raise Refused(
            "KEY_IN_USE",
            _("还有 %(rows)s 行数据要靠这把数据密钥打开。请先运行 data_keys reseal。") % {"rows": f"{rows:,}"},
        )
