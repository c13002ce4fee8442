"""What takes reading much: every matter counted anew, and a sample of the ledger opened."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weimin.matters.proofs import open_sample
from weimin.matters.tallies import differences

from .finding import Finding, good, ill, some

SAMPLE = 500


def tallies(now: datetime) -> Finding:
    wrong = differences()
    if not wrong:
        return good(_("逐件核过，件数都对。"))
    words = ngettext("%(n)d 个件数不对：%(keys)s。", "%(n)d 个件数不对：%(keys)s。", len(wrong))
    return ill(
        words % {"n": len(wrong), "keys": some([f"{key} {-n:+d}" for key, n in wrong.items()])},
        lost=_("页面和公开的件数有错。"),
        mend=_("请把这一行发给维护单位；事项本身没有错，不要手工改数。"),
    )


def ledger(now: datetime) -> Finding:
    opened = open_sample(most=SAMPLE)
    broken = sorted(set(opened.unproved))
    if not broken:
        words = ngettext(
            "抽查了 %(n)d 条办理记录，都与账本相符。", "抽查了 %(n)d 条办理记录，都与账本相符。", opened.lines
        )
        return good(words % {"n": opened.lines})
    words = ngettext(
        "%(n)d 件事的办理记录与账本对不上：%(numbers)s。",
        "%(n)d 件事的办理记录与账本对不上：%(numbers)s。",
        len(broken),
    )
    return ill(
        words % {"n": len(broken), "numbers": some(broken)},
        lost=_("有人绕过程序改动过数据。"),
        mend=_("请保留现场，先做备份，再请审计岗位对照备份查清。"),
    )
