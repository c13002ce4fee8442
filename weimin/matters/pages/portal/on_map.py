"""Places on a map: how many stories each has, and where it lies. No tile server, nothing finer than a village."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.matters import queries

FEWEST = 3  # one or two are not told apart
COUNTED_WITHIN = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """One place of the table and of the map. `few` stands for one or two: not told apart, and not to be added up."""

    place: Place
    n: int | None

    @property
    def few(self) -> bool:
        return self.n is None


def counts(found: Q, *, township: Place | None, now: datetime) -> list[Row]:
    """The townships of the county, or the villages of one township, in the order of their codes."""
    level, length = (Level.VILLAGE, 12) if township else (Level.TOWNSHIP, 9)
    stories = queries.board().filter(found, published_at__gte=now - COUNTED_WITHIN).order_by()
    counted: Counter[str] = Counter()
    for code, n in stories.values_list("place__code").annotate(n=Count("pk")):
        counted[code[:length]] += n
    places = Place.objects.filter(level=level, retired_on__isnull=True).defer("outline").order_by("code")
    if township is not None:
        places = places.filter(parent=township)
    return [Row(place, _told(counted[place.code])) for place in places]


def _told(n: int) -> int | None:
    return None if 0 < n < FEWEST else n


def outlines() -> dict[str, Any]:
    """GeoJSON: the county and its townships as outlines, villages as points."""
    features = []
    for place in Place.objects.filter(retired_on__isnull=True).exclude(level=Level.GROUP).order_by("code"):
        if place.outline:
            features.append(_feature(place, place.outline))
        elif place.level == Level.VILLAGE and place.lat is not None and place.long is not None:
            features.append(_feature(place, {"type": "Point", "coordinates": [float(place.long), float(place.lat)]}))
    return {"type": "FeatureCollection", "features": features}


def _feature(place: Place, geometry: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": place.code, "level": place.level, "name": place.name},
        "geometry": geometry,
    }
