"""The register of a grown county: the same person under the same place in the row, on every machine."""

from dataclasses import dataclass
from datetime import datetime

from weimin.county.bulk import new_row
from weimin.households.models import Resident
from weimin.matters.states import Channel
from weimin.web.sample.sequence import Course
from weimin.web.sample.words import a_name

_REACH = {Resident.Reach.PHONE: 62, Resident.Reach.SMS: 30, Resident.Reach.LETTER: 3, Resident.Reach.EMAIL: 5}
_STREETS = ("文昌路", "建设路", "河滨路", "一组", "二组", "三组", "四组", "五组")


@dataclass(frozen=True)
class People:
    """So many residents, under the keys from 1 on."""

    count: int
    recorded_at: datetime

    def person(self, place: int) -> Resident:
        """Telephone numbers lie in a range no company has; addresses under a name nobody can register."""
        course = Course("resident", place)
        name = a_name(course)
        reach = course.weighed(_REACH)
        return new_row(
            Resident,
            id=place + 1,
            name=name,
            phone="" if reach == Resident.Reach.LETTER else f"100{place:08d}",
            email=f"r{place}@example.invalid" if reach == Resident.Reach.EMAIL else "",
            address=f"{course.pick(_STREETS)}{course.between(1, 240)}号" if reach == Resident.Reach.LETTER else "",
            reach_by=reach,
            source=Channel.IMPORT,
            recorded_at=self.recorded_at,
        )
