"""From receipt to the hands of an office: what the verbs of receive, classify, dispatch and handle write."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Office, Post
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.kernel.words import clean_text, first_words
from weimin.matters import clocks, numbering, tallies
from weimin.matters.journey import Draft, Receipt
from weimin.matters.journey.dispatch import RETURNS_BEFORE_LEADER
from weimin.matters.models import Contact, Matter, Support
from weimin.matters.states import Act, Clock, ContactOutcome, PauseReason, State

from .ground import Ground
from .pen import Papers, Pen


@lru_cache(maxsize=4096)
def cleaned(text: str) -> str:
    """As the verbs keep words; most are said many times."""
    return clean_text(text, limit=4000) if text.strip() else ""


class Hearing:
    """The same names and arguments as in matters/journey, so that a life does not know who writes."""

    def __init__(self, pen: Pen, ground: Ground) -> None:
        self.pen, self.ground = pen, ground

    def receive_matter(self, draft: Draft, *, by: Actor, now: datetime) -> Receipt:
        pen, text = self.pen, cleaned(draft.text)
        taken_by = self._first_asked(draft, by)
        number, pin = pen.number(now), numbering.new_pin()
        matter = pen.add(
            Matter, number=number, state=State.RECEIVED, request=draft.request, channel=draft.channel,
            identity=draft.identity, kind=draft.kind, urgency=draft.kind.urgency,
            title=cleaned(draft.title) or first_words(text, 40), text=text, details=draft.details, place=draft.place,
            place_code=draft.place.code, address=cleaned(draft.address), lat=draft.lat, long=draft.long,
            language=draft.language, outside_id=draft.outside_id, received_at=now, changed_at=now,
            taken_by=taken_by, owner=taken_by, legal_due_at=self.ground.due(now, draft.kind.legal),
            resident=None if draft.identity == "ANONYMOUS" else draft.resident,
            pin_digest=numbering.pin_digest(number, pin), **self._answer_clock(draft.kind, now),
        )  # fmt: skip
        pen.papers[matter.pk] = Papers()
        pen.counts.update(tallies.standing(matter, matter.state) + tallies.monthly(matter, now, "received"))
        post = taken_by if by.kind == "official" else None
        data = {"channel": matter.channel, "limit": matter.clock_limit, "files": []}
        pen.write_down(matter, Act.RECEIVE, by=by, post=post, now=now, start="", words=text, data=data)
        return Receipt(matter, pin)

    def _first_asked(self, draft: Draft, by: Actor) -> Post:
        if by.kind == "official":
            return by.post_for(Duty.TAKE_IN, place_code=draft.place.code)
        post = self.ground.post_for_duty(Duty.CLASSIFY, draft.place)
        assert post is not None
        return post

    def _answer_clock(self, kind: Kind, start: datetime) -> dict[str, Any]:
        return self.ground.running(Clock.ANSWER, start=start, limit=answer_limit(kind, kind.urgency))

    def classify_matter(self, matter: Matter, *, kind: Kind, by: Actor, now: datetime) -> None:
        """As the resident filed it: kind, place and urgency are confirmed."""
        post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
        clock = self._answer_clock(kind, matter.received_at)
        self.pen.perform(
            matter, Act.CLASSIFY, by=by, post=post, now=now, goal=State.CLASSIFIED,
            changes={
                "kind": kind, "urgency": kind.urgency, "place": matter.place, "place_code": matter.place_code,
                "request": matter.request, "legal_due_at": self.ground.due(matter.received_at, kind.legal), **clock,
            },
            data={
                "kind": kind.code, "urgency": kind.urgency.code, "place": matter.place_code,
                "limit": clock["clock_limit"],
            },
        )  # fmt: skip

    def dispatch_matter(
        self, matter: Matter, *, office: Office, supporting: Sequence[Office] = (), by: Actor, now: datetime
    ) -> None:
        duty = Duty.LEAD if matter.returns >= RETURNS_BEFORE_LEADER else Duty.DISPATCH
        post = by.post_for(duty, place_code=matter.place_code)
        helpers = [helper for helper in supporting if helper.pk != office.pk]
        due = self.ground.due(now, matter.urgency.contact_limit)
        self.pen.perform(
            matter, Act.DISPATCH, by=by, post=post, now=now, goal=State.DISPATCHED,
            changes={"lead": office, "dispatched_at": now, "contact_due_at": due},
            data={"office": office.code, "supporting": [helper.code for helper in helpers]},
        )  # fmt: skip
        limit = self.ground.rule("SUPPORT", county_day(now))
        self.pen.of(matter).supports += [
            self.pen.add(
                Support, matter=matter, office=helper, started_at=now, limit=str(limit),
                due_at=self.ground.due(now, limit),
            )
            for helper in helpers
        ]  # fmt: skip

    def accept_matter(self, matter: Matter, *, by: Actor, now: datetime) -> None:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        self.pen.perform(
            matter, Act.ACCEPT, by=by, post=post, now=now, goal=State.HANDLED,
            changes={"owner": post, "accepted_at": now}, data={"post": post.code},
        )  # fmt: skip

    def return_matter(self, matter: Matter, *, reason: str, by: Actor, now: datetime) -> None:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        owner, times = matter.owner, matter.returns + 1
        if times >= RETURNS_BEFORE_LEADER:
            owner = self.ground.post_for_duty(Duty.LEAD, matter.place) or owner
        self.pen.perform(
            matter, Act.RETURN, by=by, post=post, now=now, goal=State.RETURNED, words=cleaned(reason),
            changes={"returns": times, "owner": owner, "contact_due_at": None},
            data={"office": matter.lead.code if matter.lead else "", "times": times},
        )  # fmt: skip

    def contact_resident(
        self,
        matter: Matter,
        *,
        at: datetime,
        channel: str,
        outcome: ContactOutcome,
        words: str,
        by: Actor,
        now: datetime,
    ) -> None:
        post, words = by.post_for(Duty.HANDLE, office_id=matter.lead_id), cleaned(words)
        self.pen.add(
            Contact, matter=matter, at=at, by=by.official, post=post, channel=channel, outcome=outcome, recorded_at=now
        )
        reached = outcome == ContactOutcome.REACHED
        first = reached and matter.contacted_at is None
        in_time = first and matter.contact_due_at is not None and at <= matter.contact_due_at
        self.pen.perform(
            matter, Act.CONTACT, by=by, post=post, now=now, changes={"contacted_at": at} if first else {}, words=words,
            data={"outcome": outcome, "at": at.isoformat(), "channel": channel},
            counted=tallies.monthly(matter, now, "contacted_in_time") if in_time else [],
        )  # fmt: skip
        follow_up = self.pen.of(matter).follow_up
        if reached and follow_up is not None and follow_up.contacted_at is None:
            follow_up.contacted_at = at

    def add_note(self, matter: Matter, *, words: str, by: Actor, now: datetime) -> None:
        self.pen.perform(matter, Act.NOTE, by=by, now=now, words=cleaned(words), data={"files": []})

    def report_support(self, matter: Matter, *, report: str, by: Actor, now: datetime) -> None:
        post = by.posts_with(Duty.HANDLE)[0]
        for support in self.pen.of(matter).supports:
            if support.office_id == post.office_id and support.done_at is None and support.ended_at is None:
                support.done_at, support.report = now, cleaned(report)
                data = {"office": post.office.code}
                self.pen.perform(matter, Act.SUPPORT, by=by, post=post, now=now, words=support.report, data=data)

    def pause_matter(
        self, matter: Matter, *, reason: PauseReason, words: str, limit: Limit, by: Actor, now: datetime
    ) -> None:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        clock = self.ground.running(Clock.PAUSE, start=now, limit=limit) | {"clock_waiting": clocks.set_aside(matter)}
        self.pen.of(matter).paused_for = reason
        self.pen.perform(
            matter, Act.PAUSE, by=by, post=post, now=now, goal=State.PAUSED, changes=clock, words=cleaned(words),
            data={"reason": reason, "until": clock["clock_due_at"].isoformat()},
        )  # fmt: skip

    def resume_matter(self, matter: Matter, *, words: str = "", by: Actor, now: datetime) -> None:
        post = None if by.kind == "clock" else by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        assert matter.clock_waiting is not None and matter.clock_started_at is not None
        clock = clocks.taken_up(
            matter.clock_waiting, paused_from=matter.clock_started_at, paused_to=now,
            reason=self.pen.of(matter).paused_for,
        )  # fmt: skip
        self.pen.perform(
            matter, Act.RESUME, by=by, post=post, now=now, goal=State.HANDLED, changes=clock, words=cleaned(words)
        )

    def extend_matter(self, matter: Matter, *, reason: str, by: Actor, now: datetime) -> None:
        assert matter.owner is not None
        above = {post.pk for post in self.ground.line_above(matter.owner)}
        post = next(post for post in by.posts_with(Duty.APPROVE) if post.pk in above)
        limit = self.ground.rule("EXTEND", county_day(now))
        self.pen.perform(
            matter, Act.EXTEND, by=by, post=post, now=now, changes=clocks.restated(matter, extension=str(limit)),
            words=cleaned(reason), data={"limit": str(limit), "approver": post.code},
        )  # fmt: skip
