"""Which trained model guesses the kinds: put in force, and taken back."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.services.gate import who_configures
from weimin.kernel.refusal import Refused

from ..models import TriageModel
from ..queries import kinds_open
from ._core import write_down

MOST_BYTES = 20_000_000


@transaction.atomic
def put_in_force(held: bytes, *, name: str, by: Actor, now: datetime) -> TriageModel:
    """Let this model guess from now on. Matters that wait are guessed anew; guesses of settled ones stay.

    Before: any model, or none.  After: this one; the one before comes back if it is withdrawn.
    Who: CONFIGURE.  TriageTrouble if the bytes are no whole model; `name` is what it calls them.
    """
    who = who_configures(by)
    if len(held) > MOST_BYTES:
        raise Refused("TOO_LARGE", _("模型文件超过 20 MB，请用较少的留言重新训练。"))
    from weimin.language.triage.keeping import opened  # noqa: PLC0415 -- slow import

    model = opened(held, name)
    foreign = sorted(set(model.labels) - set(kinds_open().values_list("code", flat=True)))
    if foreign:
        said = "、".join(foreign[:5])
        raise Refused(
            "UNKNOWN_KIND", _("模型里的这些类别不在本县目录中：%(kinds)s。请用类别代码重新训练。") % {"kinds": said}
        )
    card = {"labels": model.labels, "threshold": model.threshold, **model.training}
    digest = hashlib.sha256(held).hexdigest()
    kept = TriageModel.objects.create(digest=digest, held=held, card=card, since=now)
    content = {"digest": digest, "threshold": str(model.threshold), "labels": len(model.labels)}
    write_down(what="catalogue.put_in_force", about=f"triage:{kept.pk}", who=who, now=now, content=content)
    return kept


@transaction.atomic
def withdraw_model(model: TriageModel, *, reason: str, by: Actor, now: datetime) -> TriageModel:
    """Take a model back, and with it what it guessed of matters that still wait.

    Before: put in force, not withdrawn.  After: the one before is in force again, or none.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    if not reason.strip():
        raise Refused("NO_REASON", _("请写明为什么撤下。"), field="reason")
    taken = TriageModel.objects.filter(pk=model.pk, withdrawn_at__isnull=True).update(withdrawn_at=now)
    if not taken:
        raise Refused("WITHDRAWN", _("这个模型已经撤下了。"))
    model.withdrawn_at = now
    content = {"digest": model.digest, "reason": reason.strip()}
    write_down(what="catalogue.withdraw_model", about=f"triage:{model.pk}", who=who, now=now, content=content)
    return model
