"""Who may change the county's order: whoever holds CONFIGURE, or the operator at the machine."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.kernel.kept import forget_all
from weimin.kernel.refusal import Refused

from ..actors import Actor
from ..duties import Duty


def who_configures(by: Actor, *, place_code: str = "") -> str:
    """The ledger's word for whoever changes the county's order; Refused if they may not.

    Before: the verb has changed nothing yet.  After: nothing is changed; the verb goes on under this word.
    Who: a post with CONFIGURE that covers the place, or the operator at the machine.
    """
    # What this verb changes is read anew: inside it, and by this process once it stands. Others see it in seconds.
    forget_all()
    transaction.on_commit(forget_all)
    if by.kind == "import":  # a command run by the operator, who owns the machine
        return by.word()
    if by.kind != "official":
        raise Refused("NOT_YOUR_DUTY", _("只有负责规则维护的岗位可以改动。"))
    return by.word(by.post_for(Duty.CONFIGURE, place_code=place_code))


def new_code(code: str, *, longest: int) -> str:
    """A code as the ledger can name it; Refused otherwise.

    Before: as somebody typed it.  After: nothing is changed; the verb goes on with this code.  Who: any verb that
    makes something with a code.
    """
    plain = code.strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", plain, re.ASCII) or len(plain) > longest:
        raise Refused("BAD_CODE", _("代码用字母、数字和短横，例如 SLJ-3。"), field="code")
    return plain
