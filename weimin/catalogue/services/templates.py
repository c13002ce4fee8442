"""Words to begin an answer with."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.services.gate import who_configures
from weimin.kernel.refusal import Refused

from ..models import AnswerTemplate, Kind
from ._core import differences, write_down


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
    before = _words_of(template) if template.pk else {}
    template.kind, template.name_zh, template.facts = kind, name_zh.strip(), facts.strip()
    template.reasons, template.rule, template.promise = reasons.strip(), rule.strip(), promise.strip()
    template.save()
    content = differences(before, _words_of(template))
    write_down(what="catalogue.keep_template", about=f"template:{template.pk}", who=who, now=now, content=content)
    return template


@transaction.atomic
def remove_template(template: AnswerTemplate, *, by: Actor, now: datetime) -> None:
    """Take an answer template off the list.

    Before: on the list. After: gone; answers already given are not touched. Who: CONFIGURE.
    """
    who, key, before = who_configures(by), template.pk, _words_of(template)
    template.delete()
    content = {"before": before, "after": dict.fromkeys(before)}
    write_down(what="catalogue.remove_template", about=f"template:{key}", who=who, now=now, content=content)


def _words_of(template: AnswerTemplate) -> dict[str, str]:
    return {
        "kind": template.kind.code if template.kind else "", "name": template.name_zh, "facts": template.facts,
        "reasons": template.reasons, "rule": template.rule, "promise": template.promise,
    }  # fmt: skip
