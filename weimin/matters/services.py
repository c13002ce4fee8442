"""What an official arranges for themselves on the desk. Acts on matters stand in journey/."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.kernel.refusal import Refused

from .models import SavedView

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
