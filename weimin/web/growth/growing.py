"""Growing a county stretch by stretch: each is one transaction and one entry, so a growth that was cut off goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from weimin.county.actors import IMPORT
from weimin.county.models import Place
from weimin.households.models import Resident
from weimin.kernel.chosen import current_code
from weimin.kernel.clock import begin_of_day
from weimin.ledger.models import Entry
from weimin.ledger.services import record
from weimin.matters.models import Matter
from weimin.web.sample.builder import live, plans

from .bulk import Keys, last_key, lay_down
from .ending import Verbs
from .founding import found
from .ground import Ground
from .pen import WRITTEN, Pen
from .people import People, sounded
from .telling import Story, Telling

YEARS = 4
_PEOPLE, _MATTERS = 10_000, 1_000  # residents and matters of one stretch
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
    def about(self) -> str:
        """How the ledger names this growth, wherever it stands."""
        return f"growth:{current_code()}-{self.residents}-{self.matters}-{self.until:%Y%m%d}"

    @property
    def story(self) -> Story:
        return Story(self.matters, self.first, self.until)

    def stretches(self) -> list[Stretch]:
        plain = self.story.plain
        return [
            *_cut("residents", self.residents, _PEOPLE),
            *_cut("matters", plain, _MATTERS),
            Stretch("held", plain, self.matters),
        ]

    @property
    def weight(self) -> int:
        return sum(stretch.weight for stretch in self.stretches())


def _cut(what: str, total: int, size: int) -> list[Stretch]:
    return [Stretch(what, start, min(start + size, total)) for start in range(0, total, size)]


def grow(growth: Growth, *, now: datetime, step: Step) -> bool:
    """Grow the chosen county, or go on growing it. False if nothing was left to do.

    Raises NotEmpty where somebody else's places or matters are: they are never mixed with grown ones.
    """
    done = Entry.objects.filter(about=growth.about).count()
    if not done:
        if Place.objects.exists() or Matter.objects.exists() or Resident.objects.exists():
            raise NotEmpty
        with transaction.atomic():
            found(growth.first - timedelta(days=30))
            _note(growth, {"residents": growth.residents, "matters": growth.matters, "until": growth.until}, now)
        done = 1
    stretches = growth.stretches()
    for stretch in stretches[: done - 1]:
        step(stretch.weight)
    _write(growth, stretches[done - 1 :], now=now, step=step)
    return len(stretches) >= done


def _write(growth: Growth, stretches: list[Stretch], *, now: datetime, step: Step) -> None:
    first = Resident.objects.order_by("pk").values_list("pk", flat=True).first() or last_key(Resident) + 1
    people = People(growth.residents, first, begin_of_day(growth.first))
    ground: Ground | None = None
    for stretch in stretches:
        with transaction.atomic():
            if stretch.what == "residents":
                _residents(people, stretch)
            else:
                ground = ground or Ground(plans(), people)
                _matters(Telling(growth.story, ground), stretch, growth.until)
            _note(growth, {"what": stretch.what, "from": stretch.start, "to": stretch.end}, now)
        step(stretch.weight)
    _weigh()


def _note(growth: Growth, content: dict[str, object], now: datetime) -> None:
    record(what="web.grow", about=growth.about, by=IMPORT.word(), at=now, content=content)


def _residents(people: People, stretch: Stretch) -> None:
    keys = Keys(Resident)
    lay_down(Resident, [sounded(people.person(n)) for n in range(stretch.start, stretch.end)])
    keys.give_back()


def _matters(telling: Telling, stretch: Stretch, until: date) -> None:
    ground = telling.ground
    pen = Pen(matters=stretch.end - stretch.start)
    ground.verbs = Verbs(pen, ground)
    ground.open_at.clear()  # who says the same is answered with what stands in the same stretch
    lives = telling.held() if stretch.what == "held" else telling.plain(stretch.start, stretch.end)
    live(lives=lives, until=until, step=lambda _n: None)
    pen.lay_down()


def _weigh() -> None:
    """The database looks at what it now holds, or its first plans would be those of an empty county."""
    with connection.cursor() as cursor:
        for table in (Resident, Entry, *WRITTEN):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
