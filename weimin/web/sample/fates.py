"""What becomes of a matter: decided before it begins, by weight."""

from dataclasses import dataclass

from weimin.matters.states import Identity, State

from .sequence import Course


@dataclass(frozen=True)
class Fate:
    """Turns a life takes. `halt` ends the telling in that state, so that every state can be looked at."""

    identity: str = Identity.HANDLER
    refused: bool = False
    withdrawn: bool = False
    returns: int = 0
    paused: bool = False
    extended: bool = False
    late: bool = False
    promises: bool = False
    keeps: bool = True
    noted: bool = False
    rates: bool = True
    grade: int = 5
    reopens: bool = False
    appeals: bool = False
    upheld: bool = True
    twice: bool = False  # appeals again
    called_back: bool = False
    published: bool = True
    taken_down: bool = False
    merges: bool = False
    halt: State | None = None


def a_fate(course: Course, *, halt: State | None = None, late: bool = False) -> Fate:
    """Most are served plainly; some go every way the table of moves knows."""
    grade = course.weighed({5: 46, 4: 27, 3: 14, 2: 9, 1: 4})
    return Fate(
        identity=course.weighed({Identity.HANDLER: 86, Identity.HIDDEN: 7, Identity.ANONYMOUS: 0 if halt else 7}),
        refused=halt == State.REFUSED or (halt is None and course.happens(2.5)),
        withdrawn=halt == State.WITHDRAWN or (halt is None and course.happens(2)),
        returns=_returns(course, halt),
        paused=halt == State.PAUSED or (halt is None and course.happens(4)),
        extended=halt is None and course.happens(6),
        late=late or (halt is None and course.happens(9)),
        promises=course.happens(60),
        keeps=course.happens(88),
        noted=course.happens(12),
        rates=halt in (State.RATED, State.PUBLISHED) or (halt != State.CLOSED and course.happens(64)),
        grade=5 if halt == State.PUBLISHED else grade,
        reopens=halt is None and course.happens(2.5),
        appeals=halt == State.APPEALED or (halt is None and course.happens(2)),
        upheld=course.happens(70),
        twice=course.happens(40),
        called_back=course.happens(16),
        published=course.happens(86),
        taken_down=course.happens(2),
        merges=halt == State.MERGED or course.happens(35),
        halt=halt,
    )


def _returns(course: Course, halt: State | None) -> int:
    if halt == State.RETURNED:
        return course.pick([1, 1, 2])
    return course.weighed({0: 91, 1: 7, 2: 2}) if halt is None else 0
