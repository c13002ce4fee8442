"""The server: `python -m config.serve --workers 2`. The house is built once, then divided into workers.

What is built before the division stands in memory once for all of them: two workers that each build the house for
themselves take 320 MiB, two that share it 150.
"""

import argparse
import ctypes
import gc
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.template import engines
from django.urls import reverse
from django.utils.translation import gettext, override
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from weimin.county.pinyin import search_words

from .wsgi import application

# The server's own lines in the same form as Weimin's.
LINES = {
    "formatters": {"lines": {"()": "weimin.county.logs.Lines", "as_json": True}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


_M_MMAP_THRESHOLD = -3  # malloc.h of glibc
_LARGE = 128 * 1024


def main() -> None:
    given = _arguments()
    give_back()
    server = Granian(
        "config.wsgi:application",
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
    """The application; a worker of a system that cannot divide builds it here."""
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.serve", description="Serve the pages and interfaces.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes; on SQLite one, on PostgreSQL one a core")
    parser.add_argument("--threads", type=int, default=4, help="requests a worker answers at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
