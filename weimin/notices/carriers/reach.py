"""Which network addresses we may speak to when somebody else names the host: the open Internet, never our own house.

A name is looked up once and the answer is judged, so that a name that changes its address in between gains nothing.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused

from ..outside import is_this_machine

_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64: an IPv4 address in the last 32 bits
LONGEST_URL = 300


def may_reach(address: str) -> bool:
    """Whether this address is on the open Internet, or in a network that the operator named (INSIDE_NETWORKS)."""
    plain = _plain(address.partition("%")[0])
    if any(plain in network for network in settings.INSIDE_NETWORKS if network.version == plain.version):
        return True
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def checked_url(text: str, *, field: str = "url") -> str:
    """An address somebody gives us to speak to; Refused with what is wrong with it.

    https; http only to this machine, and only where the operator let us (INSIDE_NETWORKS). A name is judged when it
    is looked up.
    """
    text = text.strip()
    try:
        url = urlsplit(text)
        host, _port = url.hostname or "", url.port
    except ValueError:
        host = ""
    if not host or url.fragment or url.username is not None or len(text) > LONGEST_URL or not text.isascii():
        raise Refused("BAD_URL", _("请写完整的 https 地址，不带用户名、密码和 #，最长 300 个字符。"), field=field)
    number = _number(host)
    if url.scheme != "https" and not (url.scheme == "http" and number is not None and is_this_machine(host)):
        raise Refused("NOT_HTTPS", _("请用 https 地址：推送的内容要加密传输。"), field=field)
    if host == "localhost" or (number is not None and not may_reach(host)):
        raise Refused("INSIDE", _("这个地址在内部网络里，不能直接访问。需要时请管理员设置 WEIMIN_INSIDE_NETWORKS。"),
                      field=field)  # fmt: skip
    return text


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _plain(address: str) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one: 6to4, Teredo and NAT64 would lead round the judge."""
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return found
    inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
    if inner is None and found in _TRANSLATED:
        inner = IPv4Address(int(found) & 0xFFFFFFFF)
    return inner or found
