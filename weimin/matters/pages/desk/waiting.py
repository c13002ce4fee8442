"""What each queue holds, as one question per name; filters narrow it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.queries import kinds_by_key
from weimin.county.actors import Actor

from ... import filters, finding, queries
from ...models import Callback, FollowUp, Matter, Publication
from ...states import OPEN_STATES, State

SOON = timedelta(days=2)
UNSHOWN = ("text", "details", "clock_pauses", "clock_waiting")  # long, and no list shows them
CALL_BACK_WITHIN = timedelta(days=30)  # who is asked later no longer remembers


@dataclass(frozen=True)
class Queue:
    title: str | Promise
    empty: str | Promise
    sort: str
    only: Callable[[Actor, datetime], Q]


def _mine(actor: Actor, now: datetime) -> Q:
    return Q(owner__in=actor.posts, state__in=OPEN_STATES)


def _office(actor: Actor, now: datetime) -> Q:
    offices = {post.office_id for post in actor.posts}
    helping = queries.supports_open().filter(matter=OuterRef("pk"), office_id__in=offices)
    return Q(state__in=OPEN_STATES) & (Q(lead_id__in=offices) | Q(Exists(helping)))


def _due_soon(actor: Actor, now: datetime) -> Q:
    return Q(state__in=OPEN_STATES, clock_due_at__gte=now, clock_due_at__lt=now + SOON)


def _overdue(actor: Actor, now: datetime) -> Q:
    return Q(state__in=OPEN_STATES, clock_due_at__lt=now)


def _call_back(actor: Actor, now: datetime) -> Q:
    asked = Callback.objects.filter(matter=OuterRef("pk"), at__gte=OuterRef("answered_at"), reached=True)
    states = [State.ANSWERED, State.RATED, State.CLOSED]
    return Q(state__in=states, answered_at__gte=now - CALL_BACK_WITHIN, resident__isnull=False) & ~Q(Exists(asked))


def _to_publish(actor: Actor, now: datetime) -> Q:
    followed = FollowUp.objects.filter(matter=OuterRef("pk"), rectified_at__isnull=True)
    rated = Q(state=State.RATED) & ~Q(Exists(followed))
    copies = Publication.objects.filter(matter=OuterRef("pk"))
    return rated | Q(state=State.CLOSED, answered_at__isnull=False) & ~Q(Exists(copies))


def _state(state: State) -> Callable[[Actor, datetime], Q]:
    return lambda actor, now: Q(state=state)


QUEUES: dict[str, Queue] = {
    "mine": Queue(_("我经办的"), _("现在由您负责的事项会列在这里，先到期的在前。"), "due", _mine),
    "office": Queue(_("本单位的"), _("交给本单位主办或协办的事项会列在这里。"), "due", _office),
    "due_soon": Queue(_("快到期"), _("两天以内到期的事项会列在这里。"), "due", _due_soon),
    "overdue": Queue(_("已超期"), _("超过期限还没有办完的事项会列在这里。"), "due", _overdue),
    "returned": Queue(
        _("被退回"), _("承办单位说明不归他们管、要重新派办的事项会列在这里。"), "due", _state(State.RETURNED)
    ),
    "callback": Queue(_("待回访"), _("三十天内答复、还没有回访到本人的事项会列在这里。"), "newest", _call_back),
    "unclassified": Queue(_("待分类"), _("刚收到、还没有分类的事项会列在这里。"), "due", _state(State.RECEIVED)),
    "to_publish": Queue(_("待公开"), _("居民评价过、可以公开的事项会列在这里。"), "newest", _to_publish),
    "all": Queue(_("全部"), _("没有符合条件的事项。请放宽条件再找。"), "newest", lambda actor, now: Q()),
}  # fmt: skip


def filtered(actor: Actor, name: str, chosen: dict[str, Any], *, now: datetime) -> QuerySet[Matter]:
    """The matters of a queue that this official may see, narrowed by the filters. Words are asked of `finding`."""
    found = queries.visible_to(actor).filter(QUEUES[name].only(actor, now)).defer(*UNSHOWN)
    for word in ("state", "request"):
        if chosen.get(word):
            found = found.filter(**{word: chosen[word]})
    if chosen.get("kind"):
        begins = chosen["kind"].code
        found = found.filter(kind__in=[kind.pk for kind in kinds_by_key().values() if kind.code.startswith(begins)])
    if chosen.get("urgency"):
        found = found.filter(urgency=chosen["urgency"])
    if chosen.get("township"):
        found = found.filter(filters.within(chosen["township"].code))
    number = finding.number_in(chosen.get("q", ""))
    return found.filter(number=number) if number else found


def words_in(chosen: dict[str, Any], *, now: datetime) -> list[finding.Wanted]:
    """The words to look for; none where a number says which matter is meant."""
    asked = chosen.get("q", "")
    return [] if finding.number_in(asked) else finding.wanted(asked, now=now)
