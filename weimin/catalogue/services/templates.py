"""Words to begin an answer with."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.services.gate import who_configures
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import AnswerTemplate, Kind


@transaction.atomic
def keep_template(
    template: AnswerTemplate | None,
    *,
    kind: Kind | None,
    name_zh: str,
    facts: str,
    reasons: str,
    rule: str,
    promise: str,
    by: Actor,
    now: datetime,
) -> AnswerTemplate:
    """Write a new answer template (None), or new words for one.

    Before: any words. After: these; answers already given are not touched. Who: CONFIGURE.
    """
    who = who_configures(by)
    if not name_zh.strip() or not facts.strip():
        raise Refused("EMPTY", _("模板要有名称，也要有“事实”部分。"), field="facts")
    template = template or AnswerTemplate()
    template.kind, template.name_zh, template.facts = kind, name_zh.strip(), facts.strip()
    template.reasons, template.rule, template.promise = reasons.strip(), rule.strip(), promise.strip()
    template.save()
    content = {"template": template.pk, "kind": kind.code if kind else "", "name": name_zh, "rule": rule}
    record(what="catalogue.keep_template", about=f"template:{template.pk}", by=who, at=now, content=content)
    return template


@transaction.atomic
def remove_template(template: AnswerTemplate, *, by: Actor, now: datetime) -> None:
    """Take an answer template off the list.

    Before: on the list. After: gone; answers already given are not touched. Who: CONFIGURE.
    """
    who, key = who_configures(by), template.pk
    template.delete()
    record(what="catalogue.remove_template", about=f"template:{key}", by=who, at=now, content={"template": key})
