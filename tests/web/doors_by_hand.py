"""What people do by hand, behind the doors of the matrix: a letter set aside, a message to be read out."""

from typing import Any

from tests.cast import NOON
from weimin.matters.letters.taking import set_aside
from weimin.matters.models import Incoming
from weimin.notices.models import Notice
from weimin.notices.states import Channel


def letter_aside(here: Any) -> dict[str, Any]:
    found = Incoming.objects.filter(fate="ASIDE").first()
    made = found or set_aside("imap:office@county.example:1:1", sender="", why="来信太大。", now=NOON)
    return {"pk": made.pk}


def notice_by_phone(here: Any) -> dict[str, Any]:
    if not Notice.objects.filter(channel=Channel.VOICE).exists():
        here.cast.matter(phone="0990-1234567")
    return {"pk": Notice.objects.filter(channel=Channel.VOICE).get().pk}
