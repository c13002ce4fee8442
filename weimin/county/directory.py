"""Which counties this installation serves and by which host name; kept in memory for half a minute."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from weimin.kernel.kept import Kept

from .context import use_shared
from .shared.models import CountyEntry


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


def _read() -> dict[str, County]:
    rows = CountyEntry.objects.filter(retired_on__isnull=True).values_list(
        "code", "letters", "name_zh", "name_en", "phone", "host"
    )
    return {row[0]: County(*row[:5], host=(row[5] or "").lower()) for row in rows}


_kept = Kept(_read, seconds=30)


def counties() -> dict[str, County]:
    """Every county in service, by code."""
    with use_shared():
        return _kept()


def county(code: str) -> County:
    """The county of this code; a bare one while the directory does not list it."""
    return counties().get(code) or County(code)


def code_for_host(host: str) -> str:
    """The county whose pages this host name shows; the county of the settings for every other name."""
    name = host.rsplit(":", 1)[0].lower()
    return next((entry.code for entry in counties().values() if entry.host and entry.host == name), settings.COUNTY)
