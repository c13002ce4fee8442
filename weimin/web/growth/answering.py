"""The answer, its promise, and the refusal: what those verbs of the journey write."""

from datetime import datetime
from typing import Any

from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.county.models import Post
from weimin.kernel.clock import county_day
from weimin.matters import clocks, tallies
from weimin.matters.journey import Reply
from weimin.matters.models import Answer, Matter
from weimin.matters.states import Act, Clock, State

from .hearing import Hearing, cleaned

GONE: dict[str, Any] = {**clocks.STOPPED, "owner": None}


class Answering(Hearing):
    """What an office says, and what becomes of what it promised."""

    def answer_matter(self, matter: Matter, *, reply: Reply, by: Actor, now: datetime) -> Answer:
        papers = self.pen.of(matter)
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        answer = self._write(matter, reply, by=by, post=post, now=now, refusal=False)
        for earlier in papers.answers[:-1] if answer.promise else []:
            if earlier.promise and is_open(earlier):
                earlier.promise_replaced_at = now
        counted = self._first_answer(matter, now)
        if papers.follow_up is not None:
            papers.follow_up.replied_at = papers.follow_up.rectified_at = now
            papers.follow_up = None
        self._answered(matter, answer, by=by, post=post, now=now, counted=counted)
        return answer

    def answer_merged(self, matter: Matter, *, by: Actor, now: datetime) -> Answer:
        main = matter.merged_into
        assert main is not None
        given = self.pen.of(main).answers[-1]
        answer = self._keep(
            matter, at=now, by=given.by, post=given.post, refusal=given.refusal, facts=given.facts,
            reasons=given.reasons, rule=given.rule, appeal_route=given.appeal_route,
        )  # fmt: skip
        self._answered(matter, answer, by=by, post=None, now=now, counted=[], owner=given.post, lead=main.lead)
        return answer

    def refuse_matter(self, matter: Matter, *, reply: Reply, by: Actor, now: datetime) -> Answer:
        post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
        answer = self._write(matter, reply, by=by, post=post, now=now, refusal=True)
        self.pen.perform(
            matter, Act.REFUSE, by=by, post=post, now=now, goal=State.REFUSED, changes={**GONE, "answered_at": now},
            answer=answer,
        )  # fmt: skip
        return answer

    def _write(self, matter: Matter, reply: Reply, *, by: Actor, post: Post, now: datetime, refusal: bool) -> Answer:
        return self._keep(
            matter, at=now, by=by.official, post=post, refusal=refusal, facts=cleaned(reply.facts),
            reasons=cleaned(reply.reasons), rule=cleaned(reply.rule), promise=cleaned(reply.promise),
            promise_due_on=reply.promise_due_on, appeal_route=cleaned(reply.appeal_route),
        )  # fmt: skip

    def _keep(self, matter: Matter, **columns: Any) -> Answer:
        answer = self.pen.add(Answer, matter=matter, **columns)
        self.pen.of(matter).answers.append(answer)
        return answer

    def _first_answer(self, matter: Matter, now: datetime) -> list[str]:
        if matter.answered_at is not None:
            return []
        assert matter.clock_due_at is not None
        words = ["answered", "answered_on_time"] if now <= matter.clock_due_at else ["answered"]
        return tallies.monthly(matter, now, *words)

    def _answered(
        self,
        matter: Matter,
        answer: Answer,
        *,
        by: Actor,
        post: Post | None,
        now: datetime,
        counted: list[str],
        **columns: Any,
    ) -> None:
        window = self.ground.running(Clock.RATE, start=now, limit=self.ground.rule("RATE_WINDOW", county_day(now)))
        self.pen.perform(
            matter, Act.ANSWER, by=by, post=post, now=now, goal=State.ANSWERED, counted=counted,
            changes={"answered_at": now, "escalated": 0, **columns, **window}, answer=answer,
        )  # fmt: skip

    def keep_promise(self, matter: Matter, *, words: str, by: Actor, now: datetime) -> None:
        post = by.post_for(Duty.HANDLE, office_id=matter.lead_id)
        owed = [
            answer
            for answer in self.pen.of(matter).answers
            if answer.promise and answer.promise_kept_at is None and answer.promise_replaced_at is None
        ]
        if owed:
            owed[-1].promise_kept_at = now
            data = {"answer": owed[-1].pk}
            self.pen.perform(matter, Act.KEEP_PROMISE, by=by, post=post, now=now, words=cleaned(words), data=data)


def is_open(answer: Answer) -> bool:
    """A promise still to be kept."""
    return answer.promise_kept_at is None and answer.promise_broken_at is None and answer.promise_replaced_at is None
