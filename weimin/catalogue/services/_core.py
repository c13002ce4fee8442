"""What every change of the catalogue ends with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..models import Change


def write_down(*, what: str, about: str, who: str, now: datetime, content: Mapping[str, Any]) -> None:
    """One ledger entry, and beside it what it committed to, so that a reader sees what was changed from what."""
    made = record(what=what, about=about, by=who, at=now, content=content)
    Change.objects.create(entry=made.entry_id, content=dict(content), salt=made.salt)


def need_source(source_zh: str, *, field: str = "source_zh") -> str:
    """The source as it is kept; Refused without one."""
    if not source_zh.strip():
        raise Refused("NO_SOURCE", _("请写明改动的依据。"), field=field)
    return source_zh.strip()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Only what changed: a reader of the history is not made to compare."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {"before": {name: before.get(name) for name in changed}, "after": {name: after[name] for name in changed}}
