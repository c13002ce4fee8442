"""The database: whether it answers, keeps what it was given, and keeps the ledger from being changed."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from weimin.county.postgresql.roles import role_of
from weimin.county.schemas import pending_migrations
from weimin.kernel.chosen import chosen_schema
from weimin.ledger.checks import SUPERUSER

from .finding import Finding, good, ill, look, some

GUARDS = 3  # of the ledger's table on SQLite: INSERT over an old row, UPDATE, DELETE
_MAY_CHANGE = "SELECT current_user WHERE has_table_privilege('ledger_entry', 'UPDATE, DELETE, TRUNCATE')"
_OWN_ROLE = """
SELECT FROM pg_roles WHERE rolname = 'weimin_' || current_schema() AND pg_has_role(session_user, oid, 'MEMBER')
"""
_LATE, _WRONG = 2.0, 30.0  # seconds


def _asked(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def reachable(now: datetime) -> Finding:
    on_postgresql = connection.vendor == "postgresql"
    version = _asked("SHOW server_version" if on_postgresql else "SELECT sqlite_version()")[0][0]
    name = "PostgreSQL" if on_postgresql else "SQLite"
    return good(_("数据库 %(name)s %(version)s 有应答。") % {"name": name, "version": str(version).split()[0]})


def role(now: datetime) -> Finding:
    if connection.vendor != "postgresql":
        guards = _asked("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entry'")[0][0]
        if guards < GUARDS:
            return ill(
                _("账本少了防改的触发器。"),
                lost=_("账本里的记录可能被改动或删除。"),
                mend=_("请从备份恢复数据库，并查清是谁动过它。"),
            )
        return good(_("账本由触发器保护，只能添加。"))
    if found := _asked(SUPERUSER):
        return ill(
            _("连接数据库的角色 %(role)s 是超级用户。") % {"role": found[0][0]},
            lost=_("什么也拦不住它改动账本。"),
            mend=_("请按 deploy/postgresql/roles.sql 建两个角色，用 weimin_app 连接。"),
        )
    if found := _asked(_MAY_CHANGE):
        return ill(
            _("连接数据库的角色 %(role)s 可以改动账本。") % {"role": found[0][0]},
            lost=_("账本里的记录可能被改动或删除。"),
            mend=_("请收回权限：REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry。"),
        )
    return good(_("连接数据库的角色不是超级用户，也不能改动账本。"))


def wall(now: datetime) -> Finding:
    """Whether each county's pages and jobs act as a database role that sees no other county."""
    if connection.vendor != "postgresql":
        return good(_("这个数据库里只有一个县。"))
    if _asked(_OWN_ROLE):
        return good(_("每一次写入都用本县自己的数据库角色，看不到别的县。"))
    return look(
        _("本县没有自己的数据库角色 %(role)s。") % {"role": role_of(chosen_schema())},
        lost=_("各县之间只有程序这一道墙，数据库不另外拦。"),
        mend=_(
            "请让表的所有者有 CREATEROLE 权限（deploy/postgresql/roles.sql），再用它运行 bin/weimin county migrate，"
            "然后重新启动。"
        ),
    )


def durable(now: datetime) -> Finding:
    if connection.vendor == "postgresql":
        names = ("fsync", "synchronous_commit", "full_page_writes")
        wrong = [f"{name} = {value}" for name in names if (value := str(_asked(f"SHOW {name}")[0][0])) == "off"]
    else:
        mode, level = _asked("PRAGMA journal_mode")[0][0], _asked("PRAGMA synchronous")[0][0]
        wrong = [] if mode in ("wal", "memory") else [f"journal_mode = {mode}"]
        wrong += [] if level >= 2 else [f"synchronous = {level}"]
    if wrong:
        return ill(
            _("数据库没有等到写进磁盘才回话：%(settings)s。") % {"settings": some(wrong)},
            lost=_("停电时，已经给了编号的事项可能丢失。"),
            mend=_("请改回默认值并重新启动数据库。"),
        )
    return good(_("每一件事都写进磁盘以后才给编号。"))


def migrations(now: datetime) -> Finding:
    if waiting := pending_migrations():
        return ill(
            _("数据库的表还没有更新：%(names)s。") % {"names": some(waiting)},
            lost=_("用到新表的页面会出错，/health/ready 也不放行。"),
            mend=_("请以表的所有者运行 bin/weimin county migrate。"),
        )
    return good(_("数据库的表都是最新的。"))


def skew(now: datetime) -> Finding:
    if connection.vendor != "postgresql":
        return good(_("数据库和程序用同一个时钟。"))
    # The statement takes its time from when it began, and `now` is as old as the looking has taken so far.
    seconds = abs((_asked("SELECT clock_timestamp()")[0][0] - now).total_seconds())
    if seconds < _LATE:
        return good(_("数据库和程序的时钟相差不到 2 秒。"))
    words = _("数据库和程序的时钟相差 %(seconds)d 秒。") % {"seconds": seconds}
    how = {
        "lost": _("期限和先后次序会算得不准。"),
        "mend": _("请在两台机器上都打开时间同步（chrony 或 systemd-timesyncd）。"),
    }
    return ill(words, **how) if seconds >= _WRONG else look(words, **how)
