"""The words of events, how far one has come to an endpoint, and why an endpoint is told no more."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    """What an event tells, as receivers read it in `type`."""

    RECEIVED = "matter.received", _("收到反映")
    CLASSIFIED = "matter.classified", _("分类")
    DISPATCHED = "matter.dispatched", _("派办")
    ACCEPTED = "matter.accepted", _("受理承办")
    RETURNED = "matter.returned", _("退回")
    PAUSED = "matter.paused", _("暂停计时")
    RESUMED = "matter.resumed", _("恢复计时")
    EXTENDED = "matter.extended", _("延期")
    OVERDUE = "matter.overdue", _("超期")
    ANSWERED = "matter.answered", _("答复")
    RATED = "matter.rated", _("评价")
    REOPENED = "matter.reopened", _("重新办理")
    PUBLISHED = "matter.published", _("公开")
    UNPUBLISHED = "matter.unpublished", _("撤下公开")
    CLOSED = "matter.closed", _("办结")
    MERGED = "matter.merged", _("并案")
    SPLIT = "matter.split", _("分开办理")
    WITHDRAWN = "matter.withdrawn", _("撤回")
    REFUSED = "matter.refused", _("不予受理")
    APPEALED = "matter.appealed", _("申请复查")
    DECIDED = "matter.decided", _("复查决定")
    UNDONE = "matter.undone", _("撤销")


TEST = "webhook.test"  # sent by hand, to whatever the endpoint subscribed


class Progress(models.TextChoices):
    """How far one event has come to one endpoint. At least once: QUEUED may have arrived without our knowing."""

    QUEUED = "QUEUED", _("待送达")
    DELIVERED = "DELIVERED", _("已送达")
    DEAD = "DEAD", _("死信")


class Off(models.TextChoices):
    """Why an endpoint is told nothing."""

    BY_HAND = "BY_HAND", _("人工停用")
    GONE = "GONE", _("对方答复 410：不再接收")
    SILENT = "SILENT", _("三天多没有一次送到")


class Deed(models.TextChoices):
    """What is done to endpoints, as the ledger names it. One verb each."""

    ADD = "webhooks.add_endpoint", _("登记推送地址")
    CHANGE = "webhooks.change_endpoint", _("更改推送地址")
    ROTATE = "webhooks.rotate_secret", _("更换签名密钥")
    SWITCH_OFF = "webhooks.switch_off", _("停用推送")
    SWITCH_ON = "webhooks.switch_on", _("启用推送")
    REPLAY = "webhooks.replay", _("重新推送")
    TEST = "webhooks.send_test", _("发送测试")
