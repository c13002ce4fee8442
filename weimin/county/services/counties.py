"""A county entered into the directory all counties share."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.chosen import current_code
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..shared.models import CountyEntry
from .gate import who_configures


@dataclass(frozen=True)
class NewCounty:
    """What the directory holds of a county. The letters begin its matters' numbers."""

    code: str
    name_zh: str
    name_en: str
    letters: str
    host: str = ""
    phone: str = ""


@transaction.atomic
def enter_county(new: NewCounty, *, by: Actor, now: datetime) -> CountyEntry:
    """Enter the chosen county into the directory, or back into it.

    Before: its tables stand; no county in service has its code, letters or host name. After: it is served.
    Who: CONFIGURE, in practice the operator.
    """
    who = who_configures(by)
    if new.code != current_code():
        raise Refused("OTHER_COUNTY", _("一个县只登记自己。"))
    if not re.fullmatch(r"[A-Z]{2}", new.letters, re.ASCII):
        raise Refused("BAD_LETTERS", _("编号字头是两个大写字母，例如 QS。"), field="letters")
    if not new.name_zh or not new.name_en:
        raise Refused("NO_NAME", _("请写出县的中文名和英文名。"), field="name_zh")
    others = CountyEntry.objects.exclude(code=new.code)
    if others.filter(letters=new.letters).exists():
        raise Refused("LETTERS_TAKEN", _("编号字头 %(word)s 已有别的县在用。") % {"word": new.letters}, field="letters")
    if new.host and others.filter(host=new.host.lower()).exists():
        raise Refused("HOST_TAKEN", _("网址主机名 %(word)s 已有别的县在用。") % {"word": new.host}, field="host")
    if CountyEntry.objects.filter(code=new.code, retired_on__isnull=True).exists():
        raise Refused("ALREADY_SERVED", _("%(word)s 已经在县名录里。") % {"word": new.code}, field="code")
    entry, _made = CountyEntry.objects.update_or_create(
        code=new.code,
        defaults={
            "letters": new.letters, "name_zh": new.name_zh, "name_en": new.name_en,
            "host": new.host.lower() or None, "phone": new.phone, "retired_on": None,
        },
    )  # fmt: skip
    content = {"letters": new.letters, "host": new.host.lower()}
    record(what="county.enter_county", about=f"county:{new.code}", by=who, at=now, content=content)
    return entry
