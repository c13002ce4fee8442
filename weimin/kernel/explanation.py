"""Why this date: every deadline in plain words, sentence by sentence, fit to be read aloud at the kitchen table."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from weimin.kernel.limits import Unit
from weimin.kernel.words import Tongue, tongue
from weimin.kernel.working_time import Deadline, Step, StepKind

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# As many days as a listener keeps in mind; beyond that we say from where to where, and how many.
_LISTED = 7

_ZH = {
    "started W": "从 {day}{event}的第二天算起，期限是 {limit}。",
    "started N": "从 {day}{event}的第二天算起，期限是 {limit}，中间的休息日也算在内。",
    "started H": "从 {moment} {event}时算起，期限是 {limit}，夜里和休息日也照算。",
    "started WH": "从 {moment} {event}时算起，期限是 {limit}，只算上班的时间。",
    "extended W": "经批准延长一次，从 {day}的第二天起再算 {limit}。",
    "extended N": "经批准延长一次，从 {day}的第二天起再算 {limit}，中间的休息日也算在内。",
    "extended H": "经批准延长一次，从 {moment} 起再算 {limit}，夜里和休息日也照算。",
    "extended WH": "经批准延长一次，从 {moment} 起再算 {limit}，只算上班的时间。",
    "listed": "算在内的是 {list}。",
    "counted W": "从 {first}数到 {last}，正好 {n} 个工作日。",
    "counted N": "从 {first}数到 {last}，正好 {n} 天。",
    "counted WH": "从 {first}数到 {last}，上班时间正好数满。",
    "make_up": "{list}虽是周末，但按国家安排调休上班，也算在内。",
    "holiday": "{span}是{name}放假，不算。",
    "holiday ": "{span}按国家安排放假，不算。",
    "weekend": "{list}是周末，不算。",
    "weekends": "中间还有 {n} 天周末，不算。",
    "pause": "{from_} 到 {to} 暂停计时，原因是{reason}。",
    "pause ": "{from_} 到 {to} 暂停计时。",
    "paused": "其中有 {n} 天因此不计入：一天结束时还停着的，这一天不算；恢复的当天要算。",
    "paused 0": "暂停没有占用要算的日子，日期不变。",
    "paused hours": "暂停的时间不计入期限。",
    "rolled": "数满的那天 {first}逢休息日，顺延到之后的第一个工作日 {last}。",
    "due": "所以，最迟在 {day}结束以前，也就是当晚 12 点前。",
    "due hours": "所以，最迟在 {moment} 以前。",
    "provisional": "国家还没有公布 {name} 年的放假安排，这个日期先按平常的周末推算，公布以后我们重新计算。",
    "received": "收到",
    "to": "{}到 {}",
    "comma": "、",
}
_EN = {
    "started W": "The limit is {limit}, counted from the day after {day}, when it was {event}.",
    "started N": "The limit is {limit}, counted from the day after {day}, when it was {event}; rest days count too.",
    "started H": "The limit is {limit}, counted from {moment}, when it was {event}; nights and rest days count too.",
    "started WH": "The limit is {limit}, counted from {moment}, when it was {event}; only office hours count.",
    "extended W": "With approval it was extended once, by {limit} from the day after {day}.",
    "extended N": "With approval it was extended once, by {limit} from the day after {day}; rest days count too.",
    "extended H": "With approval it was extended once, by {limit} from {moment}; nights and rest days count too.",
    "extended WH": "With approval it was extended once, by {limit} from {moment}; only office hours count.",
    "listed": "What counts: {list}.",
    "counted W": "From {first} to {last} there are exactly {n} working days.",
    "counted N": "From {first} to {last} there are exactly {n} days.",
    "counted WH": "From {first} to {last} the office hours make up the limit exactly.",
    "make_up": "Although at a weekend, {list} is an official make-up working day and counts.",
    "holiday": "{span}: {name} holiday, not counted.",
    "holiday ": "{span}: official holiday, not counted.",
    "weekend": "Weekend days are not counted: {list}.",
    "weekends": "The {n} weekend days in between are not counted.",
    "pause": "The clock was stopped from {from_} to {to}. Reason: {reason}.",
    "pause ": "The clock was stopped from {from_} to {to}.",
    "paused": "Days left out for this: {n}. A day is left out when the clock is still stopped as the day ends; "
    "the day on which it runs again counts.",
    "paused 0": "The pause took up no day that would have counted, so the date stays the same.",
    "paused hours": "The time of the pause is not counted.",
    "rolled": "The last day counted, {first}, is a rest day, so the limit ends on the next working day, {last}.",
    "due": "So it is due by the end of {day}.",
    "due hours": "So it is due by {moment}.",
    "provisional": "The holidays of {name} have not been announced yet. Until then we count with ordinary weekends; "
    "once they are announced we count again.",
    "received": "received",
    "to": "{} to {}",
    "comma": ", ",
}
_PHRASES: dict[Tongue, dict[str, str]] = {"zh": _ZH, "en": _EN}


def explain(deadline: Deadline, language: str, *, event: str = "") -> list[str]:
    """The sentences that lead from the start to the due moment. `event`: what happened at the start, if not 收到."""
    return list(_Teller(deadline, tongue(language), event).sentences())


def day_words(day: date, language: str, *, this_year: int) -> str:
    """9 月 30 日（周三） or Wednesday 30 September; the year is said when it is another one."""
    weekday = day.weekday()
    if tongue(language) == "zh":
        year = "" if day.year == this_year else f"{day.year} 年 "
        return f"{year}{day.month} 月 {day.day} 日（周{_WEEKDAYS_ZH[weekday]}）"
    year = "" if day.year == this_year else f" {day.year}"
    return f"{_WEEKDAYS_EN[weekday]} {day.day} {_MONTHS_EN[day.month - 1]}{year}"


class _Teller:
    """Tells one deadline in one language."""

    def __init__(self, deadline: Deadline, language: Tongue, event: str) -> None:
        self.deadline, self.language, self.phrases = deadline, language, _PHRASES[language]
        self.event = event or self.phrases["received"]
        self.year = deadline.steps[0].first.year

    def sentences(self) -> Iterator[str]:
        unit = Unit.W
        for stage in _stages(self.deadline.steps):
            unit, length = self._limit(stage[0])
            yield self._say(f"{stage[0].kind} {unit}", stage[0], limit=length)
            yield from self._counted(stage, unit)
            yield from self._left_out(stage)
            yield from self._pauses(stage, by_the_hour=unit in (Unit.H, Unit.WH))
            yield from (self._say("rolled", step) for step in _of(stage, StepKind.ROLLED))
        due = self.deadline.due
        yield self._say("due hours" if unit in (Unit.H, Unit.WH) else "due", Step(StepKind.COUNTED, due, due))
        for step in _of(self.deadline.steps, StepKind.PROVISIONAL):
            yield self._say("provisional", step)

    def _limit(self, step: Step) -> tuple[Unit, str]:
        if step.limit is None:
            raise ValueError(f"A stage begins with its limit, and {step.kind} carries none.")
        return step.limit.unit, step.limit.words(self.language)

    def _counted(self, stage: Sequence[Step], unit: Unit) -> Iterator[str]:
        counted = _of(stage, StepKind.COUNTED, StepKind.MAKE_UP)
        n = sum(len(step.days) for step in counted)
        if unit is Unit.H:
            return
        if unit is Unit.WH and len(counted) <= _LISTED:
            spans = [f"{self._moment(step.first)}–{step.last:%H:%M}" for step in counted]
            yield self.phrases["listed"].format(list=self._list(spans))
        elif unit is Unit.W and n <= _LISTED:
            yield self.phrases["listed"].format(list=self._days(counted))
        else:
            yield self._say(f"counted {unit}", Step(StepKind.COUNTED, counted[0].first, counted[-1].last), n=n)
        if unit is not Unit.N and (make_up := _of(stage, StepKind.MAKE_UP)):
            yield self.phrases["make_up"].format(list=self._days(make_up))

    def _left_out(self, stage: Sequence[Step]) -> Iterator[str]:
        for step in _of(stage, StepKind.HOLIDAY):
            yield self._say("holiday" if step.note[0] else "holiday ", step)
        weekends = _of(stage, StepKind.WEEKEND)
        n = sum(len(step.days) for step in weekends)
        if n > _LISTED:
            yield self.phrases["weekends"].format(n=n)
        elif n:
            yield self.phrases["weekend"].format(list=self._days(weekends))

    def _pauses(self, stage: Sequence[Step], *, by_the_hour: bool) -> Iterator[str]:
        pauses = _of(stage, StepKind.PAUSE)
        for step in pauses:
            moments = {"from_": self._moment(step.first), "to": self._moment(step.last)}
            reason = self._name(step).rstrip("。.")
            yield self.phrases["pause" if reason else "pause "].format(**moments, reason=reason)
        if pauses and by_the_hour:
            yield self.phrases["paused hours"]
        elif pauses:
            n = sum(len(step.days) for step in _of(stage, StepKind.PAUSED))
            yield self.phrases["paused" if n else "paused 0"].format(n=n)

    def _say(self, phrase: str, step: Step, **more: object) -> str:
        first, last = self._day(step.first), self._day(step.last)
        span = first if first == last else self.phrases["to"].format(first, last)
        known = {"day": first, "first": first, "last": last, "span": span, "name": self._name(step)}
        return self.phrases[phrase].format(**known, moment=self._moment(step.first), event=self.event, **more)

    def _name(self, step: Step) -> str:
        return step.note[self.language == "en"]

    def _day(self, moment: datetime) -> str:
        return day_words(moment.date(), self.language, this_year=self.year)

    def _moment(self, moment: datetime) -> str:
        return f"{self._day(moment)}{' ' if self.language == 'en' else ''}{moment:%H:%M}"

    def _days(self, steps: Iterable[Step]) -> str:
        return self._list(
            list(
                dict.fromkeys(day_words(day, self.language, this_year=self.year) for step in steps for day in step.days)
            )
        )

    def _list(self, things: Iterable[str]) -> str:
        return self.phrases["comma"].join(things)


def _of(steps: Iterable[Step], *kinds: StepKind) -> list[Step]:
    return [step for step in steps if step.kind in kinds]


def _stages(steps: Iterable[Step]) -> list[list[Step]]:
    """The first limit with its steps, then the extension with its own."""
    stages: list[list[Step]] = []
    for step in steps:
        if step.kind in (StepKind.STARTED, StepKind.EXTENDED):
            stages.append([])
        stages[-1].append(step)
    return stages
