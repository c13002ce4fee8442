"""The one rule of every program here: load goes to this machine and to no other."""

from urllib.parse import urlsplit

HERE = {"127.0.0.1", "localhost", "::1"}


class NotHere(SystemExit):
    """An address of another machine was given."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address}: only 127.0.0.1, localhost and [::1] are measured here.")


def here(url: str) -> str:
    """The address itself, if it is one of this machine; a database without a host is reached by its own socket."""
    parts = urlsplit(url)
    socket = parts.scheme.startswith("postgres") and not parts.hostname
    if not socket and parts.hostname not in HERE:
        raise NotHere(url)
    return url
