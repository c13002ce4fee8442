"""Nobody makes us speak to our own house: not by number, not by name, not by a name that changes, not by redirect."""

import socket
import threading
from ipaddress import ip_network

import pytest

from tests.notices.outside import gateway
from weimin.kernel.refusal import Refused
from weimin.notices.carriers.posting import NotSent, Unsure, post
from weimin.notices.carriers.reach import checked_url, may_reach


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_what_lies_inside_is_not_spoken_to(address):
    assert not may_reach(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_what_lies_in_the_open_is(address):
    assert may_reach(address)


def test_a_network_the_operator_names_is_let_in_and_its_neighbour_is_not(settings):
    settings.INSIDE_NETWORKS = (ip_network("10.20.0.0/16"),)
    assert [may_reach(address) for address in ("10.20.3.4", "10.21.0.1", "127.0.0.1")] == [True, False, False]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://receiver.example/hook", "NOT_HTTPS"), ("ftp://receiver.example/", "NOT_HTTPS"),
        ("http://127.0.0.1:9/hook", "INSIDE"), ("https://127.0.0.1/hook", "INSIDE"), ("https://localhost/", "INSIDE"),
        ("https://[::ffff:10.0.0.1]/", "INSIDE"), ("https://169.254.169.254/latest/meta-data", "INSIDE"),
        ("https://user:word@receiver.example/", "BAD_URL"), ("https://receiver.example/#a", "BAD_URL"),
        ("https://receiver.example:99999/", "BAD_URL"), ("https:///hook", "BAD_URL"), ("hook", "BAD_URL"),
        ("", "BAD_URL"),
        ("https://receiver.example/" + "a" * 300, "BAD_URL"), ("https://接收.example/", "BAD_URL"),
    ],
)  # fmt: skip
def test_an_address_is_judged_as_it_is_written(url, code):
    with pytest.raises(Refused) as refused:
        checked_url(url)
    assert refused.value.code == code


def test_good_addresses_stay_as_they_are(settings):
    assert checked_url(" https://receiver.example:8443/hook?a=1 ") == "https://receiver.example:8443/hook?a=1"
    settings.INSIDE_NETWORKS = (ip_network("127.0.0.0/8"),)
    assert checked_url("http://127.0.0.1:9/hook") == "http://127.0.0.1:9/hook"


def test_a_name_that_leads_inside_is_not_called(monkeypatch):
    """What is judged is what is called: a second look-up that says something else is never made."""
    with gateway() as inside:
        looked_up = []

        def look_up(host, port, **_more):
            looked_up.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", inside.server_port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        with pytest.raises(NotSent):
            post(f"http://rebinding.example:{inside.server_port}/", b"{}", headers={}, seconds=1, may=may_reach)
        assert (looked_up, inside.taken) == (["rebinding.example"], [])


def test_whoever_trickles_is_cut_off():
    """One byte now and then would reset the limit of a socket for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle():
            line, _from = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _n in range(100):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return
                    if stop.wait(0.05):
                        return

        stop = threading.Event()
        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            with pytest.raises(Unsure):
                post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", headers={}, seconds=0.2)
        finally:
            stop.set()
            thread.join(5)
