"""Other programs: whether they hear what they asked for."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weimin.matters.models import Partner, Referral
from weimin.webhooks.queries import backlog

from .finding import Finding, good, ill, look, some

LATE_AFTER = timedelta(hours=1)


def webhooks(now: datetime) -> Finding:
    found = backlog()
    lost = _("这些程序不知道事项的进展；事项本身照常办理。")
    if found.off:
        words = ngettext(
            "%(n)d 个推送地址已被自动停用。",
            "%(n)d 个推送地址已被自动停用。",
            found.off,
        )
        mend = _("请和接收方一起查明原因，在“设置 · 事件推送”里启用，再重新推送死信。")
        return ill(words % {"n": found.off}, lost=lost, mend=mend)
    if found.oldest is not None and now - found.oldest > LATE_AFTER:
        words = ngettext(
            "%(n)d 条事件还没有送到，最早的已等了一个多小时。",
            "%(n)d 条事件还没有送到，最早的已等了一个多小时。",
            found.waiting,
        )
        mend = _("会自动重试三天多。请在“设置 · 事件推送”里看对方答复了什么。")
        return look(words % {"n": found.waiting}, lost=lost, mend=mend)
    if found.dead:
        words = ngettext("有 %(n)d 条死信。", "有 %(n)d 条死信。", found.dead)
        return look(
            words % {"n": found.dead}, lost=lost, mend=_("请在“设置 · 事件推送”里重新推送，或者等它三个月后清除。")
        )
    if not found.on:
        return good(_("没有程序要求推送。"))
    return good(_("推送的事件都送到了。"))


def partners(now: datetime) -> Finding:
    """Other cities' systems: one that was away for an hour, and what nobody knows to have arrived."""
    known = list(Partner.objects.filter(off_at__isnull=True).order_by("pk"))
    if not known:
        return good(_("没有登记外部系统。"))
    away = [one for one in known if one.trouble and now - (one.good_at or one.created_at) > LATE_AFTER]
    lost = _("转送的事项还没有到对方，对方的进展也没有回来；等待转送的都还在。")
    if away:
        names = some([f"{one.name} · {one.trouble_words}" for one in away])
        return ill(
            _("一个多小时联系不上：%(names)s。") % {"names": names},
            lost=lost,
            mend=_("请和对方核对接口地址、密钥和辖区代码，在“设置 · 外部系统”里改。"),
        )
    stuck = Referral.objects.filter(stage__in=[Referral.Stage.REFUSED, Referral.Stage.UNCERTAIN]).count()
    if stuck:
        words = ngettext("%(n)d 件转送没有被收下或结果不明。", "%(n)d 件转送没有被收下或结果不明。", stuck)
        mend = _("请在“设置 · 外部系统”里看是哪些，请承办人核对后再转。")
        return look(words % {"n": stuck}, lost=_("对方可能不知道这些事。"), mend=mend)
    return good(_("和外部系统的往来正常。"))
