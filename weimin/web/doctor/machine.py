"""The machine and the settings: what stands or falls with the one who installed it."""

import re
import shutil
import stat
import sys
import tempfile
from datetime import datetime
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext as _

from weimin.county.secret_file import read

from .finding import Finding, good, ill, look, some

LOCKED = Path(__file__).resolve().parents[3] / "constraints.txt"
OLDEST = (3, 11)
GIB = 1024**3
LEAST, LITTLE = GIB, 5 * GIB
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def packages(now: datetime) -> Finding:
    if sys.version_info < OLDEST:
        return ill(
            _("Python 版本太旧：%(version)s。") % {"version": sys.version.split()[0]},
            lost=_("程序随时可能出错。"),
            mend=_("请安装 Python 3.11 或更新的版本，删除 .venv 后重新运行 bin/run。"),
        )
    absent, other = _compared()
    if absent:
        return ill(
            _("缺少软件包：%(names)s。") % {"names": some(absent)},
            lost=_("用到它们的页面会出错。"),
            mend=_("请运行 bin/run，它会按 constraints.txt 安装。"),
        )
    if other:
        return look(
            _("软件包版本与 constraints.txt 不一致：%(names)s。") % {"names": some(other)},
            lost=_("没有一起测试过的版本可能出错。"),
            mend=_("请删除 .venv 后运行 bin/run，重新安装。"),
        )
    return good(_("Python %(version)s，软件包与 constraints.txt 一致。") % {"version": sys.version.split()[0]})


def _compared() -> tuple[list[str], list[str]]:
    """Packages that are not there, and those of another version."""
    absent, other = [], []
    for name, wanted in re.findall(r"^([\w.-]+)==(\S+)", LOCKED.read_text(), re.MULTILINE):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(name)
            continue
        if found != wanted:
            other.append(f"{name} {found} ({wanted})")
    return absent, other


def secret(now: datetime) -> Finding:
    path = settings.WEIMIN_HOME / "secret"
    if not path.exists():
        return good(_("密钥由环境变量 WEIMIN_SECRET_KEY 给出。"))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return ill(
            _("密钥文件 secret 别人也能读（权限 %(mode)s）。") % {"mode": f"{mode:04o}"},
            lost=_("读到它的人可以伪造登录。"),
            mend=_("请运行 chmod 600 %(path)s，再换一把新密钥。") % {"path": path},
        )
    if old := len(read(path)) - 1:
        return look(
            _("系统密钥换过，旧的还有 %(count)s 把没有停用。") % {"count": old},
            lost=_("旧的如果泄露，拿到它的人仍可以伪造登录。"),
            mend=_("换上 12 小时后，请运行 bin/weimin secrets list，再停用旧的，见 docs/operate/secrets.md。"),
        )
    return good(_("密钥文件只有运行服务的用户能读。"))


def uploads(now: datetime) -> Finding:
    folder = settings.UPLOADS if settings.UPLOADS.exists() else settings.WEIMIN_HOME
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"weimin")
    except OSError as wrong:
        return ill(
            _("照片和录音存不进 %(folder)s：%(why)s。") % {"folder": folder, "why": wrong.strerror},
            lost=_("居民不能再附照片和录音。"),
            mend=_("请检查磁盘和文件夹的权限，它要归运行服务的用户所有。"),
        )
    return good(_("照片和录音可以存入 %(folder)s。") % {"folder": folder})


def disk(now: datetime) -> Finding:
    found = shutil.disk_usage(settings.WEIMIN_HOME)
    left = {"left": f"{found.free / GIB:.1f}", "all": f"{found.total / GIB:.1f}"}
    if found.free >= LITTLE:
        return good(_("磁盘还剩 %(left)s GiB，共 %(all)s GiB。") % left)
    how = {
        "lost": _("磁盘一满，新的事项就收不进来；已经编号的不会丢。"),
        "mend": _("请清理旧备份和日志，或者扩大磁盘。"),
    }
    words = _("磁盘只剩 %(left)s GiB，共 %(all)s GiB。") % left
    return ill(words, **how) if found.free < LEAST else look(words, **how)


def front(now: datetime) -> Finding:
    """HTTPS, host names and the web server in front must tell the same story."""
    url = urlsplit(settings.BASE_URL)
    host = url.hostname or ""
    if settings.DEBUG:
        return ill(
            _("开着调试模式。"), lost=_("出错的页面会把内部细节给陌生人看。"), mend=_("请去掉 WEIMIN_DEBUG，重新启动。")
        )
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return ill(
            _("回执上的网址 %(url)s 不在 WEIMIN_ALLOWED_HOSTS 里。") % {"url": settings.BASE_URL},
            lost=_("居民扫回执上的二维码打不开。"),
            mend=_("请把这个主机名加进 WEIMIN_ALLOWED_HOSTS，重新启动。"),
        )
    if host in LOOPBACK:
        return look(
            _("网址是 %(url)s，只有这台机器能打开。") % {"url": settings.BASE_URL},
            lost=_("居民打不开，回执上的二维码也用不了。试用时不要紧。"),
            mend=_("请设置 WEIMIN_BASE_URL、WEIMIN_ALLOWED_HOSTS、WEIMIN_HTTPS，见 docs/operate/install.md。"),
        )
    if not settings.HTTPS or url.scheme != "https":
        return ill(
            _("没有用 HTTPS，或者回执上的网址不是 https://。"),
            lost=_("居民写的话和官员的密码在路上可能被人看到。"),
            mend=_("请在前面放一台网页服务器（deploy/nginx），设置 WEIMIN_HTTPS=true，网址改成 https://。"),
        )
    if not settings.TRUSTED_PROXIES:
        return look(
            _("没有设置 WEIMIN_TRUSTED_PROXIES。"),
            lost=_("全县会被当成同一个人：一人猜错密码，大家都登不进去。"),
            mend=_("请写上前面那台网页服务器的地址，一般是 127.0.0.1。"),
        )
    return good(_("网址 %(url)s、主机名、HTTPS 和网页服务器的设置一致。") % {"url": settings.BASE_URL})


def sample(now: datetime) -> Finding:
    kept = settings.WEIMIN_HOME / "demo.json"
    if kept.exists() and settings.HTTPS:
        return ill(
            _("这里还装着示范县，登录名和密码写在 demo.json 里。"),
            lost=_("看到它的人可以用示范账号登录。"),
            mend=_("请用空的 WEIMIN_HOME 和数据库另装，设 WEIMIN_SAMPLE=false，见 docs/operate/own-county.md。"),
        )
    if kept.exists():
        return look(
            _("这里装的是示范县。"),
            lost=_("其中的人和事都是编的，不要用来办真的事。"),
            mend=_("正式使用时请另外安装，见 docs/operate/own-county.md。"),
        )
    return good(_("没有装示范县。"))


def voice(now: datetime) -> Finding:
    if shutil.which("espeak-ng") is None:
        return look(
            _("没有安装 espeak-ng。"),
            lost=_("文字不能合成语音；真人录音和文字照常。"),
            mend=_("请运行 apt-get install espeak-ng。"),
        )
    return good(_("语音合成程序 espeak-ng 已安装。"))
