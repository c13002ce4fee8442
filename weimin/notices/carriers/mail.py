"""E-mail by SMTP. What surely was not taken is told apart from what may have been."""

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE

from django.conf import settings

from weimin.kernel.clock import COUNTY_TIME

from ..models import Notice
from ..outside import MailServer
from .marks import mark_of
from .outcome import Fate, Outcome

CARRIER = "mail"  # a reply comes to the mailbox whichever server took the letter
_READY = 354
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
Reply = tuple[int, bytes]


class Mail:
    def __init__(self, server: MailServer) -> None:
        self._server = server
        self.name = f"smtp:{server.host}:{server.port}"

    def send(self, notice: Notice, *, now: datetime) -> Outcome:
        try:
            letter = letter_of(notice, now)
        except (ValueError, UnicodeError) as wrong:
            return Outcome(Fate.REFUSED, why=str(wrong))
        try:
            smtp = self._opened()
        except (OSError, smtplib.SMTPException) as trouble:
            return Outcome(Fate.NOT_TAKEN, why=f"{self.name}: {trouble}")
        try:
            return _hand_over(smtp, notice.address, letter)
        finally:
            smtp.close()

    def _opened(self) -> smtplib.SMTP:
        """A connection that is sealed and signed in, as the operator asked."""
        server, seconds = self._server, settings.CARRIER_SECONDS
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=seconds, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=seconds)
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password.get_secret_value())
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp


def letter_of(notice: Notice, now: datetime) -> bytes:
    """The letter as it travels. Its Message-ID brings a reply back to its matter; Auto-Submitted ends loops."""
    notice.address.encode("ascii")
    letter = EmailMessage(policy=ON_THE_WIRE)
    letter["From"] = settings.MAIL_FROM
    letter["To"] = notice.address
    letter["Subject"] = notice.subject
    letter["Date"] = now.astimezone(COUNTY_TIME)
    letter["Message-ID"] = f"<{mark_of(notice.pk, carrier=CARRIER)}@{settings.MAIL_FROM.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = notice.language
    letter.set_content(notice.body + "\n", charset="utf-8", cte="base64")
    return letter.as_bytes()


def _hand_over(smtp: smtplib.SMTP, address: str, letter: bytes) -> Outcome:
    """Up to the end of the letter a failure means: not taken. Between the end and the answer nobody can know."""
    try:
        for ask in (lambda: smtp.mail(settings.MAIL_FROM), lambda: smtp.rcpt(address), lambda: smtp.docmd("DATA")):
            reply = ask()
            if reply[0] not in (250, 251, _READY):
                return _not_taken(reply)
    except (OSError, smtplib.SMTPException) as trouble:
        return Outcome(Fate.NOT_TAKEN, why=str(trouble))
    try:
        smtp.send(_LEADING_DOT.sub(b"..", letter) + b".\r\n")
        reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as trouble:
        return Outcome(Fate.UNKNOWN, why=str(trouble))
    return Outcome(Fate.TAKEN, reference=_words(reply)[:120]) if reply[0] == 250 else _not_taken(reply)


def _not_taken(reply: Reply) -> Outcome:
    """4xx: come again later. 5xx: never."""
    return Outcome(Fate.REFUSED if reply[0] >= 500 else Fate.NOT_TAKEN, why=f"{reply[0]} {_words(reply)}")


def _words(reply: Reply) -> str:
    return reply[1].decode("utf-8", "replace")
