"""A letter or a text message is taken in: once, in one transaction with the verb that does it."""

from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind
from weimin.county.actors import CLOCK, RESIDENT
from weimin.county.models import Place
from weimin.county.queries import place_by_code
from weimin.households.models import Resident
from weimin.kernel.chosen import current_code
from weimin.kernel.refusal import Refused
from weimin.kernel.words import first_words
from weimin.notices.services import report_delivery

from .. import journey, uploads
from ..models import Incoming, Matter
from ..states import Channel, State
from .reading import File, Letter, own_words
from .threads import Thread, notice_answered, place_named, thread_of, thread_of_phone

_LONGEST_MATTER, _LONGEST_NOTE = 3800, 1800
_NAMED_SENDER = 120
Fate = Incoming.Fate


def take_letter(letter: Letter, *, kind: Kind, ours: set[str], now: datetime) -> Incoming | None:
    """Take in one letter; None if it was here before. Files are on disk before the transaction opens."""
    if _here(letter.message_id):
        return None
    why = _ignored(letter, ours)
    if why:
        return _pass_over(letter, why, now)
    kept, words = _with_files(letter)
    thread = thread_of(letter)
    with transaction.atomic():
        if thread is None or thread.matter.state == State.WITHDRAWN:
            matter, fate = _new(letter, words, kept, kind, now), Fate.MATTER
        else:
            matter, fate = _note(thread, letter, words, kept, now)
        return _written(letter, fate, matter=matter, now=now)


def set_aside(message_id: str, *, sender: str, why: str, now: datetime) -> Incoming:
    """Nothing came of it: somebody should look at the letter itself, which stays in the mailbox."""
    letter = Incoming(message_id=message_id[:250], sender=sender, fate=Fate.ASIDE, why=why[:300], at=now)
    letter.save(force_insert=True)
    return letter


@transaction.atomic
def take_text(text: str, *, phone: str, message_id: str, kind: Kind | None, now: datetime) -> Incoming | None:
    """A text message: added to the matter we last wrote about to this telephone, else a new matter.

    Words are words: nothing is rated or withdrawn by text message, for a message is easily sent in another's name.
    None if there is no matter and no kind to begin one with.
    """
    here = Incoming.objects.filter(message_id=message_id).first()
    if here is not None:
        return here
    matter, fate = thread_of_phone(phone, text, now=now), Fate.REPLY
    if matter is not None and matter.state != State.WITHDRAWN:
        journey.add_note(matter, words=first_words_kept(text, _LONGEST_NOTE), by=RESIDENT, now=now)
    elif kind is None:
        return None
    else:
        draft = journey.Draft(
            text=first_words_kept(text, _LONGEST_MATTER), kind=kind, place=place_named(text, _county()),
            channel=Channel.MESSAGE, phone=phone, reach_by=Resident.Reach.SMS,
        )  # fmt: skip
        matter, fate = journey.receive_matter(draft, by=RESIDENT, now=now).matter, Fate.MATTER
    return Incoming.objects.create(message_id=message_id, sender=phone, fate=fate, matter=matter, at=now)


def first_words_kept(text: str, limit: int) -> str:
    """Lines and all; a longer one says that there is more."""
    if len(text) <= limit:
        return text
    return text[:limit].rstrip() + _("……（来信较长，其余请看原信）")


def _ignored(letter: Letter, ours: set[str]) -> str:
    if letter.automatic:
        return letter.automatic
    return "our own address" if letter.sender in ours else ""


@transaction.atomic
def _pass_over(letter: Letter, why: str, now: datetime) -> Incoming:
    """A machine wrote it. If it says that a letter of ours came back, that letter has failed."""
    if letter.bounced and (notice := notice_answered(letter)):
        report_delivery(notice.pk, delivered=False, why=_("邮件被退回"), now=now)
    return _written(letter, Fate.IGNORED, why=why, now=now)


def _with_files(letter: Letter) -> tuple[tuple[uploads.Upload, ...], str]:
    """The files that may be kept, and a line for each that may not: the sender's words are never lost for a file."""
    kept: list[uploads.Upload] = []
    lines = [own_words(letter.text) if letter.speaks_of else letter.text]
    for file in letter.files:
        trouble = _store(file, kept)
        if trouble:
            lines.append(
                _("（附件“%(name)s”没有收下：%(why)s）") % {"name": first_words(file.name, 60), "why": trouble}
            )
    return tuple(kept), "\n".join(line for line in lines if line)


def _store(file: File, kept: list[uploads.Upload]) -> str:
    if len(kept) >= uploads.MOST_FILES:
        return _("一次最多收 6 个文件")
    try:
        kept.append(uploads.store(BytesIO(file.data), name=file.name))
    except Refused as refusal:
        return str(refusal)
    return ""


def _new(letter: Letter, words: str, kept: tuple[uploads.Upload, ...], kind: Kind, now: datetime) -> Matter:
    draft = journey.Draft(
        text=first_words_kept(words, _LONGEST_MATTER) or letter.subject,
        title=first_words(letter.subject, 40),
        kind=kind,
        place=place_named(f"{letter.subject} {words}", _county()),
        channel=Channel.EMAIL,
        name=letter.name,
        email=letter.sender,
        reach_by=Resident.Reach.EMAIL,
        uploads=kept,
    )
    return journey.receive_matter(draft, by=RESIDENT, now=now).matter


def _note(
    thread: Thread, letter: Letter, words: str, kept: tuple[uploads.Upload, ...], now: datetime
) -> tuple[Matter, Fate]:
    """The resident's words go to their matter; a stranger's to its clerk alone, who is told whose they are."""
    said = first_words_kept(words, _LONGEST_NOTE)
    if thread.known:
        journey.add_note(thread.matter, words=said or letter.subject, uploads=kept, by=RESIDENT, now=now)
        return thread.matter, Fate.REPLY
    told = _("来信提到这件事，但来信邮箱 %(sender)s 不是反映人留的，请先核实身份：") % {
        "sender": first_words(letter.sender, _NAMED_SENDER)
    }
    journey.add_note(thread.matter, words=f"{told}\n{said}", internal=True, uploads=kept, by=CLOCK, now=now)
    return thread.matter, Fate.STRANGER


def _written(letter: Letter, fate: Fate, *, now: datetime, matter: Matter | None = None, why: str = "") -> Incoming:
    return Incoming.objects.create(
        message_id=letter.message_id, sender=letter.sender, fate=fate, matter=matter, why=why[:300], at=now
    )


def _here(message_id: str) -> bool:
    return Incoming.objects.filter(message_id=message_id).exists()


def our_addresses(*more: str) -> set[str]:
    """Where we write from: a letter from there is our own come back."""
    return {address.lower() for address in (settings.MAIL_FROM, *more) if address}


def _county() -> Place:
    county = place_by_code(current_code())
    if county is None:
        raise Refused("UNKNOWN_PLACE", _("本县还没有录入地点。"))
    return county
