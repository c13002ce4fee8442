"""The one list of what is looked at, for the command and for the operator's page. It degrades aloud."""

import logging
from datetime import datetime

from django.db import DatabaseError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from . import county, data_keys, database, deep, machine, outside, work
from .finding import Check, Finding, Health, Result, ill

__all__ = ["CHECKS", "Check", "Finding", "Health", "Result", "examine", "worst"]

log = logging.getLogger(__name__)

ON_THE_MACHINE = (
    Check("packages", _("软件包"), machine.packages),
    Check("secret", _("密钥文件"), machine.secret),
    Check("disk", _("磁盘"), machine.disk),
    Check("uploads", _("照片和录音"), machine.uploads),
    Check("front", _("网址和 HTTPS"), machine.front),
    Check("sample", _("示范县"), machine.sample),
    Check("voice", _("语音合成"), machine.voice),
)
ASK_FIRST = Check("database", _("数据库"), database.reachable)
IN_THE_DATABASE = (
    Check("skew", _("时钟"), database.skew),
    Check("role", _("账本的保护"), database.role),
    Check("wall", _("各县之间的墙"), database.wall),
    Check("durable", _("写进磁盘"), database.durable),
    Check("migrations", _("表的更新"), database.migrations),
    Check("data_keys", _("数据密钥"), data_keys.data_keys),
    Check("work", _("后台工作"), work.alive),
    Check("jobs", _("后台工作的结果"), work.failing),
    Check("broker", _("消息中间件"), work.broker),
    Check("outbox", _("待发的消息"), work.outbox),
    Check("lost", _("没送达的消息"), work.undelivered),
    Check("gateways", _("短信和邮件"), work.gateways),
    Check("webhooks", _("事件推送"), outside.webhooks),
    Check("partners", _("外部系统"), outside.partners),
    Check("nightly", _("夜间核数"), work.nightly),
    Check("directory", _("县名录"), county.directory),
    Check("calendar", _("放假安排"), county.calendar),
    Check("posts", _("岗位有人"), county.empty_posts),
    Check("owners", _("负责岗位"), county.retired_owners),
    Check("duties", _("职责有人"), county.duties),
    Check("routes", _("派办规则"), county.routes),
    Check("rules", _("时限规则"), county.time_rules),
    Check("tallies", _("逐件核数"), deep.tallies, deep=True),
    Check("ledger", _("账本抽查"), deep.ledger, deep=True),
)
CHECKS = (ASK_FIRST, *IN_THE_DATABASE, *ON_THE_MACHINE)


def examine(*, now: datetime, deeply: bool = False) -> list[Result]:
    """Look at everything, in the order of the list. Where the database is away, what lies in it is not asked for."""
    first = Result(ASK_FIRST, _first(now))
    inside = IN_THE_DATABASE if first.finding.health is Health.GOOD else ()
    rest = [check for check in (*inside, *ON_THE_MACHINE) if deeply or not check.deep]
    return [first, *(Result(check, _looked(check, now)) for check in rest)]


def worst(results: list[Result]) -> Health:
    return max((result.finding.health for result in results), default=Health.GOOD)


def _first(now: datetime) -> Finding:
    try:
        return ASK_FIRST.look(now)
    except (DatabaseError, LookupError) as wrong:
        log.error("the database does not answer", exc_info=wrong)
        return ill(
            _t("数据库没有应答。"),
            lost=_t("什么也办不了，居民看到的是暂停服务。"),
            mend=_t("请看 DATABASE_URL、数据库是否在运行、磁盘是否满了；新装的先运行 bin/weimin county migrate。"),
        )


def _looked(check: Check, now: datetime) -> Finding:
    try:
        return check.look(now)
    except Exception as wrong:  # a check that breaks must not hide what the others see
        log.exception("the check %s broke", check.code)
        return ill(
            _t("这一项没有查成（%(kind)s）。") % {"kind": type(wrong).__name__},
            lost=_t("这一项是好是坏不知道。"),
            mend=_t("请在日志里看原因，连同这一行发给维护单位。"),
        )
