"""Growing a county stretch by stretch: each is one transaction and one entry, so a growth that was cut off goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection, transaction

from weimin.county.actors import IMPORT
from weimin.county.bulk import lay_down, uncollected
from weimin.county.models import Place
from weimin.households.models import Resident
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import begin_of_day
from weimin.ledger.models import Entry
from weimin.ledger.services import record
from weimin.matters import numbering
from weimin.matters.finding.reading import read_new
from weimin.matters.models import Matter
from weimin.web.sample.builder import live, plans

from .ending import Verbs
from .founding import found
from .ground import Ground
from .keys import Keys, keep_free
from .pen import WRITTEN, Pen
from .people import People
from .telling import Story, Telling

YEARS = 4
_PEOPLE, _MATTERS = 10_000, 1_000  # residents and matters of one stretch
_ROWS_A_MATTER = 60  # of its longest table, the timeline: room for keys, several times what is used
_RESIDENTS_A_MATTER = 50  # so many are as much work as one matter

Step = Callable[[int], None]


class NotEmpty(Exception):
    """Somebody works here, or the county was grown to another size: nothing was written."""


@dataclass(frozen=True)
class Stretch:
    """What is written in one transaction: residents, or matters by number, or those that are held in each state."""

    what: str
    start: int
    end: int

    @property
    def weight(self) -> int:
        rows = self.end - self.start
        return -(-rows // _RESIDENTS_A_MATTER) if self.what == "residents" else rows


@dataclass(frozen=True)
class Growth:
    """How large, and to which day. The same figures give the same county; only PINs, salts and keys are secret."""

    residents: int
    matters: int
    until: date

    @property
    def first(self) -> date:
        return self.until - timedelta(days=365 * YEARS)

    @property
    def story(self) -> Story:
        return Story(self.matters, self.first, self.until)

    @property
    def people(self) -> People:
        return People(self.residents, begin_of_day(self.first))

    @cached_property
    def stretches(self) -> list[Stretch]:
        plain = self.story.plain
        return [
            *_cut("residents", self.residents, _PEOPLE),
            *_cut("matters", plain, _MATTERS),
            *_cut("held", self.matters - plain, self.matters - plain),
        ]

    @property
    def weight(self) -> int:
        return sum(stretch.weight for stretch in self.stretches)

    @property
    def room(self) -> int:
        """Keys that each stretch may use in each table."""
        return max(_MATTERS, self.matters - self.story.plain) * _ROWS_A_MATTER

    def about(self, stretch: int | None = None) -> str:
        """How the ledger names this growth, or one stretch of it."""
        size = f"{self.residents}-{self.matters}-{self.until:%Y%m%d}"
        return f"growth:{current_code()}-{size}" + ("" if stretch is None else f":{stretch}")


def _cut(what: str, total: int, size: int) -> list[Stretch]:
    return [Stretch(what, start, min(start + size, total)) for start in range(0, total, size)]


def begin(growth: Growth, *, now: datetime) -> list[int]:
    """Found the chosen county unless that was done, and say which stretches are still to be written.

    Raises NotEmpty where somebody else's places or matters are: they are never mixed with grown ones.
    """
    count = len(growth.stretches)
    if not Entry.objects.filter(about=growth.about()).exists():
        if Place.objects.exists() or Matter.objects.exists() or Resident.objects.exists():
            raise NotEmpty
        with transaction.atomic():
            found(growth.first - timedelta(days=30))
            keep_free(WRITTEN, up_to=count * growth.room)
            keep_free([Resident], up_to=growth.residents)
            numbering.next_serials(growth.matters)
            _note(growth, None, {"residents": growth.residents, "matters": growth.matters}, now)
        return list(range(count))
    names = {growth.about(n): n for n in range(count)}
    written = Entry.objects.filter(about__in=names).values_list("about", flat=True)
    return sorted(set(range(count)) - {names[name] for name in written})


class Writer:
    """Writes stretches of one growth, in any order; several writers in several processes do not meet."""

    def __init__(self, growth: Growth) -> None:
        self.growth = growth

    @cached_property
    def telling(self) -> Telling:
        return Telling(self.growth.story, Ground(plans(), self.growth.people))

    def write(self, number: int, *, now: datetime) -> int:
        """One stretch, all of it or nothing; how much work it was."""
        stretch = self.growth.stretches[number]
        with uncollected(), transaction.atomic():
            if stretch.what == "residents":
                people = self.growth.people
                lay_down(Resident, [people.person(n) for n in range(stretch.start, stretch.end)])
            else:
                self._tell(number, stretch)
            content = {"what": stretch.what, "from": stretch.start, "to": stretch.end}
            _note(self.growth, number, content, now)
        return stretch.weight

    def _tell(self, number: int, stretch: Stretch) -> None:
        telling, growth = self.telling, self.growth
        held = stretch.what == "held"
        start = growth.story.plain if held else stretch.start
        serials = range(start + 1, start + 1 + stretch.end - stretch.start)  # nobody else has a matter yet
        pen = Pen(Keys(number, growth.room), serials)
        telling.ground.verbs = Verbs(pen, telling.ground)
        telling.ground.open_at.clear()  # who says the same is answered with what stands in the same stretch
        lives = telling.held() if held else telling.plain(stretch.start, stretch.end)
        live(lives=lives, until=growth.until, step=lambda _n: None)
        pen.lay_down()


def grow(growth: Growth, *, now: datetime, step: Step) -> bool:
    """Grow the chosen county in this process, or go on growing it. False if nothing was left to do."""
    waiting, writer = begin(growth, now=now), Writer(growth)
    step(growth.weight - sum(growth.stretches[number].weight for number in waiting))
    for number in waiting:
        step(writer.write(number, now=now))
    weigh(now=now)
    return bool(waiting)


def _note(growth: Growth, stretch: int | None, content: dict[str, object], now: datetime) -> None:
    record(what="web.grow", about=growth.about(stretch), by=IMPORT.word(), at=now, content=content)


def weigh(*, now: datetime) -> None:
    """Everything is found by its words, and the database looks at what it now holds: else its first plans would be
    those of an empty county."""
    read_new(now=now)
    with connection.cursor() as cursor:
        for table in (Resident, Entry, *WRITTEN):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
