"""The keys with which residents' data are sealed: there, right, for nobody else to read, and no old one left over."""

import stat
from datetime import datetime

from django.utils.translation import gettext as _

from weimin.county.sealed.files import path_of
from weimin.county.sealed.ring import KeyTrouble
from weimin.county.sealed.standing import check_keys
from weimin.kernel.chosen import current_code

from .finding import Finding, good, ill, look


def data_keys(now: datetime) -> Finding:
    path = path_of(current_code())
    try:
        ring = check_keys()
        mode = stat.S_IMODE(path.stat().st_mode)
    except (KeyTrouble, OSError):
        return ill(
            _("数据密钥 %(path)s 不在，或者打不开已有的数据。") % {"path": path},
            lost=_("居民的姓名、电话打不开，消息发不出去，新的事项也收不进来。"),
            mend=_("请把另外保管的密钥文件放回原处，或者从加封的备份里取出，见 docs/operate/keys.md。"),
        )
    if mode & 0o077:
        return ill(
            _("数据密钥文件别人也能读（权限 %(mode)s）。") % {"mode": f"{mode:04o}"},
            lost=_("读到它又拿到数据库的人，可以看到居民的姓名和电话。"),
            mend=_("请运行 chmod 600 %(path)s，再用 bin/weimin data_keys rotate 换一把。") % {"path": path},
        )
    if len(ring.keys) > 1:
        return look(
            _("数据密钥换过，旧的还有 %(count)s 把没有停用。") % {"count": len(ring.keys) - 1},
            lost=_("旧密钥如果泄露，用它加封的数据仍会被看到。"),
            mend=_("请运行 bin/weimin data_keys reseal，再按它的提示停用旧密钥。"),
        )
    return good(_("数据密钥能打开已有的数据，只有运行服务的用户能读。"))
