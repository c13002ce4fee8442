"""Posts: made, changed and retired. Duties come from posts, so whoever changes one changes what people may do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..actors import Actor
from ..duties import Duty
from ..models import Holding, Office, Place, Post
from .gate import new_code, who_configures


@dataclass(frozen=True, kw_only=True)
class PostPlan:
    """What a post is: its names, where it sits, what it may do and where, whom it answers to, who stands in."""

    name_zh: str
    name_en: str
    office: Office
    duties: Iterable[str]
    covers: Place
    superior: Post | None = None
    stand_in: Post | None = None


@transaction.atomic
def add_post(plan: PostPlan, *, code: str, by: Actor, now: datetime) -> Post:
    """Make a post. It stands empty until somebody is appointed.

    Before: no post of this code. After: the post, without holder. Who: CONFIGURE.
    """
    who = who_configures(by)
    code = new_code(code, longest=24)
    if Post.objects.filter(code__iexact=code).exists():
        raise Refused("CODE_TAKEN", _("这个代码已有岗位在用，请换一个。"), field="code")
    columns = _checked(plan, None)
    post = Post.objects.create(code=code, **columns)
    record(what="county.add_post", about=f"post:{post.code}", by=who, at=now, content=_content(post))
    return post


@transaction.atomic
def change_post(post: Post, *, plan: PostPlan, by: Actor, now: datetime) -> Post:
    """Give a post other names, duties, places, superior or stand-in. Who holds it may do so from the next click.

    Before: in use. After: as planned. Who: CONFIGURE; duties of a post one acts on are widened by somebody else.
    """
    who = who_configures(by)
    if post.retired_on is not None:
        raise Refused("POST_ENDED", _("这个岗位已经撤销，不能再改。"))
    columns = _checked(plan, post)
    own = post.pk in {held.pk for held in by.posts}
    if own and set(columns["duties"]) - set(post.duties):
        raise Refused("NOT_YOUR_OWN", _("不能给自己的岗位加职责，请由另一位负责规则维护的同志办理。"), field="duties")
    before = _content(post)
    for name, value in columns.items():
        setattr(post, name, value)
    post.save(update_fields=[*columns])
    content = {"before": before, "after": _content(post)}
    record(what="county.change_post", about=f"post:{post.code}", by=who, at=now, content=content)
    return post


@transaction.atomic
def retire_post(post: Post, *, still_needed: Callable[[Post], str], by: Actor, now: datetime) -> Post:
    """Close a post for good; its history stays.

    Before: nobody holds it, no other post leans on it, and `still_needed` – the rooms above, asked once the post is
    locked, because the county cannot see their matters – says nothing against it. After: retired as of today.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    today = county_day(now)
    # Whoever gives a matter to this post locks its row for their key: they come before this line, or wait for us.
    locked = Post.objects.select_for_update().filter(pk=post.pk, retired_on__isnull=True).first()
    if locked is None:
        raise Refused("POST_ENDED", _("这个岗位已经撤销，没有再改动。"))
    if Holding.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=today), post=post).exists():
        raise Refused("POST_HELD", _("还有人在这个岗位任职，请先办理免职，任期过后再撤销岗位。"))
    leaning = Post.objects.filter(Q(superior=post) | Q(stand_in=post), retired_on__isnull=True).order_by("code")
    if codes := ", ".join(leaning.values_list("code", flat=True)):
        raise Refused("LEANED_ON", _("还有岗位以它为上级或 AB 岗：%(codes)s。请先给它们另定。") % {"codes": codes})
    if reason := still_needed(post):
        raise Refused("STILL_NEEDED", reason)
    Post.objects.filter(pk=post.pk).update(retired_on=today)
    post.retired_on = today
    record(what="county.retire_post", about=f"post:{post.code}", by=who, at=now, content={"post": post.code})
    return post


def _checked(plan: PostPlan, post: Post | None) -> dict[str, Any]:
    """The columns of a post that can be; Refused where it cannot."""
    duties = [duty for duty in Duty.values if duty in set(plan.duties)]
    if set(plan.duties) - set(Duty.values) or not duties:
        raise Refused("UNKNOWN_DUTY", _("请至少选一项职责。"), field="duties")
    if not plan.name_zh.strip() or not plan.name_en.strip():
        field = "name_en" if plan.name_zh.strip() else "name_zh"
        raise Refused("NO_NAME", _("请写明岗位名称，中英文都要。"), field=field)
    if plan.office.retired_on is not None:
        raise Refused("OFFICE_ENDED", _("这个单位已经撤销，请选在用的单位。"), field="office")
    for field, other in (("superior", plan.superior), ("stand_in", plan.stand_in)):
        if other is not None and (other == post or other.retired_on is not None):
            raise Refused("UNKNOWN_POST", _("请选另一个在用的岗位。"), field=field)
    if post is not None and _answers_to(plan.superior, post):
        raise Refused("IN_A_CIRCLE", _("这个上级岗位自己要向本岗位报告，请另选。"), field="superior")
    return {
        "name_zh": plan.name_zh.strip(), "name_en": plan.name_en.strip(), "office": plan.office, "duties": duties,
        "covers": plan.covers, "superior": plan.superior, "stand_in": plan.stand_in,
    }  # fmt: skip


def _answers_to(here: Post | None, post: Post) -> bool:
    """Whether the line of superiors from here leads back to the post."""
    passed: set[int] = set()
    while here is not None and here.pk not in passed:
        if here.pk == post.pk:
            return True
        passed.add(here.pk)
        here = here.superior
    return False


def _content(post: Post) -> dict[str, Any]:
    return {
        "post": post.code,
        "name": post.name_zh,
        "office": post.office.code,
        "duties": list(post.duties),
        "covers": post.covers.code,
        "superior": post.superior.code if post.superior else "",
        "stand_in": post.stand_in.code if post.stand_in else "",
    }
