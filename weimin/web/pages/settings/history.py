"""What was changed, when, by which post, from what to what: the ledger's entries with the words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Urgency
from weimin.catalogue.queries import said_in
from weimin.county.models import Office, Post
from weimin.kernel.limits import Limit
from weimin.kernel.words import first_words
from weimin.ledger.models import Entry
from weimin.ledger.queries import entries_about

MOST_LINES = 50

WHATS = {
    "catalogue.add_kind": _("新增类别"),
    "catalogue.set_kind_words": _("改名称和说明"),
    "catalogue.set_kind_limits": _("改时限"),
    "catalogue.retire_kind": _("停用类别"),
    "catalogue.set_time_rule": _("改期限"),
    "catalogue.withdraw_time_rule": _("撤回还没生效的改动"),
    "catalogue.set_urgency_limits": _("改紧急程度的时限"),
    "catalogue.set_route": _("改派办规则"),
    "catalogue.end_route": _("结束派办规则"),
    "catalogue.withdraw_route": _("撤回还没生效的改动"),
    "catalogue.keep_template": _("写模板"),
    "catalogue.remove_template": _("删去模板"),
}
FIELDS = {
    "limit": _("期限"), "contact": _("联系时限"), "legal": _("法定时限"), "promised": _("承诺时限"),
    "source": _("文件依据"), "name": _("名称"), "name_en": _("英文名称"), "description": _("说明"),
    "description_en": _("英文说明"), "keywords": _("常用说法"), "urgency": _("紧急程度"),
    "for_residents": _("居民可选"), "retired": _("停用日期"), "lead": _("主办单位"), "supporting": _("协办单位"),
    "to": _("最后一天"), "kind": _("类别"), "facts": _("事实"), "reasons": _("理由"), "rule": _("依据"),
    "promise": _("承诺"),
}  # fmt: skip
# PostgreSQL keeps the names of a JSON object in an order of its own; readers find them in this one.
_ORDER = {field: at for at, field in enumerate(FIELDS)}
_LIMITS = {"limit", "contact", "legal", "promised"}


@dataclass(frozen=True)
class Line:
    """One act in the history of a setting."""

    at: datetime
    by: str
    what: str
    changed: list[tuple[str, str, str]]  # field, before, after
    from_on: date | None
    kinds: str = ""  # kinds whose promise was shortened with their class


def history(*things: str) -> list[Line]:
    """The acts on these things, the newest first. The number of statements does not grow with them."""
    entries = list(entries_about(*things)[:MOST_LINES])
    said = said_in(entry.pk for entry in entries)
    posts = _posts(entries)
    names = _names(said)
    return [_line(entry, said.get(entry.pk, {}), posts, names) for entry in entries]


def _posts(entries: list[Entry]) -> dict[str, str]:
    codes = {entry.by.partition(":")[2] for entry in entries}
    found = Post.objects.filter(code__in=codes).select_related("office")
    return {f"post:{post.code}": f"{post.office.name} · {post.name}" for post in found}


def _names(said: Mapping[int, Mapping[str, Any]]) -> dict[str, str]:
    """Names of the urgency classes and offices that were named by their codes."""
    codes: set[str] = set()
    for content in said.values():
        for side in (content.get("before") or {}, content.get("after") or {}):
            codes.update([side.get("urgency") or "", side.get("lead") or "", *(side.get("supporting") or ())])
    urgencies = {u.code: u.name for u in Urgency.objects.filter(code__in=codes)}
    return urgencies | {office.code: office.name for office in Office.objects.filter(code__in=codes)}


def _line(entry: Entry, content: Mapping[str, Any], posts: dict[str, str], names: dict[str, str]) -> Line:
    before, after = content.get("before") or {}, content.get("after") or {}
    operator = _t("运行维护人员") if entry.by == "import" else entry.by
    changed = [
        (str(FIELDS.get(field, field)), _shown(field, before.get(field), names), _shown(field, after[field], names))
        for field in sorted(after, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    ]
    return Line(
        at=entry.at,
        by=posts.get(entry.by, operator),
        what=str(WHATS.get(entry.what, entry.what)),
        changed=changed,
        from_on=date.fromisoformat(content["from"]) if content.get("from") else None,
        kinds=listed(sorted(content.get("kinds") or ())),
    )


def listed(words: Iterable[str]) -> str:
    """Several names in a row, divided as the reader's language divides them."""
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(words)


def _shown(field: str, value: Any, names: dict[str, str]) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return _t("是") if value else _t("否")
    if isinstance(value, list):
        return listed(names.get(str(part), str(part)) for part in value)
    if field in _LIMITS:
        return Limit.parse(value).words(get_language() or "zh-hans")
    return names.get(value, first_words(value, 60))
