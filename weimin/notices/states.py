"""How a message is sent, and how far it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    SMS = "SMS", _("短信")
    EMAIL = "EMAIL", _("电子邮件")
    DESK = "DESK", _("工作台提醒")  # to an official, read on the desk
    VOICE = "VOICE", _("电话告知")  # read out by a clerk: nobody is left out for lack of a smart phone
    LETTER = "LETTER", _("书面送达")


class Delivery(models.TextChoices):
    QUEUED = "QUEUED", _("待发送")
    SENT = "SENT", _("已交给发送方")
    DELIVERED = "DELIVERED", _("已送达")
    FAILED = "FAILED", _("未能送达")
    UNCERTAIN = "UNCERTAIN", _("是否送达不明")


# What may follow what. DELIVERED and FAILED stand: the first report counts, a second one changes nothing.
MOVES: dict[str, frozenset[str]] = {
    Delivery.QUEUED: frozenset({Delivery.UNCERTAIN, Delivery.DELIVERED}),  # thought not taken, and yet it was
    Delivery.UNCERTAIN: frozenset({Delivery.SENT, Delivery.QUEUED, Delivery.FAILED, Delivery.DELIVERED}),
    Delivery.SENT: frozenset({Delivery.DELIVERED, Delivery.FAILED}),
    Delivery.DELIVERED: frozenset(),
    Delivery.FAILED: frozenset(),
}


class ByHand(models.TextChoices):
    """What came of a message that a person carries: read out on the telephone, or printed and posted."""

    DONE = "DONE", _("已经告知，或者已经寄出")
    NOT_REACHED = "NOT_REACHED", _("没有联系上，以后再试")
    IMPOSSIBLE = "IMPOSSIBLE", _("没法送到：号码或地址不对")


CARRIED_BY_HAND = (Channel.VOICE, Channel.LETTER)
PHONE, POST = "phone", "post"  # the carrier's name once a person has done it
