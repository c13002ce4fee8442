"""The server: `python -m config.serve --workers 2`. The house is built once, then divided into workers.

What is built before the division stands in memory once for all of them. What built it makes room then, and watches
(`keeper.py`). Two workers that each build the house for themselves take 320 MiB, two that share it 150.
"""

import argparse
import ctypes
import gc
import multiprocessing
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.template import engines
from django.urls import reverse
from django.utils.translation import gettext, override
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from weimin.county.pinyin import search_words

from . import keeper
from .wsgi import application

# The server's own lines in the same form as Weimin's.
LINES = {
    "formatters": {"lines": {"()": "weimin.county.logs.Lines", "as_json": True}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


_M_MMAP_THRESHOLD = -3  # malloc.h of glibc
_LARGE = 128 * 1024


class Server(MPServer):
    """granian's server until its workers run; then the keeper's, so that what was built stands only in them."""

    def __init__(self, arguments: list[str], leaving: Collection[int], **options: Any) -> None:
        super().__init__("config.wsgi:application", **options)
        self._arguments, self._leaving = arguments, leaving

    def startup(self, *loaders: Any) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, keeper.SIGNALS)  # what comes now, the keeper answers
        super().startup(*loaders)

    def _serve_loop(self, *loaders: Any) -> None:
        # one worker alone is divided anew at once: nobody else would serve while the house is built
        if len(self.wrks) > 1 and multiprocessing.get_start_method() == "fork":
            keeper.keep([worker.inner.pid for worker in self.wrks], self._leaving, self._arguments)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.SIGNALS)
        super()._serve_loop(*loaders)


def main(arguments: list[str], leaving: Collection[int] = ()) -> None:
    """Serve by these arguments. `leaving` are workers of the server before this one, asked to end when ours serve."""
    given = _arguments(arguments)
    give_back()
    server = Server(
        arguments,
        leaving,
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        workers=given.workers,
        blocking_threads=given.threads,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=LINES,
    )
    build()
    connections.close_all()
    server.serve(target_loader=built, wrap_loader=False)


def give_back() -> None:
    """What is large is returned to the system as soon as it is free.

    glibc begins so, and then keeps ever larger pieces for next time: after one export, one for each worker.
    """
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:  # glibc's alone
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def built(*_target: Any) -> Any:
    """The application, in a worker; one of a system that cannot divide builds it here."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.SIGNALS)
    return application


def build() -> None:
    """Read before the division what every worker will need: addresses, both languages, pinyin, templates.

    Nothing is asked of the database: a connection must not be shared. A template that cannot be read stops the
    start. What stands is then kept out of the collector's way, whose marks would copy every page of it.
    """
    search_words("首页")  # first: what reading the lists leaves free, the rest is written into
    for language, _name in settings.LANGUAGES:
        with override(language):
            reverse("web:home")
            gettext("首页")
    MigrationLoader(None)  # by which each worker tells once whether its county is migrated
    for engine in engines.all():
        for folder in map(Path, engine.template_dirs):
            for template in folder.rglob("*.html"):
                engine.get_template(str(template.relative_to(folder)))
    gc.collect()
    gc.freeze()


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.serve", description="Serve the pages and interfaces.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes; on SQLite one, on PostgreSQL one a core")
    parser.add_argument("--threads", type=int, default=4, help="requests a worker answers at once")
    return parser.parse_args(given)


if __name__ == "__main__":
    main(sys.argv[1:])
