"""Who is calling: the address of the person, also where web servers of our own stand in between.

Read once, at the door, and written where everything looks for it: the throttles, the lock-out and the logs see the
same address. A stranger may write any X-Forwarded-For; only what our own web servers added to it is believed.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Network = IPv4Network | IPv6Network


def networks(words: str) -> tuple[Network, ...]:
    """`"127.0.0.1, 10.0.0.0/8"` → the networks; ValueError names the first word that is none."""
    return tuple(ip_network(word.strip()) for word in words.split(",") if word.strip())


def caller_behind(peer: str, *, forwarded: str, trusted: Sequence[Network]) -> str:
    """The rightmost address that is not one of ours: whoever spoke to the outermost of our web servers.

    Everything to the left of it was written by that stranger and is worth nothing.
    """
    caller = peer
    for word in reversed([*forwarded.split(","), peer]):
        address = _address(word)
        if address is None:
            return caller
        caller = str(address)
        if not any(address in network for network in trusted):
            return caller
    return caller


def _address(word: str) -> IPv4Address | IPv6Address | None:
    """One entry, as web servers write them: with a port, in brackets, IPv4 dressed as IPv6."""
    bare = word.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class CallerMiddleware:
    """Stands before everything else, so that nothing sees the address of the web server instead of the person's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = caller_behind(
            request.META.get("REMOTE_ADDR", ""),
            forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
            trusted=settings.TRUSTED_PROXIES,
        )
        if settings.HTTPS:  # the operator says so: TLS ends before us, and forms, cookies and HSTS must know it
            request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)
