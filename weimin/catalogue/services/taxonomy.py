"""Kinds taken over from a county's earlier records."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.pinyin import search_words
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import Kind, Urgency
from ..queries import imported_code


@transaction.atomic
def add_kinds(paths: Iterable[tuple[str, ...]], *, source: str, by: Actor, now: datetime) -> list[Kind]:
    """Take over kinds by name, each with the names above it; limits are those of the ordinary class, to be reviewed.

    Before: at least one urgency class.  After: a kind for every path of one to three names; known ones stay.
    Who: the operator at the machine, or who keeps the rules (CONFIGURE).
    """
    who = by.word() if by.kind == "import" else by.word(by.post_for(Duty.CONFIGURE))
    urgency = Urgency.objects.filter(code="ORDINARY").first() or Urgency.objects.order_by("-rank").first()
    if urgency is None:
        raise Refused("NO_URGENCY", _("请先录入紧急程度，再导入类别。"))
    known = {kind.code: kind for kind in Kind.objects.all()}
    made = []
    for path in sorted({names[:depth] for names in paths for depth in range(1, len(names) + 1)}, key=len):
        code = imported_code(path)
        if code in known:
            continue
        known[code] = Kind.objects.create(
            code=code,
            parent=known.get(imported_code(path[:-1])),
            depth=len(path),
            name_zh=path[-1][:60],
            name_en=path[-1][:120],
            pinyin=search_words(path[-1][:60]),
            urgency=urgency,
            legal_amount=60,
            legal_unit="N",
            promised_amount=15,
            promised_unit="W",
            source_zh=source[:200],
            source_en=source[:240],
        )
        made.append(known[code])
    record(what="catalogue.add_kinds", about="catalogue:kinds", by=who, at=now,
           content={"codes": [kind.code for kind in made], "source": source})  # fmt: skip
    return made
