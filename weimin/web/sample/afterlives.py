"""The life of a matter after its answer: promise, rating, follow-up, call-back, reopening, review, publication."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from weimin.county.actors import CLOCK, RESIDENT
from weimin.kernel.clock import county_day
from weimin.kernel.explanation import day_words
from weimin.kernel.working_time import begin_of_day
from weimin.matters import journey
from weimin.matters.journey.appeal import ROUNDS
from weimin.matters.models import Answer, Appeal
from weimin.matters.states import ALLOWED, STILL, Act, ContactOutcome, Grade, Resolved, State

from . import sayings
from .lives import DAY, HOUR, MINUTE, Life, Told
from .words import for_everybody

_OF_ONE_HOUSEHOLD = ("welfare", "work", "health")  # an answer here is about somebody's money or illness
_LOWEST_CONTENT = 3


class WholeLife(Life):
    """From the answer on."""

    def _reply(self, *, again: bool) -> journey.Reply:
        day = day_words(self._visited_on(), "zh", this_year=self.now.year)
        facts = self.teller.say(self.plan.facts, 答日=day)
        if again:
            facts = self.course.pick(sayings.AGAIN) + facts
        promised = self.plan.promise and self.fate.promises and not again
        promise = self.teller.say(self.plan.promise) if promised else ""
        due = county_day(self.now) + timedelta(days=self.course.between(10, 40))
        return journey.Reply(
            facts=facts,
            reasons=self.teller.say(self.plan.reasons),
            rule=self.teller.say(self.plan.rule),
            appeal_route=sayings.APPEAL_ROUTE,
            promise=promise,
            promise_due_on=due if promise else None,
        )

    def _visited_on(self) -> date:
        """A working day before the answer, if there was one since it was received."""
        first, day = county_day(self.matter.received_at), county_day(self.now - self.course.between(2, 30) * HOUR)
        while day > first and not self.world.calendar.is_working_day(day):
            day -= DAY
        return max(first, day)

    def _promised(self, answer: Answer) -> Iterator[datetime]:
        """Beside the rest of the life: kept a little before its day, or broken the day after."""
        assert answer.promise_due_on is not None
        day = begin_of_day(answer.promise_due_on)
        if self.fate.keeps:
            moment = self.world.at_work(day - self.course.between(6, 80) * HOUR, self.course)
            yield (moment := max(moment, answer.at + HOUR))
            self.now = moment
            if self.matter.state in STILL[Act.KEEP_PROMISE]:
                words = self.course.pick(sayings.KEPT) % answer.promise
                self.verbs.keep_promise(answer.matter, words=words, by=self.handler, now=moment)
            return
        moment = day + DAY + 10 * MINUTE
        yield moment
        self.now = moment
        if self.matter.state in STILL[Act.KEEP_PROMISE]:
            self.verbs.break_promise(answer, by=CLOCK, now=moment)
            yield from self._handled_again()

    def _handled_again(self) -> Iterator[datetime]:
        """Reopened: contacted, done again, answered again."""
        try:
            yield from self._contacted()
            if self.matter.state == State.HANDLED:
                yield from self._answered(again=True)
                yield from self._rated(last=True)
        except Told:
            return

    def _rated(self, *, last: bool = False) -> Iterator[datetime]:
        """The resident's word, or silence until the window closes. `answer` may be overtaken by a broken promise."""
        answer = self.answer
        if self.fate.called_back and not last:
            self.spawned.append(self._called_back())
        if self.fate.reopens and not last:
            yield from self.at(self.now + self.course.between(10, 200) * HOUR)
            if self._stands(answer, State.ANSWERED):
                reason = self.course.pick(sayings.NOT_SOLVED)
                self.verbs.reopen_matter(self.matter, reason=reason, by=RESIDENT, now=self.now)
                yield from self._handled_again()
            return
        if not self.fate.rates or (self.matter.resident is None and self.course.happens(70)):
            yield from self._silent(answer)
            return
        yield from self.at(self.now + min(self.course.delay(1.5, 13), 13.5) * DAY)
        if not self._stands(answer, State.ANSWERED):
            return
        grade = Grade(self.fate.grade if not last else self.course.pick([3, 4, 4, 5]))
        resolved = self.course.pick(sayings.RESOLVED[int(grade)])
        words = self.course.pick(sayings.RATED[int(grade)])
        self.verbs.rate_matter(
            self.matter, grade=grade, resolved=Resolved(resolved), words=words, by=RESIDENT, now=self.now
        )
        self.halt()
        if grade < _LOWEST_CONTENT:
            yield from self._followed_up()
        elif self.fate.appeals:
            yield from self._reviewed()
        else:
            yield from self._published()

    def _stands(self, answer: Answer, *states: State) -> bool:
        return self.answer is answer and self.matter.state in states

    def _silent(self, answer: Answer) -> Iterator[datetime]:
        assert self.matter.clock_due_at is not None and self.matter.answered_at is not None
        due = self.matter.clock_due_at
        yield from self.at(begin_of_day(county_day(self.matter.answered_at)) + 8 * DAY + 9 * HOUR)
        if self._stands(answer, State.ANSWERED):
            self.verbs.remind_to_rate(self.matter, by=CLOCK, now=self.now)
        if self._stands(answer, State.ANSWERED):
            yield from self.at(due + 2 * MINUTE)
        if not self._stands(answer, State.ANSWERED):
            return
        self.verbs.close_matter(self.matter, by=CLOCK, now=self.now)
        self.halt()
        if self.fate.appeals:
            yield from self._reviewed()
        elif self.course.happens(45):
            yield from self._published()

    def _followed_up(self) -> Iterator[datetime]:
        """Dissatisfied: contacted within a working day, put right, answered again."""
        answer = self.answer
        yield from self.at(self.world.at_work(self.now + self.course.between(1, 20) * HOUR, self.course))
        if not self._stands(answer, State.RATED):
            return
        if self.matter.resident is not None:
            self.verbs.contact_resident(
                self.matter, at=self.now, channel="PHONE", outcome=ContactOutcome.REACHED,
                words=self.course.pick(sayings.TALKED_AGAIN), by=self.handler, now=self.now,
            )  # fmt: skip
        if self.fate.appeals:
            yield from self._reviewed()
            return
        assert self.matter.clock_due_at is not None
        yield from self.at(self._working_part_of(self.now, self.matter.clock_due_at, 15, 80))
        if self._stands(answer, State.RATED):
            reply = self._reply(again=True)
            self.answer = self.verbs.answer_matter(self.matter, reply=reply, by=self.handler, now=self.now)
            if reply.promise:
                self.spawned.append(self._promised(self.answer))
            yield from self._rated(last=True)

    def _called_back(self) -> Iterator[datetime]:
        """Beside the rest: the hotline's own people ask, independent of the office."""
        moment = self.world.at_work(self.now + self.course.between(20, 110) * HOUR, self.course)
        yield moment
        self.now = moment
        if self.matter.state not in STILL[Act.CALL_BACK] or self.matter.resident is None:
            return
        caller, reached = self.world.post(self.course.pick(["RX-21", "RX-22"])), self.course.happens(82)
        content = self.fate.grade >= _LOWEST_CONTENT
        self.verbs.call_back(
            self.matter,
            reached=reached,
            resolved=Resolved(self.course.pick(sayings.RESOLVED[self.fate.grade])) if reached else None,
            satisfied=content if reached else None,
            words=self.course.pick(sayings.CALLED_BACK[content]) if reached else "两次拨打无人接听。",
            by=caller,
            now=moment,
        )

    def _reviewed(self) -> Iterator[datetime]:
        """The resident asks a higher post to look again; upheld, some ask once more."""
        if not self.fate.appeals and not (self.matter.state == State.REFUSED and self.course.happens(15)):
            return
        for round_ in range(2 if self.fate.twice else 1):
            yield from self.at(self.now + self.course.between(1, 16) * DAY)
            if not self._may_appeal():
                return
            words = self.course.pick(sayings.APPEALED)
            self.verbs.appeal_matter(self.matter, words=words, by=RESIDENT, now=self.now)
            self.halt()
            yield from self.at(self.world.at_work(self.now + self.course.between(9, 24) * DAY, self.course))
            upheld = self.fate.upheld or round_ == 1
            outcome = Appeal.Outcome.UPHELD if upheld else Appeal.Outcome.SET_ASIDE
            facts, reasons, rule = sayings.DECISIONS[outcome]
            reviewer = self.world.post(self.course.pick(["XFJ-31", "XFJ-32"]))
            self.verbs.decide_appeal(
                self.matter, outcome=outcome, facts=facts, reasons=reasons, rule=rule, by=reviewer, now=self.now
            )
            if not upheld:
                yield from self._set_aside()
                return
        self.halt()

    def _may_appeal(self) -> bool:
        """Twice at most, the first time within 30 days of the answer."""
        matter = self.matter
        if (Act.APPEAL, matter.state, State.APPEALED) not in ALLOWED or matter.appeal_round >= len(ROUNDS):
            return False
        return matter.appeal_round > 0 or matter.answered_at is None or self.now < matter.answered_at + 29 * DAY

    def _set_aside(self) -> Iterator[datetime]:
        if self.matter.state == State.CLASSIFIED:  # it had been refused: an office is to be found
            yield from self._sent()
        yield from self._handled_again()

    def _published(self) -> Iterator[datetime]:
        """A redacted copy; or, where it would show a household, a reason why there is none."""
        yield from self.at(self.world.at_work(self.now + self.course.between(1, 9) * DAY, self.course))
        if self.matter.state not in (State.RATED, State.CLOSED):
            return
        publisher, done = self.world.post("XZF-31"), for_everybody(self.answer.facts)
        private = self.matter.kind.code.split(".")[0] in _OF_ONE_HOUSEHOLD or not done
        if self.fate.halt != State.PUBLISHED and (private or not self.fate.published):
            if self.matter.state == State.RATED:
                reason = self.course.pick(sayings.NOT_PUBLISHED)
                self.verbs.close_matter(self.matter, reason=reason, by=publisher, now=self.now)
            return
        asked = self.course.pick(sayings.ASKED.get(self.plan.request, sayings.ASKED_OTHERWISE)) % {
            "village": self.village.name_zh,
            "what": self.plan.public,
        }
        self.verbs.publish_matter(
            self.matter,
            title=f"{self.village.name_zh}：{self.plan.public}",
            asked=asked,
            done=done or f"已由{self.matter.lead}办理并答复。",
            by=publisher,
            now=self.now,
        )
        self.halt()
        if self.fate.taken_down:
            yield from self.at(self.world.at_work(self.now + self.course.between(2, 12) * DAY, self.course))
            if self.matter.state == State.PUBLISHED:
                self.verbs.unpublish_matter(self.matter, reason=sayings.TAKEN_DOWN, by=publisher, now=self.now)
