"""From the rating to the public copy, and the side ways: what those verbs of the journey write."""

from datetime import datetime
from typing import Any

from weimin.catalogue.queries import answer_limit
from weimin.county.actors import Actor
from weimin.county.duties import Duty
from weimin.kernel.clock import county_day
from weimin.matters import queries, tallies
from weimin.matters.journey.appeal import ROUNDS
from weimin.matters.journey.outcome import LOWEST_CONTENT_GRADE
from weimin.matters.models import Answer, Appeal, Callback, FollowUp, Matter, Publication, Rating
from weimin.matters.states import Act, Clock, Grade, Resolved, State

from .answering import GONE, Answering, is_open
from .hearing import cleaned


class Verbs(Answering):
    """Every verb that a life of the sample county calls."""

    # --- rated, reopened, closed -------------------------------------------------------------------------------

    def rate_matter(
        self, matter: Matter, *, grade: Grade, resolved: Resolved, words: str, by: Actor, now: datetime
    ) -> None:
        papers, day = self.pen.of(matter), county_day(now)
        rating = self.pen.add(
            Rating, matter=matter, answer=papers.answers[-1], at=now, grade=grade, resolved=resolved,
            words=cleaned(words),
        )  # fmt: skip
        papers.ratings.append(rating)
        content = grade >= LOWEST_CONTENT_GRADE
        owner = (self.ground.post_for_duty(Duty.PUBLISH, matter.place) or matter.owner) if content else matter.owner
        limit = self.ground.rule("PUBLISH" if content else "RECTIFY", day)
        clock = self.ground.running(Clock.PUBLISH if content else Clock.RECTIFY, start=now, limit=limit)
        counted = ["rated", *(["satisfied"] if content else []), *(["resolved"] if resolved == Resolved.YES else [])]
        self.pen.perform(
            matter, Act.RATE, by=by, now=now, goal=State.RATED, changes={"owner": owner, "escalated": 0, **clock},
            words=rating.words, data={"grade": int(grade), "resolved": resolved},
            counted=tallies.monthly(matter, now, *counted),
        )  # fmt: skip
        if not content:
            due = {
                f"{step}_due_at": self.ground.due(now, self.ground.rule(rule, day))
                for step, rule in (
                    ("contact", "FOLLOW_UP_CONTACT"), ("reply", "FOLLOW_UP_REPLY"), ("rectify", "RECTIFY"),
                )
            }  # fmt: skip
            papers.follow_up = self.pen.add(FollowUp, rating=rating, matter=matter, **due)

    def remind_to_rate(self, matter: Matter, *, by: Actor, now: datetime) -> None:
        papers = self.pen.of(matter)
        if matter.resident_id is None or matter.answered_at is None:
            return
        limit = self.ground.rule("RATE_REMINDER", county_day(matter.answered_at))
        reminded = papers.reminded_at is not None and papers.reminded_at >= matter.answered_at
        if now < self.ground.due(matter.answered_at, limit) or reminded:
            return
        papers.reminded_at = now
        self.pen.perform(matter, Act.NOTE, by=by, now=now, internal=True, data={"reminder": True})

    def close_matter(self, matter: Matter, *, reason: str = "", by: Actor, now: datetime) -> None:
        unrated = matter.state == State.ANSWERED
        post = None if unrated else by.post_for(Duty.PUBLISH, place_code=matter.place_code)
        self.pen.perform(
            matter, Act.CLOSE, by=by, post=post, now=now, goal=State.CLOSED, changes=GONE, words=cleaned(reason),
            data={"unrated": unrated}, counted=tallies.monthly(matter, now, "unrated") if unrated else [],
        )  # fmt: skip

    def reopen_matter(self, matter: Matter, *, reason: str, by: Actor, now: datetime) -> None:
        papers = self.pen.of(matter)
        self._rectified(matter, now)
        self.pen.perform(
            matter, Act.REOPEN, by=by, now=now, goal=State.HANDLED, words=cleaned(reason),
            changes={
                "owner": papers.answers[-1].post, "reopened": matter.reopened + 1, "escalated": 0,
                **self._fresh_clock(matter, now),
            },
            counted=tallies.monthly(matter, now, "reopened"),
        )  # fmt: skip

    def _rectified(self, matter: Matter, now: datetime) -> None:
        papers = self.pen.of(matter)
        if papers.follow_up is not None:
            papers.follow_up.rectified_at = now
            papers.follow_up = None

    def _fresh_clock(self, matter: Matter, now: datetime) -> dict[str, Any]:
        return self.ground.running(Clock.ANSWER, start=now, limit=answer_limit(matter.kind, matter.urgency))

    def call_back(
        self,
        matter: Matter,
        *,
        reached: bool,
        resolved: Resolved | None,
        satisfied: bool | None,
        words: str,
        by: Actor,
        now: datetime,
    ) -> None:
        post, words = by.post_for(Duty.CALL_BACK, place_code=matter.place_code), cleaned(words)
        self.pen.add(
            Callback, matter=matter, at=now, by=by.official, post=post, reached=reached, resolved=resolved or "",
            satisfied=satisfied, words=words,
        )  # fmt: skip
        counted = ["called_back"] if reached else ["not_reached"]
        counted += ["callback_satisfied"] if satisfied else []
        counted += ["callback_resolved"] if resolved == Resolved.YES else []
        self.pen.perform(
            matter, Act.CALL_BACK, by=by, post=post, now=now, words=words,
            data={"reached": reached, "resolved": resolved or "", "satisfied": satisfied},
            counted=tallies.monthly(matter, now, *counted),
        )  # fmt: skip

    def break_promise(self, answer: Answer, *, by: Actor, now: datetime) -> None:
        if is_open(answer):
            answer.promise_broken_at = now
            reason = f"承诺“{answer.promise}”到期没有兑现，这件事自动重新办理。"
            self.reopen_matter(answer.matter, reason=reason, by=by, now=now)

    # --- published ---------------------------------------------------------------------------------------------

    def publish_matter(self, matter: Matter, *, title: str, asked: str, done: str, by: Actor, now: datetime) -> None:
        papers = self.pen.of(matter)
        assert matter.answered_at is not None
        rating = papers.ratings[-1] if papers.ratings else None
        shown = {
            "number": matter.number, "request": matter.request, "kind": matter.kind,
            "place": queries.village_of(matter), "office": matter.lead, "title": cleaned(title),
            "asked": cleaned(asked), "done": cleaned(done), "received_on": county_day(matter.received_at),
            "answered_on": county_day(matter.answered_at), "grade": rating.grade if rating else None,
            "resolved": rating.resolved if rating else "", "published_at": now, "published_by": by.official,
            "withdrawn_at": None, "withdrawn_why": "",
        }  # fmt: skip
        if papers.publication is None:
            papers.publication = self.pen.add(Publication, matter=matter, **shown)
        for name, value in shown.items():
            setattr(papers.publication, name, value)
        self.pen.perform(
            matter, Act.PUBLISH, by=by, post=by.post_for(Duty.PUBLISH, place_code=matter.place_code), now=now,
            goal=State.PUBLISHED, changes=GONE, words=papers.publication.asked,
            data={"title": papers.publication.title, "done": papers.publication.done},
            counted=tallies.monthly(matter, now, "published"),
        )  # fmt: skip

    def unpublish_matter(self, matter: Matter, *, reason: str, by: Actor, now: datetime) -> None:
        shown = self.pen.of(matter).publication
        assert shown is not None
        shown.withdrawn_at, shown.withdrawn_why = now, cleaned(reason)
        post = by.post_for(Duty.PUBLISH, place_code=matter.place_code)
        self.pen.perform(
            matter, Act.UNPUBLISH, by=by, post=post, now=now, goal=State.CLOSED, words=cleaned(reason), internal=True
        )

    # --- side ways ---------------------------------------------------------------------------------------------

    def merge_matter(self, matter: Matter, *, main: Matter, reason: str, by: Actor, now: datetime) -> None:
        post = by.post_for(Duty.CLASSIFY, place_code=matter.place_code)
        self.pen.perform(
            matter, Act.MERGE, by=by, post=post, now=now, goal=State.MERGED, changes={**GONE, "merged_into": main},
            words=cleaned(reason), data={"main": main.number},
        )  # fmt: skip

    def withdraw_matter(self, matter: Matter, *, reason: str, by: Actor, now: datetime) -> None:
        self.pen.perform(
            matter, Act.WITHDRAW, by=by, now=now, goal=State.WITHDRAWN, changes=GONE, words=cleaned(reason)
        )

    def appeal_matter(self, matter: Matter, *, words: str, by: Actor, now: datetime) -> None:
        papers, round_ = self.pen.of(matter), matter.appeal_round + 1
        reviewer = self.ground.post_for_duty(Duty.REVIEW, matter.place)
        papers.appeal = self.pen.add(Appeal, matter=matter, round=round_, asked_at=now, words=cleaned(words))
        self._rectified(matter, now)
        limit = self.ground.rule(ROUNDS[round_][1], county_day(now))
        clock = self.ground.running(Clock.REVIEW, start=now, limit=limit)
        self.pen.perform(
            matter, Act.APPEAL, by=by, now=now, goal=State.APPEALED, words=cleaned(words), data={"round": round_},
            changes={"owner": reviewer, "appeal_round": round_, "escalated": 0, **clock},
        )  # fmt: skip

    def decide_appeal(
        self, matter: Matter, *, outcome: Appeal.Outcome, facts: str, reasons: str, rule: str, by: Actor, now: datetime
    ) -> None:
        papers = self.pen.of(matter)
        appeal = papers.appeal
        assert appeal is not None
        post = by.post_for(Duty.REVIEW, place_code=matter.place_code)
        appeal.decided_at, appeal.decided_by, appeal.post, appeal.outcome = now, by.official, post, outcome
        appeal.facts, appeal.reasons, appeal.rule = cleaned(facts), cleaned(reasons), cleaned(rule)
        goal, changes = State.CLOSED, GONE
        if outcome == Appeal.Outcome.SET_ASIDE:
            goal = State.HANDLED if matter.lead_id else State.CLASSIFIED
            owner = papers.answers[-1].post if goal == State.HANDLED else matter.taken_by
            changes = {"owner": owner, "escalated": 0, **self._fresh_clock(matter, now)}
        self.pen.perform(
            matter, Act.DECIDE, by=by, post=post, now=now, goal=goal, changes=changes, words=appeal.reasons,
            data={"round": appeal.round, "outcome": outcome, "facts": appeal.facts, "rule": appeal.rule},
        )  # fmt: skip

    def escalate_matter(self, matter: Matter, *, by: Actor, now: datetime) -> None:
        assert matter.owner is not None and matter.clock_due_at is not None
        above = self.ground.line_above(matter.owner)[matter.escalated]
        late = max(1, (county_day(now) - county_day(matter.clock_due_at)).days)
        self.pen.perform(
            matter, Act.ESCALATE, by=by, now=now, changes={"escalated": matter.escalated + 1},
            data={"to": above.code, "days": late, "clock": matter.clock, "owner": matter.owner.code},
            counted=tallies.monthly(matter, now, "escalated") if matter.escalated == 0 else [],
        )  # fmt: skip
