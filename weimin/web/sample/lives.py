"""The life of one matter, up to its answer: each stretch waits for its moment and calls the verb of the journey."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from weimin.county.actors import CLOCK, RESIDENT, Actor
from weimin.county.models import Office, Place
from weimin.kernel.clock import county_day
from weimin.kernel.limits import Limit
from weimin.matters import journey
from weimin.matters.journey.dispatch import RETURNS_BEFORE_LEADER
from weimin.matters.models import Answer, Matter
from weimin.matters.states import Channel, ContactOutcome, Identity, PauseReason, Request, State

from . import sayings
from .fates import Fate
from .sequence import Course
from .words import Plan, Teller
from .world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_BY_RESIDENT = (Channel.WEB, Channel.MESSAGE)
_CHANNELS = {
    Channel.WEB: 36, Channel.PHONE: 38, Channel.COUNTER: 10, Channel.VISIT: 7, Channel.MESSAGE: 6, Channel.MEETING: 3,
}  # fmt: skip
_SWIFT = ("LIFE", "UTILITY")
_NO_MAIN = (State.ANSWERED, State.RATED, State.APPEALED)  # open, but no longer being worked on


class Told(Exception):
    """The story stops in the state it was meant to stop in."""


class Life(ABC):
    """One matter. `live` yields the moments at which something happens; between them others live."""

    matter: Matter
    handler: Actor
    answer: Answer

    def __init__(
        self, world: World, course: Course, plan: Plan, *, village: Place, start: datetime, fate: Fate
    ) -> None:
        self.world, self.course, self.plan, self.fate = world, course, plan, fate
        self.verbs = world.verbs
        self.village, self.now = village, start
        self.teller = Teller(course, {"村": village.name_zh})
        self.spawned: list[Iterator[datetime]] = []

    def live(self) -> Iterator[datetime]:
        try:
            yield self.now
            self._receive()
            yield from self._sorted()
            if self.matter.state == State.CLASSIFIED:
                yield from self._sent()
                yield from self._handled()
        except Told:
            return

    # --- waiting -----------------------------------------------------------------------------------------------

    def at(self, moment: datetime) -> Iterator[datetime]:
        """Wait for a moment. What is late meanwhile is reported up the line, step by step."""
        moment = max(moment, self.now + MINUTE)
        while (step := self._climbs()) is not None and step < moment:
            yield (step := max(step, self.now))
            self.now = step
            self.verbs.escalate_matter(self.matter, by=CLOCK, now=self.now)
        yield moment
        self.now = moment

    def _climbs(self) -> datetime | None:
        matter = self.matter
        if not matter.is_open or matter.owner is None or matter.escalated >= len(self.world.line_above(matter.owner)):
            return None
        return self.world.next_escalation(matter) + 5 * MINUTE

    def after(self, low: int, high: int) -> Iterator[datetime]:
        """Wait some minutes; where it is not urgent, until offices are open."""
        moment = self.now + self.course.between(low, high) * MINUTE
        return self.at(moment if self.swift else self.world.at_work(moment, self.course))

    @property
    def swift(self) -> bool:
        return self.matter.urgency.code in _SWIFT

    def halt(self) -> None:
        if self.fate.halt == self.matter.state:
            raise Told

    # --- heard and sent ----------------------------------------------------------------------------------------

    def _receive(self) -> None:
        course, world = self.course, self.world
        channel, place = course.weighed(_CHANNELS), self._place()
        who = world.who_asks(course)
        lat, long = self._position()
        draft = journey.Draft(
            text=self.teller.told(self.plan.text, pressing=self.plan.request in ("HELP", "COMPLAINT", "REPORT")),
            title=self.teller.say(self.plan.title)[:80],
            kind=world.kinds[self.plan.kind],
            place=place,
            channel=channel,
            request=Request(self.plan.request),
            identity=Identity(self.fate.identity),
            resident=who.known,
            name=who.name,
            phone=who.phone,
            lat=lat,
            long=long,
            address=course.pick(["", "", "村口", "村委会旁边", "小学门口", "桥头", "老戏台对面", "三岔路口"]),
        )
        by = RESIDENT if channel in _BY_RESIDENT else world.clerk_at(place, course)
        self.matter = self.verbs.receive_matter(draft, by=by, now=self.now).matter
        if self.matter.resident is not None:
            world.remember(who, self.matter.resident)
        self.halt()

    def _place(self) -> Place:
        groups = self.world.groups.get(self.village.pk)
        return self.course.pick(groups) if groups and self.course.happens(40) else self.village

    def _position(self) -> tuple[Decimal | None, Decimal | None]:
        """Some mark the spot on the map: within a kilometre of the village's middle."""
        if self.village.lat is None or self.village.long is None or not self.course.happens(40):
            return None, None
        aside = [Decimal(self.course.between(-8000, 8000)) / 1_000_000 for _ in range(2)]
        return self.village.lat + aside[0], self.village.long + aside[1]

    def _sorted(self) -> Iterator[datetime]:
        """Classified; or merged, refused, withdrawn."""
        yield from self.after(3, 25 if self.swift or self.matter.channel != Channel.WEB else 400)
        sorter, matter = self.world.sorter_of(self.matter), self.matter
        spot = (self.plan.kind, self.village.pk)
        main = self.world.open_at.get(spot)
        if main is not None and main.is_open and main.state not in _NO_MAIN and self.fate.merges:
            self.verbs.merge_matter(matter, main=main, reason=sayings.SAME_FACTS, by=sorter, now=self.now)
            self.halt()
            yield from self._waits_for(main)
            return
        self.world.open_at[spot] = matter
        if self.fate.refused:
            self.verbs.refuse_matter(matter, reply=sayings.refusal(self.course), by=sorter, now=self.now)
            self.halt()
            yield from self._reviewed()
            return
        self.verbs.classify_matter(matter, kind=matter.kind, by=sorter, now=self.now)
        self.halt()

    def _waits_for(self, main: Matter) -> Iterator[datetime]:
        """A merged matter: its resident is answered when the main one is."""
        for _day in range(120):
            yield from self.at(self.now + DAY)
            if main.state in (State.ANSWERED, State.RATED, State.CLOSED, State.PUBLISHED):
                self.answer = self.verbs.answer_merged(self.matter, by=CLOCK, now=self.now)
                assert self.answer.post is not None
                self.handler = self.world.post(self.answer.post.code)
                yield from self._rated()
                return

    def _sent(self) -> Iterator[datetime]:
        """To the office that leads; now and then to a wrong one first, which returns it."""
        route = self.world.route(self.matter.kind, self.matter.place, on=county_day(self.now))
        assert route is not None
        helpers = list(route.supporting.all()) if self.course.happens(30) else []
        for _wrong in range(self.fate.returns):
            yield from self._returned_by(self._another(route.lead))
        yield from self._dispatched(route.lead, helpers)
        if self.fate.withdrawn:
            yield from self.after(60, 900)
            words = self.course.pick(sayings.WITHDRAWN)
            self.verbs.withdraw_matter(self.matter, reason=words, by=RESIDENT, now=self.now)
            raise Told
        yield from self.after(10, 40 if self.swift else 900)
        self.verbs.accept_matter(self.matter, by=self.handler, now=self.now)
        self.halt()
        for helper in helpers[:1]:
            self.spawned.append(self._helped_by(helper))

    def _dispatched(self, office: Office, helpers: list[Office]) -> Iterator[datetime]:
        yield from self.after(3, 20)
        sender = self.world.sorter_of(self.matter)
        if self.matter.returns >= RETURNS_BEFORE_LEADER and self.matter.owner is not None:
            sender = self.world.post(self.matter.owner.code)
        self.verbs.dispatch_matter(self.matter, office=office, supporting=helpers, by=sender, now=self.now)
        self.handler = self.world.handler(office.pk, self.course)
        self.halt()

    def _returned_by(self, office: Office) -> Iterator[datetime]:
        yield from self._dispatched(office, [])
        yield from self.after(30, 60 if self.swift else 1500)
        reason = self.course.pick(sayings.NOT_OURS)
        self.verbs.return_matter(self.matter, reason=reason, by=self.handler, now=self.now)
        if self.matter.returns == self.fate.returns:
            self.halt()

    def _another(self, right: Office) -> Office:
        codes = [code for code in ("ZJJ", "CGJ", "NYJ", "JTJ", "SLJ", "ZRJ", "SCJ") if code != right.code]
        return self.world.post(f"{self.course.pick(codes)}-2").posts[0].office

    def _helped_by(self, office: Office) -> Iterator[datetime]:
        moment = self.world.at_work(self.now + self.course.between(500, 3500) * MINUTE, self.course)
        yield moment
        self.now = moment
        if self.matter.state in (State.DISPATCHED, State.HANDLED, State.PAUSED):
            helper, report = self.world.handler(office.pk, self.course), self.course.pick(sayings.HELPED)
            self.verbs.report_support(self.matter, report=report, by=helper, now=moment)

    # --- handled and answered ----------------------------------------------------------------------------------

    def _handled(self) -> Iterator[datetime]:
        yield from self._contacted()
        if self.fate.noted:
            yield from self.after(30, 1200)
            self.verbs.add_note(self.matter, words=self.course.pick(sayings.ADDED), by=RESIDENT, now=self.now)
        if self.fate.paused:
            yield from self._paused()
        yield from self._answered()
        yield from self._rated()

    def _contacted(self) -> Iterator[datetime]:
        yield from self.after(8, 30 if self.swift else 700)
        if self.matter.resident is None:
            return
        outcomes = [ContactOutcome.REACHED]
        if self.course.happens(14):
            outcomes.insert(0, self.course.pick([ContactOutcome.NO_ANSWER, ContactOutcome.CALL_LATER]))
        for outcome in outcomes:
            words = self.course.pick(sayings.TALKED if outcome == ContactOutcome.REACHED else sayings.NOT_REACHED)
            self.verbs.contact_resident(
                self.matter, at=self.now, channel="PHONE", outcome=outcome, words=words, by=self.handler, now=self.now
            )
            if outcome != ContactOutcome.REACHED:
                yield from self.after(60, 400)

    def _paused(self) -> Iterator[datetime]:
        yield from self.after(30, 600)
        reason, words = self.course.pick(sayings.PAUSES)
        limit = Limit.parse(self.course.pick(["5W", "7W", "10N", "15N"]))
        self.verbs.pause_matter(
            self.matter, reason=PauseReason(reason), words=words, limit=limit, by=self.handler, now=self.now
        )
        self.halt()
        assert self.matter.clock_due_at is not None
        if self.course.happens(25):  # nobody resumed it: the time named is over
            yield from self.at(self.matter.clock_due_at + 2 * MINUTE)
            self.verbs.resume_matter(self.matter, by=CLOCK, now=self.now)
        else:
            yield from self.at(self._working_part_of(self.now, self.matter.clock_due_at, 40, 90))
            self.verbs.resume_matter(self.matter, words=sayings.RESUMED, by=self.handler, now=self.now)

    def _answered(self, *, again: bool = False) -> Iterator[datetime]:
        """The answer, mostly within its time."""
        assert self.matter.clock_due_at is not None
        due = self.matter.clock_due_at
        if self.fate.extended and not again and not self.swift and self.now < due - DAY:
            yield from self.at(self._working_part_of(self.now, due, 40, 80))
            head, reason = self.world.above(self.handler), self.course.pick(sayings.LONGER)
            self.verbs.extend_matter(self.matter, reason=reason, by=head, now=self.now)
            due = self.matter.clock_due_at
        yield from self.at(self._when_answered(due, late=self.fate.late and not again))
        reply = self._reply(again=again)
        self.answer = self.verbs.answer_matter(self.matter, reply=reply, by=self.handler, now=self.now)
        if reply.promise:
            self.spawned.append(self._promised(self.answer))
        self.halt()

    def _when_answered(self, due: datetime, *, late: bool) -> datetime:
        if late:
            wait = self.course.delay(2.5, 25) * DAY + HOUR
            return self.world.at_work(due + wait, self.course)
        if self.swift:
            return self.now + max(MINUTE * 4, (due - self.now) * self.course.between(25, 92) / 100)
        return self._working_part_of(self.now, due, 8, 72)

    def _working_part_of(self, start: datetime, end: datetime, low: int, high: int) -> datetime:
        """A moment in office hours so many hundredths of the way; never after the end if it can be helped."""
        moment = self.world.at_work(start + (end - start) * self.course.between(low, high) / 100, self.course)
        if start < end < moment:
            return start + (end - start) * 9 / 10
        return moment

    @abstractmethod
    def _reply(self, *, again: bool) -> journey.Reply: ...

    @abstractmethod
    def _promised(self, answer: Answer) -> Iterator[datetime]: ...

    @abstractmethod
    def _rated(self, *, last: bool = False) -> Iterator[datetime]: ...

    @abstractmethod
    def _reviewed(self) -> Iterator[datetime]: ...
