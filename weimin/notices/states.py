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
