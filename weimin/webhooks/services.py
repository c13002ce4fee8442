"""What is done to endpoints and deliveries. Writing an event belongs to the act it tells of; sending it is a job."""

import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import CLOCK, Actor
from weimin.county.duties import Duty
from weimin.county.queries import holder_of, posts_open
from weimin.county.services.gate import who_configures
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import COUNTY_TIME
from weimin.kernel.refusal import Refused
from weimin.ledger.services import record
from weimin.notices.carriers.reach import checked_url
from weimin.notices.services import tell_official

from . import queries
from .models import Delivery, Endpoint
from .states import TEST, Deed, Off, Progress, What

MOST_ENDPOINTS = 20
OVERLAP = timedelta(days=2)  # both secrets sign for so long after a change
_SECRET_BYTES = 32


def deliveries_of(
    what: str, *, key: str, about: str, data: Callable[[], Mapping[str, Any]], now: datetime
) -> list[Delivery]:
    """The event as rows, one for each endpoint that asked for it, for a verb that inserts all its rows together.

    Before: inside the transaction of the act it tells of; `key` names this event for ever.  After: nothing changes
    until the caller inserts the rows; where nobody has asked, `data` is not even put together.
    Who: the verb that acts.
    """
    wanting = [endpoint for endpoint in queries.endpoints_on() if what in endpoint.events]
    if not wanting:
        return []
    body = _body(what, data(), now)
    return [_delivery(endpoint, what, key=key, about=about, body=body, now=now) for endpoint in wanting]


def _body(what: str, data: Mapping[str, Any], now: datetime) -> str:
    """As Standard Webhooks shapes it: type, timestamp, data."""
    told = {"type": str(what), "timestamp": now.astimezone(COUNTY_TIME).isoformat(timespec="seconds"), "data": data}
    return json.dumps(told, ensure_ascii=False)


def _delivery(endpoint: Endpoint, what: str, *, key: str, about: str, body: str, now: datetime) -> Delivery:
    """No full stop in the id: it stands between full stops in what is signed."""
    message_id = f"evt_{current_code()}_{key}"
    return Delivery(
        endpoint=endpoint, message_id=message_id, what=str(what), about=about, body=body, at=now, next_at=now
    )


@transaction.atomic
def add_endpoint(*, name: str, url: str, events: Iterable[str], by: Actor, now: datetime) -> tuple[Endpoint, str]:
    """Let a program be told of events, and return its secret, which is shown this once.

    Before: fewer than 20 endpoints.  After: events from now on are sent there.  Who: CONFIGURE.
    """
    who = who_configures(by)
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise Refused("TOO_MANY_ENDPOINTS", _("最多登记 20 个推送地址，请先改用已停用的那个。"))
    wanted = _wanted(name, url, events)
    secret = _new_secret()
    endpoint = Endpoint.objects.create(**wanted, secret=secret, made_by=by.official, created_at=now)
    _record(Deed.ADD, endpoint, who, now, wanted)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    endpoint: Endpoint, *, name: str, url: str, events: Iterable[str], by: Actor, now: datetime
) -> Endpoint:
    """Change where events are sent and which.

    Before: any.  After: what waits goes to the new address too.  Who: CONFIGURE.
    """
    who = who_configures(by)
    wanted = _wanted(name, url, events)
    for field, value in wanted.items():
        setattr(endpoint, field, value)
    endpoint.save(update_fields=list(wanted))
    _record(Deed.CHANGE, endpoint, who, now, wanted)
    return endpoint


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, by: Actor, now: datetime) -> str:
    """Give an endpoint a new secret, shown this once.

    Before: any.  After: for two days both secrets sign what is sent, so that the receiver can change over in peace.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    secret = _new_secret()
    endpoint.old_secret, endpoint.old_until, endpoint.secret = endpoint.secret, now + OVERLAP, secret
    endpoint.save(update_fields=["secret", "old_secret", "old_until"])
    _record(Deed.ROTATE, endpoint, who, now, {"old_until": endpoint.old_until})
    return secret


@transaction.atomic
def switch_off(endpoint: Endpoint, *, by: Actor, now: datetime) -> None:
    """Tell an endpoint nothing more.

    Before: in use.  After: what waited for it is dead letters, to be replayed by hand.  Who: CONFIGURE.
    """
    _off(endpoint, Off.BY_HAND, who_configures(by), now)


@transaction.atomic
def give_up(endpoint: Endpoint, *, why: Off, now: datetime) -> None:
    """Switch off an endpoint that asked for it (410) or has been silent too long, and tell who keeps the rules.

    Before: in use.  After: as `switch_off`, and one reminder on the desk of each who may switch it on again.
    Who: the clock.
    """
    _off(endpoint, why, CLOCK.word(), now)
    words = _t("推送地址“%(name)s”已自动停用：%(why)s。修好后请在“设置 · 事件推送”里启用，再重新推送。")
    keepers = [holder_of(post, now=now) for post in posts_open() if Duty.CONFIGURE in post.duties]
    for official in {keeper.pk: keeper for keeper in keepers if keeper is not None}.values():
        tell_official(
            official,
            subject=_t("事件推送已停用"),
            body=words % {"name": endpoint.name, "why": why.label},
            about=f"webhook:{endpoint.pk}",
            once=f"webhook:{endpoint.pk}:off:{now.isoformat()}:{official.pk}",
            now=now,
        )


def _off(endpoint: Endpoint, why: Off, who: str, now: datetime) -> None:
    if not Endpoint.objects.filter(pk=endpoint.pk, off_at__isnull=True).update(off_at=now, off_why=why):
        raise Refused("ALREADY_OFF", _("这个地址已经停用。"))
    endpoint.off_at, endpoint.off_why = now, why
    Delivery.objects.filter(endpoint=endpoint, state=Progress.QUEUED).update(state=Progress.DEAD)
    queries.endpoints_on.forget()
    _record(Deed.SWITCH_OFF, endpoint, who, now, {"why": why})


@transaction.atomic
def switch_on(endpoint: Endpoint, *, by: Actor, now: datetime) -> None:
    """Tell an endpoint again what happens from now on.

    Before: switched off.  After: new events are sent; dead letters wait until somebody replays them.  Who: CONFIGURE.
    """
    who = who_configures(by)
    turned = Endpoint.objects.filter(pk=endpoint.pk, off_at__isnull=False)
    if not turned.update(off_at=None, off_why="", rests_until=None):
        raise Refused("ALREADY_ON", _("这个地址正在使用。"))
    endpoint.off_at, endpoint.off_why = None, ""
    _record(Deed.SWITCH_ON, endpoint, who, now, {})


@transaction.atomic
def replay(endpoint: Endpoint, *, delivery: Delivery | None = None, by: Actor, now: datetime) -> int:
    """Send one event again, or every dead letter, under the same message id; how many.

    Before: the endpoint is in use; the one is delivered or dead.  After: QUEUED, with all its tries before it.
    Who: CONFIGURE.
    """
    who = who_configures(by)
    if endpoint.off_at is not None:
        raise Refused("OFF", _("这个地址已停用，请先启用再重新推送。"))
    rows = Delivery.objects.filter(endpoint=endpoint)
    again = rows.filter(state=Progress.DEAD)
    if delivery is not None:
        again = rows.filter(pk=delivery.pk).exclude(state=Progress.QUEUED)
    n = again.update(state=Progress.QUEUED, attempts=0, tries=[], next_at=now, delivered_at=None)
    if not n:
        raise Refused("NOTHING_TO_REPLAY", _("没有可以重新推送的：都已在等待送达。"))
    what = {"n": n, "message": delivery.message_id if delivery else ""}
    _record(Deed.REPLAY, endpoint, who, now, what)
    return n


@transaction.atomic
def send_test(endpoint: Endpoint, *, by: Actor, now: datetime) -> Delivery:
    """Write one event that says nothing, to see whether the receiver takes it.

    Before: in use.  After: one row QUEUED, of type webhook.test.  Who: CONFIGURE.
    """
    who = who_configures(by)
    if endpoint.off_at is not None:
        raise Refused("OFF", _("这个地址已停用，请先启用再重新推送。"))
    key = f"test_{secrets.token_hex(8)}"
    body = _body(TEST, {"county": current_code()}, now)
    made = _delivery(endpoint, TEST, key=key, about="", body=body, now=now)
    made.save(force_insert=True)
    _record(Deed.TEST, endpoint, who, now, {"message": made.message_id})
    return made


def _wanted(name: str, url: str, events: Iterable[str]) -> dict[str, Any]:
    if not name.strip():
        raise Refused("NO_NAME", _("请写明推送给哪个程序、做什么用。"), field="name")
    chosen = [str(what) for what in What if what in set(events)]
    if not chosen:
        raise Refused("NO_EVENTS", _("请至少选一种要推送的事。"), field="events")
    return {"name": name.strip(), "url": checked_url(url), "events": chosen}


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _record(what: Deed, endpoint: Endpoint, who: str, now: datetime, content: Mapping[str, Any]) -> None:
    told = {"endpoint": endpoint.pk, **content}
    record(what=what, about=f"webhook:{endpoint.pk}", by=who, at=now, content=told)
