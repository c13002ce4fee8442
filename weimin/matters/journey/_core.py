"""What every verb ends with: the compare-and-set, the timeline, the ledger and the counts, in one transaction."""

from datetime import datetime
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.county.actors import Actor
from weimin.county.bulk import new_row
from weimin.county.models import Post
from weimin.kernel.failpoint import failpoint
from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake, clean_text
from weimin.ledger import services as ledger

from .. import lines, tallies
from ..announcements import announcements
from ..models import Answer, Event, Matter, Support
from ..states import ALLOWED, CLOSED_STATES, IN_HAND, STILL, Act, State


def content_of(event: Event, number: str, by: str) -> dict[str, Any]:
    """What the ledger commits to of a timeline line. Whoever holds the line and its salt can prove it."""
    return {
        "matter": number,
        "act": event.act,
        "at": event.at,
        "by": by,
        "from": event.from_state,
        "to": event.to_state,
        "words": lines.words_in(event),
        "data": lines.data_in(event),
        "internal": event.internal,
    }


def allowed(act: Act, start: str, goal: str) -> bool:
    """Whether the table of moves knows this step."""
    return (act, start, goal) in ALLOWED or (start == goal and start in STILL.get(act, ()))


def check(matter: Matter, act: Act, goal: State | None = None) -> None:
    """Refused unless the table allows this act here. Called first, so that nothing is computed in vain."""
    if not allowed(act, matter.state, goal or matter.state):
        raise Refused(
            "NOT_NOW",
            _("这件事现在是“%(state)s”，不能做“%(act)s”。请刷新页面，看看刚才有什么变动。")
            % {"state": State(matter.state).label, "act": act.label},
        )


def perform(
    matter: Matter,
    act: Act,
    *,
    by: Actor,
    now: datetime,
    post: Post | None = None,
    goal: State | None = None,
    changes: dict[str, Any] | None = None,
    words: str = "",
    data: dict[str, Any] | None = None,
    answer: Answer | None = None,
    internal: bool = False,
    counted: list[str] | None = None,
    undoable: bool = False,
) -> Event:
    """Move the matter and write it down. The caller holds the transaction.

    `changes` are further columns of the matter; `counted` are month counts that grow by one. Of an `undoable` act the
    event keeps what it changes, as it was. An `answer` brings the words and the data itself.
    Refused MOVED_ON if somebody was first: `matter` then still shows what the caller had read.
    """
    check(matter, act, goal)
    start, goal = matter.state, goal or State(matter.state)
    if undoable:
        data = {**(data or {}), "before": columns_before(matter, changes or {})}
    columns = columns_after(start, goal, changes or {}, now=now)
    before = tallies.standing(matter, start)
    moved = Matter.objects.filter(pk=matter.pk, state=start, version=matter.version).update_by_verb(
        **columns, version=matter.version + 1
    )
    if not moved:
        raise Refused("MOVED_ON", _("刚才已有人处理了这件事，您的操作没有生效。请刷新页面再看。"))
    for name, value in columns.items():
        setattr(matter, name, value)
    matter.version += 1
    tallies.change(less=before, more=tallies.standing(matter, goal) + (counted or []))
    if start in IN_HAND and goal not in IN_HAND:
        # Nobody waits any longer for the offices that were asked to help.
        Support.objects.filter(matter=matter, done_at__isnull=True, ended_at__isnull=True).update(ended_at=now)
    return write_down(
        matter, act, by=by, post=post, now=now, start=start, words=words, data=data, answer=answer, internal=internal
    )


def columns_after(start: str, goal: State, changes: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """What the move writes into the matter: the changes of the act, and what every move carries."""
    columns = {**changes, "state": goal, "changed_at": now}
    if goal in CLOSED_STATES and start not in CLOSED_STATES:
        columns["closed_at"] = now
    elif goal not in CLOSED_STATES:
        columns["closed_at"] = None
    return columns


def column(name: str) -> "Field[Any, Any]":
    """A column of the matter by the name of its field."""
    found = Matter._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def columns_before(matter: Matter, changes: dict[str, Any]) -> dict[str, Any]:
    """The columns that are about to become something else, in words that JSON holds."""
    kept = {}
    for name, new in changes.items():
        value = getattr(matter, column(name).attname)
        if value != (new.pk if isinstance(new, Model) else new):
            kept[name] = value.isoformat() if isinstance(value, datetime) else value
    return kept


def write_down(
    matter: Matter,
    act: Act,
    *,
    by: Actor,
    post: Post | None,
    now: datetime,
    start: str,
    words: str = "",
    data: dict[str, Any] | None = None,
    answer: Answer | None = None,
    internal: bool = False,
) -> Event:
    """One line of the timeline, one ledger entry that commits to it, and what the programs that asked are told."""
    event, told = line_of(
        matter, act, by=by, post=post, now=now, start=start, words=words, data=data, answer=answer, internal=internal
    )
    entry, event.salt = ledger.entry_of(told)
    entry.save()
    failpoint("after_ledger_append")
    event.save(force_insert=True)
    for delivery in announcements(matter, act, now=now):
        delivery.save(force_insert=True)
    return event


def line_of(
    matter: Matter,
    act: Act,
    *,
    by: Actor,
    post: Post | None,
    now: datetime,
    start: str,
    words: str = "",
    data: dict[str, Any] | None = None,
    answer: Answer | None = None,
    internal: bool = False,
) -> tuple[Event, ledger.Act]:
    """The line as a row without its salt, and what the ledger is to be told of it."""
    event = new_row(
        Event,
        matter=matter,
        act=act,
        at=now,
        by_kind=by.kind,
        post=post,
        official=by.official,
        from_state=start,
        to_state=matter.state,
        words="" if act == Act.RECEIVE and words == matter.text else words,  # lines.words_in
        data=data or {},
        answer=answer,
        internal=internal,
    )
    who = by.word(post)
    return event, ledger.Act(
        what=f"matter.{act.lower()}",
        about=f"matter:{matter.number}",
        by=who,
        at=now,
        content=content_of(event, matter.number, who),
    )


def words_of(text: str, *, field: str, limit: int = 4000, required: bool = True) -> str:
    """Cleaned words of a person; Refused with the sentence for this field if they cannot be kept."""
    if not text.strip() and not required:
        return ""
    try:
        return clean_text(text, limit=limit)
    except Mistake as mistake:
        raise Refused(f"BAD_TEXT_{mistake.code}", _Sentence(mistake), field=field) from None


class _Sentence:
    """A kernel sentence, told in the language of whoever reads it."""

    def __init__(self, mistake: Mistake) -> None:
        self._mistake = mistake

    def __str__(self) -> str:
        return self._mistake.words(get_language() or "zh-hans")


def only_resident(by: Actor) -> None:
    """Refused unless the resident acts: nobody rates, withdraws or appeals for them."""
    if by.kind != "resident":
        raise Refused("RESIDENT_ONLY", _("只有反映人本人能做这一步。"))
