"""Who carries a message out of the house. Each is asked in the operator's order; files stand in where there is none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from ..models import Notice
from ..states import Channel
from .files import Files
from .mail import Mail
from .outcome import Fate, Outcome
from .texts import Texts

__all__ = ["Carrier", "Fate", "Outcome", "carriers_for", "not_set_up"]


class Carrier(Protocol):
    """Takes one message or says why not. Whatever it raises leaves the message UNCERTAIN."""

    @property
    def name(self) -> str: ...

    def send(self, notice: Notice, *, now: datetime) -> Outcome: ...


def carriers_for(channel: str) -> Sequence[Carrier]:
    """In the order in which they are tried."""
    if channel == Channel.EMAIL and settings.MAIL_SERVERS:
        return [Mail(server) for server in settings.MAIL_SERVERS]
    if channel == Channel.SMS and settings.SMS_GATEWAYS:
        return [Texts(gateway) for gateway in settings.SMS_GATEWAYS]
    return [Files()]


def not_set_up() -> list[str]:
    """For the operator: what nobody outside takes, what is lost by it, and how to mend it."""
    told = []
    if not settings.MAIL_SERVERS:
        told.append(_("没有设置邮件服务器：电子邮件只写成发件文件，居民收不到。请设置 WEIMIN_MAIL_SERVERS。"))
    if not settings.SMS_GATEWAYS:
        told.append(_("没有设置短信网关：短信只写成发件文件，居民收不到。请设置 WEIMIN_SMS_GATEWAYS。"))
    return told
