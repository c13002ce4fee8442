"""What an official arranges on the desk: saved views, and dispatching by the rules. Single acts stand in journey/."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Route
from weimin.catalogue.queries import route_for
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.clock import county_day
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record

from ..journey import classify_matter, dispatch_matter
from ..models import Incoming, Matter, SavedView
from ..states import State

MOST_VIEWS = 20


@transaction.atomic
def keep_view(query: str, *, name: str, by: Actor) -> SavedView:
    """Keep a queue with its filters under a name; a name used before is given the new filters.

    Before: any.  After: one view of this name.  Who: any official, for themselves.
    """
    name = name.strip()[:40]
    if by.official is None or not name:
        raise Refused("NO_NAME", _("请给这个视图起个名字。"), field="name")
    views = SavedView.objects.filter(official=by.official)
    if views.exclude(name=name).count() >= MOST_VIEWS:
        raise Refused("TOO_MANY_VIEWS", _("最多存 20 个视图，请先删去不用的。"), field="name")
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in ("older", "newer")])[:500]
    view, _made = views.update_or_create(official=by.official, name=name, defaults={"query": kept})
    return view


@transaction.atomic
def drop_view(pk: int, *, by: Actor) -> None:
    """Forget a saved view.

    Before: it is theirs.  After: it is gone.  Who: the official who kept it.
    """
    SavedView.objects.filter(pk=pk, official=by.official).delete()


@transaction.atomic
def mark_handled(letter: Incoming, *, by: Actor, now: datetime) -> None:
    """Say that a letter which could not be taken in has been looked at where it lies, and dealt with.

    Before: set aside, and nobody has said so yet.  After: it leaves the list.  Who: who takes in (TAKE_IN).
    """
    post = by.post_for(Duty.TAKE_IN)
    waits = Incoming.objects.filter(pk=letter.pk, fate=Incoming.Fate.ASIDE, handled_at__isnull=True)
    if not waits.update(handled_at=now, handled_by=by.official):
        raise Refused("MOVED_ON", _("这封来信已有人处理过了。"))
    record(
        what="matters.mark_handled",
        about=f"letter:{letter.pk}",
        by=by.word(post),
        at=now,
        content={"letter": letter.pk},
    )


@transaction.atomic
def dispatch_by_rule(matter: Matter, *, by: Actor, now: datetime) -> Route:
    """Confirm the kind as it was given, and ask the office to lead that the rule names: two acts, each with its entry.

    Before: RECEIVED or CLASSIFIED, and a rule for its kind and place.  After: DISPATCHED, or nothing of it.
    Who: a post that classifies and dispatches, and covers the place (CLASSIFY, DISPATCH).
    """
    if matter.state not in (State.RECEIVED, State.CLASSIFIED):
        raise Refused("NOT_BY_RULE", _("只有已收到或已分类的事项可以按规则派办；退回的要由人重新看过。"))
    route = route_for(matter.kind, matter.place, on=county_day(now))
    if route is None:
        raise Refused(
            "NO_ROUTE",
            _("“%(kind)s”在%(place)s还没有派办规则，请先在规则里指定承办单位。")
            % {"kind": matter.kind.path_name, "place": matter.place.name},
        )
    if matter.state == State.RECEIVED:
        classify_matter(matter, kind=matter.kind, urgency=matter.urgency, by=by, now=now)
    dispatch_matter(matter, office=route.lead, supporting=list(route.supporting.all()), by=by, now=now)
    return route
