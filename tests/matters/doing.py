"""Each act done as somebody who may do it would, for random histories."""

from datetime import date, timedelta

from tests.cast import REPLY
from weimin.county.actors import CLOCK, RESIDENT, actor_of
from weimin.kernel.limits import Limit
from weimin.matters import journey, queries
from weimin.matters.models import Appeal
from weimin.matters.states import Act, ContactOutcome, Grade, Missed, PauseReason, Resolved, State

SOON, FAR_OFF = timedelta(days=4), date(2099, 1, 1)


def reply(n, now):
    """Without a promise, with one that soon falls due, or with one far off."""
    due_on = (None, (now + SOON).date(), None, FAR_OFF)[n % 4]
    if due_on is None:
        return REPLY
    return journey.Reply(
        facts="已排上计划。", reasons="要换主管。", rule="条例", appeal_route="信访局", promise="换好主管道",
        promise_due_on=due_on,
    )  # fmt: skip


class Doing:
    """Each act as somebody who may do it would; `n` chooses between the ways to do it."""

    def __init__(self, cast, now, others):
        self.cast, self.now, self.others = cast, now, others

    def handler(self, matter):
        return self.cast.roads if matter.lead and matter.lead.code == "ROADS" else self.cast.sun

    def classify(self, matter, n):
        kind = self.cast.kinds["ROADS-HOLE" if n % 3 == 0 else "WATER-OUT"]
        journey.classify_matter(matter, kind=kind, by=self.cast.hotline, now=self.now)

    def dispatch(self, matter, n):
        offices = self.cast.offices
        office, helper = ("ROADS", "WATER") if n % 3 == 0 else ("WATER", "ROADS")
        by = self.cast.leader if matter.returns >= 2 else self.cast.hotline
        supporting = [offices[helper]] if n % 2 else []
        journey.dispatch_matter(matter, office=offices[office], supporting=supporting, by=by, now=self.now)

    def accept(self, matter, n):
        journey.accept_matter(matter, by=self.handler(matter), now=self.now)

    def return_(self, matter, n):
        journey.return_matter(matter, reason="不归我们管。", by=self.handler(matter), now=self.now)

    def contact(self, matter, n):
        by = self.handler(matter) if matter.lead else self.cast.hotline
        outcome = list(ContactOutcome)[n % len(ContactOutcome)]
        journey.contact_resident(matter, at=self.now, channel="PHONE", outcome=outcome, words="", by=by, now=self.now)

    def note(self, matter, n):
        journey.add_note(matter, words="又停了一次。", by=RESIDENT, now=self.now)

    def support(self, matter, n):
        helper = self.cast.sun if self.handler(matter) == self.cast.roads else self.cast.roads
        journey.report_support(matter, report="已配合。", by=helper, now=self.now)

    def ask_help(self, matter, n):
        office = self.cast.offices[("ROADS", "WATER", "QINGSHI")[n % 3]]
        by = self.handler(matter) if n % 2 and matter.lead else self.cast.hotline
        journey.ask_for_help(matter, office=office, words="请配合。", by=by, now=self.now)

    def chase(self, matter, n):
        missed = list(Missed)[n % len(Missed)]
        helper = self.cast.offices["ROADS"] if missed == Missed.SUPPORT else None
        journey.chase_matter(matter, missed=missed, helper=helper, by=CLOCK, now=self.now)

    def split(self, matter, n):
        by = CLOCK if n % 2 else self.cast.hotline
        journey.split_matter(matter, reason="不是同一处。", by=by, now=self.now)

    def pause(self, matter, n):
        journey.pause_matter(
            matter, reason=list(PauseReason)[n % len(PauseReason)], words="送检。", limit=Limit.parse(f"{1 + n % 35}N"),
            by=self.handler(matter), now=self.now,
        )  # fmt: skip

    def resume(self, matter, n):
        journey.resume_matter(matter, by=self.handler(matter), now=self.now)

    def extend(self, matter, n):
        by = self.cast.leader if n % 2 else self.cast.zhang
        journey.extend_matter(matter, reason="等配件。", limit=Limit.parse(f"{1 + n % 6}W"), by=by, now=self.now)

    def escalate(self, matter, n):
        journey.escalate_matter(matter, by=CLOCK, now=self.now)

    def answer(self, matter, n):
        if matter.state == State.MERGED:
            journey.answer_merged(matter, by=CLOCK, now=self.now)
        else:
            journey.answer_matter(matter, reply=reply(n, self.now), by=self.handler(matter), now=self.now)

    def rate(self, matter, n):
        grade, resolved = list(Grade)[n % len(Grade)], list(Resolved)[n % len(Resolved)]
        journey.rate_matter(matter, grade=grade, resolved=resolved, by=RESIDENT, now=self.now)

    def call_back(self, matter, n):
        heard = {"resolved": Resolved.YES, "satisfied": n % 3 == 0} if n % 2 else {}
        journey.call_back(matter, reached=bool(heard), by=self.cast.caller, now=self.now, **heard)

    def reopen(self, matter, n):
        journey.reopen_matter(matter, reason="又坏了。", by=RESIDENT, now=self.now)

    def close(self, matter, n):
        by = CLOCK if matter.state == State.ANSWERED else self.cast.publisher
        journey.close_matter(matter, reason="只涉及一户。", by=by, now=self.now)

    def publish(self, matter, n):
        journey.publish_matter(
            matter, title="停水", asked="停水。", done="修好。", by=self.cast.publisher, now=self.now
        )

    def unpublish(self, matter, n):
        journey.unpublish_matter(matter, reason="写了地址。", by=self.cast.publisher, now=self.now)

    def merge(self, matter, n):
        main = self.others[n % len(self.others)]
        journey.merge_matter(matter, main=main, reason="同一处。", by=self.cast.hotline, now=self.now)

    def withdraw(self, matter, n):
        journey.withdraw_matter(matter, by=RESIDENT, now=self.now)

    def refuse(self, matter, n):
        if matter.state == State.MERGED:
            journey.refuse_merged(matter, by=CLOCK, now=self.now)
            return
        by = self.handler(matter) if matter.state == State.HANDLED else self.cast.hotline
        journey.refuse_matter(matter, reply=REPLY, by=by, now=self.now)

    def appeal(self, matter, n):
        journey.appeal_matter(matter, words="不服。", by=RESIDENT, now=self.now)

    def decide(self, matter, n):
        outcome = list(Appeal.Outcome)[n % 2]
        journey.decide_appeal(
            matter, outcome=outcome, facts="查清。", reasons="有据。", rule="条例", by=self.cast.reviewer, now=self.now
        )

    def recompute(self, matter, n):
        journey.recompute_clock(matter, by=CLOCK, now=self.now)

    def undo(self, matter, n):
        last = queries.timeline(matter).last()
        by = self.cast.caller if n % 5 == 0 or last.official is None else actor_of(last.official, now=self.now)
        journey.undo_move(matter, by=by, now=self.now)

    def do(self, act, matter, n):
        getattr(self, "return_" if act == Act.RETURN else act.lower())(matter, n)
