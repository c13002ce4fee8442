"""A program that asked to be told, and the server behind its address."""

from contextlib import contextmanager
from ipaddress import ip_network

from tests.cast import NOON
from tests.notices.outside import gateway
from weimin.webhooks.services import add_endpoint
from weimin.webhooks.states import What


def subscribe(cast, url="https://receiver.example/hook", *, events=(What.RECEIVED,), name="县大数据中心", now=NOON):
    """An endpoint as the keeper of the rules adds it, and its secret."""
    return add_endpoint(name=name, url=url, events=events, by=cast.keeper, now=now)


@contextmanager
def receiver(settings):
    """A server on this machine that webhooks may reach. `taken` keeps (path, headers, body)."""
    settings.INSIDE_NETWORKS = (ip_network("127.0.0.0/8"),)
    settings.CARRIER_SECONDS = 0.5
    with gateway() as running:
        running.status, running.url = 204, running.url.replace("/send", "/hook")
        running.body = b""
        yield running
