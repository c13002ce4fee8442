"""Questions about the installation itself. Nothing here writes."""

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from weimin.county.context import use_county
from weimin.county.schemas import counties_here
from weimin.county.secret_file import NAME
from weimin.kernel.refusal import Refused
from weimin.matters.numbering import open_ones_that_hang_on_a_secret


def secret_file() -> Path:
    """Where the secrets of the installation stand; Refused SET_OUTSIDE if they are given in the environment."""
    if os.environ.get("WEIMIN_SECRET_KEY"):
        raise Refused(
            "SET_OUTSIDE",
            _(
                "系统密钥由环境变量 WEIMIN_SECRET_KEY 给出，请在那里更换：把现在的值放进 WEIMIN_OLD_SECRET_KEYS "
                "（JSON 列表，放在最前），WEIMIN_SECRET_KEY 换成至少 40 个字符的新值，重启所有进程；"
                "停用旧的就是把它从列表里去掉。见 docs/operate/secrets.md。"
            ),
        )
    return Path(settings.WEIMIN_HOME) / NAME


def hanging_matters() -> int:
    """Open matters of all counties here whose PIN was given out before PINs were sealed."""
    found = 0
    for code in counties_here():
        with use_county(code):
            found += open_ones_that_hang_on_a_secret()
    return found
