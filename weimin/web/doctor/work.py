"""The background work: whether it lives, and what waits for it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weimin.notices.carriers import not_set_up
from weimin.notices.models import Notice
from weimin.notices.queries import lost
from weimin.notices.states import Delivery

from ..models import Run
from ..runs import ALIVE, NIGHTLY, SILENT_AFTER
from .finding import Finding, good, ill, look, some

STUCK_AFTER = timedelta(minutes=10)
NIGHTS = timedelta(hours=49)  # one missed night may be a night of repairs


def alive(now: datetime) -> Finding:
    runs = {run.job: run for run in Run.objects.filter(job__in=ALIVE)}
    seen = [run.good_at or run.bad_at for run in runs.values() if run.good_at or run.bad_at]
    how = {
        "lost": _("短信和邮件不发出，超期不上报，暂停的期限不恢复。"),
        "mend": _("请运行 systemctl start weimin-work；用 bin/run 时请重新启动。原因看 journalctl -u weimin-work。"),
    }
    if not seen:
        return ill(_("后台工作还没有运行过。"), **how)
    silent = now - max(moment for moment in seen if moment)
    if silent > SILENT_AFTER:
        minutes = int(silent.total_seconds() // 60)
        words = ngettext("后台工作已有 %(n)d 分钟没有动静。", "后台工作已有 %(n)d 分钟没有动静。", minutes)
        return ill(words % {"n": minutes}, **how)
    return good(_("后台工作正在运行。"))


def failing(now: datetime) -> Finding:
    bad = [run for run in Run.objects.order_by("job") if run.is_failing]
    if not bad:
        return good(_("每项后台工作上一次都做完了。"))
    names = some([f"{run.job} ({run.trouble}, {run.failures})" for run in bad])
    return ill(
        _("后台工作上一次出了错：%(jobs)s。") % {"jobs": names},
        lost=_("这几项停在那里，其他的照常。"),
        mend=_("请在 weimin-work 的日志里看原因；修好以后它会自己再做。"),
    )


def broker(now: datetime) -> Finding:
    """Whether what is handed over is taken up. Where it is not, the background work does it itself: nothing is lost."""
    if not settings.BROKER_URL:
        return good(_("后台工作由数据库排队，没有用消息中间件。"))
    from ..tasks.broker import Away, Line  # noqa: PLC0415 -- optional dependency

    how = {"lost": _("工作分不到各台机器上去，由 weimin-work 自己做：什么都不会丢，只是慢一些。")}
    line = Line()
    try:
        answer = line.workers_answer()
    except Away as away:
        return look(
            _("消息中间件没有应答（%(kind)s）。") % {"kind": away},
            **how,
            mend=_("请看 RabbitMQ 或 Redis 是否在运行、WEIMIN_BROKER_URL 是否写对；恢复以后会自己接着用。"),
        )
    finally:
        line.close()
    if not answer:
        mend = _("请运行 systemctl start weimin-celery；原因看 journalctl -u weimin-celery。")
        return look(_("没有 Celery 进程应答。"), **how, mend=mend)
    return good(_("消息中间件和 Celery 进程都在应答。"))


def outbox(now: datetime) -> Finding:
    due = Notice.objects.filter(state=Delivery.QUEUED, send_after__lte=now - STUCK_AFTER)
    n = due.count()
    if not n:
        return good(_("没有积压的消息。"))
    words = ngettext("%(n)d 条消息超过 10 分钟还没有发出。", "%(n)d 条消息超过 10 分钟还没有发出。", n)
    return ill(
        words % {"n": n},
        lost=_("居民没有收到进展；消息都还在，不会丢。"),
        mend=_("请先看后台工作是否正常，再看短信和邮件的发送方。"),
    )


def undelivered(now: datetime) -> Finding:
    n = lost(now=now).filter(resident__isnull=False).count()
    if not n:
        return good(_("没有发不出去的消息。"))
    words = ngettext("%(n)d 条给居民的消息没有送达或不知是否送达。", "%(n)d 条给居民的消息没有送达或不知是否送达。", n)
    return look(
        words % {"n": n}, lost=_("这些居民可能不知道进展。"), mend=_("承办人在事项页上能看到提醒，请督促他们打电话。")
    )


def gateways(now: datetime) -> Finding:
    """What no mail server or gateway takes becomes a file."""
    lacking = not_set_up()
    if not lacking:
        return good(_("短信网关和邮件服务器都设置了。"))
    return look(
        " ".join(lacking),
        lost=_("居民收不到短信和邮件，只能凭编号和查询码来查。"),
        mend=_("请安排人把 WEIMIN_HOME/outbox 里的消息发出去，或者电话告知。"),
    )


def nightly(now: datetime) -> Finding:
    run = Run.objects.filter(job=NIGHTLY).first()
    mend = _("请运行 bin/weimin doctor --deep 看是哪些，把结果发给维护单位；事项本身没有错，不要手工改数。")
    if run is None or run.good_at is None:
        return look(
            _("夜间核数还没有做过。"),
            lost=_("页面上的件数没有和事项逐件核对过。"),
            mend=_("后台工作会在凌晨三点以后做；现在就要核，请运行 bin/weimin doctor --deep。"),
        )
    if wrong := run.found.get("wrong", 0):
        words = ngettext("夜间核数发现 %(n)d 个件数不对。", "夜间核数发现 %(n)d 个件数不对。", wrong)
        return ill(words % {"n": wrong}, lost=_("页面和公开的件数有错。"), mend=mend)
    if now - run.good_at > NIGHTS:
        return look(
            _("夜间核数已经两天没有做。"), lost=_("这两天的件数没有核对过。"), mend=_("请看后台工作是否在凌晨运行。")
        )
    return good(_("昨夜逐件核过，件数都对。"))
