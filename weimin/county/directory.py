"""Which counties this installation serves and by which host name, kept in memory for half a minute."""

from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.utils.translation import get_language

from .context import use_shared
from .shared.models import CountyEntry

KEEP_SECONDS = 30.0


@dataclass(frozen=True)
class County:
    """A county as every page names it."""

    code: str
    letters: str = ""
    name_zh: str = ""
    name_en: str = ""
    phone: str = ""
    host: str = ""

    @property
    def name(self) -> str:
        """In the reader's language; the code where the directory has no such county yet."""
        return (self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en) or self.code


_kept: tuple[float, dict[str, County]] | None = None


def counties() -> dict[str, County]:
    """Every county in service, by code."""
    global _kept
    if _kept is None or monotonic() - _kept[0] > KEEP_SECONDS:
        with use_shared():
            rows = CountyEntry.objects.filter(retired_on__isnull=True).values_list(
                "code", "letters", "name_zh", "name_en", "phone", "host"
            )
            _kept = (monotonic(), {row[0]: County(*row[:5], host=(row[5] or "").lower()) for row in rows})
    return _kept[1]


def forget() -> None:
    """After a change to the directory: the next question reads it anew."""
    global _kept
    _kept = None


def county(code: str) -> County:
    """The county of this code; a bare one while the directory does not list it."""
    return counties().get(code) or County(code)


def code_for_host(host: str) -> str:
    """The county whose pages this host name shows; the county of the settings for every other name."""
    name = host.rsplit(":", 1)[0].lower()
    return next((entry.code for entry in counties().values() if entry.host and entry.host == name), settings.COUNTY)
