"""A mailbox read by IMAP: only looked at, never changed, so that people may use it too."""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kind_by_code
from weimin.kernel.refusal import Refused
from weimin.notices.outside import Mailbox

from ..models import Incoming, MailFolder
from .reading import read
from .taking import our_addresses, set_aside, take_letter

log = logging.getLogger(__name__)

MOST_BYTES = 25 * 1024 * 1024
_BATCH = 50
_FIRST_LOOK = timedelta(days=7)  # a mailbox used for years before does not become a flood of matters
_AGAIN = frozenset({"MOVED_ON"})  # somebody acted at this very moment: the letter is taken in the next round
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def poll(box: Mailbox, *, now: datetime) -> int:
    """Take in what is new; returns how many letters were looked at."""
    kind = kind_by_code(box.kind)
    if kind is None:
        log.error("mailbox %s: there is no kind %s; nothing is taken in", box.address, box.kind)
        return 0
    with _opened(box) as imap:
        folder = _folder(box, imap)
        uids = _new_uids(imap, folder, now)
        for uid in uids[:_BATCH]:
            _take_one(imap, uid, box=box, kind=kind, validity=folder.validity, now=now)
            folder.uid = uid
            folder.save()
        return len(uids[:_BATCH])


@contextmanager
def _opened(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    seconds = settings.CARRIER_SECONDS
    if box.security == "tls":
        imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            box.host, box.port, ssl_context=ssl.create_default_context(), timeout=seconds
        )
    else:
        imap = imaplib.IMAP4(box.host, box.port, timeout=seconds)
    try:
        if box.security == "starttls":
            imap.starttls(ssl.create_default_context())
        imap.login(box.user, box.password.get_secret_value())
        answer, said = imap.select(f'"{box.folder}"', readonly=True)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{box.folder}: {said!r}")
        yield imap
    finally:
        imap.shutdown()


def _folder(box: Mailbox, imap: imaplib.IMAP4) -> MailFolder:
    """Where we stand. When the server has counted anew, so do we: letters taken in before are known by their id."""
    _word, (said,) = imap.response("UIDVALIDITY")
    validity = int(said or 0)
    folder = MailFolder.objects.filter(name=f"{box.address}/{box.folder}").first()
    if folder is None:
        folder = MailFolder(name=f"{box.address}/{box.folder}", validity=validity, uid=0)
    elif folder.validity != validity:
        folder.validity, folder.uid = validity, 0
    return folder


def _new_uids(imap: imaplib.IMAP4, folder: MailFolder, now: datetime) -> list[int]:
    ask = [f"UID {folder.uid + 1}:*"]
    if not folder.uid:
        day = now - _FIRST_LOOK
        ask.append(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")
    _answer, (found,) = imap.uid("SEARCH", *ask)
    return sorted(uid for uid in map(int, (found or b"").split()) if uid > folder.uid)


# IMAP's own words, whatever the language
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _take_one(imap: imaplib.IMAP4, uid: int, *, box: Mailbox, kind: Kind, validity: int, now: datetime) -> None:
    """One letter. What cannot be taken in is set aside with a sentence; the next one is read all the same."""
    unnamed = f"imap:{box.address}:{validity}:{uid}"
    if Incoming.objects.filter(message_id=unnamed).exists():
        return
    size = _SIZE.search(b" ".join(_parts(imap, uid, "(RFC822.SIZE)")))
    if size is None or int(size[1]) > MOST_BYTES:
        _aside(unnamed, why=_("来信超过 25 MB，没有收下。请到邮箱查看，并与来信人联系。"), now=now)
        return
    raw = max(_parts(imap, uid, "(BODY.PEEK[])"), key=len, default=b"")
    try:
        letter = read(raw)
        if not letter.sender and not letter.automatic:
            _aside(unnamed, why=_("看不出来信人的邮箱，没有收下。请到邮箱查看。"), now=now)
            return
        take_letter(letter, kind=kind, ours=our_addresses(box.address), now=now)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the letter waits where it is
    except Refused as refusal:
        if refusal.code in _AGAIN:
            raise
        _aside(unnamed, why=str(refusal), now=now)
    except Exception:  # one broken letter must not hold up all that come after it
        log.exception("mailbox %s: letter %s", box.address, uid)
        _aside(unnamed, why=_("来信读不出来，没有收下。请到邮箱查看。"), now=now)


def _parts(imap: imaplib.IMAP4, uid: int, what: str) -> list[bytes]:
    _answer, found = imap.uid("FETCH", str(uid), what)
    return [part for piece in found or [] if piece for part in (piece if isinstance(piece, tuple) else (piece,))]


def _aside(message_id: str, *, why: str, now: datetime) -> None:
    log.warning("%s: %s", message_id, why)
    set_aside(message_id, sender="", why=why, now=now)
