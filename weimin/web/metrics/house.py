"""What one installation has once, however many counties it serves."""

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from weimin.county.logs.counters import counted

from .text import Family

_SIZE = "SELECT pg_database_size(current_database())"


def families_of_house() -> Iterator[Family]:
    """One statement on PostgreSQL, none on SQLite."""
    counts = counted()
    yield Family("weimin_up", "gauge", "1 while the pages answer.").add(
        1, python=platform.python_version(), database=connection.vendor
    )
    answers = Family("weimin_answers_total", "counter", "Requests answered, by class of status.")
    for name, n in counts.items():
        if name.startswith("answers_"):
            answers.add(n, status=name.removeprefix("answers_"))
    yield answers
    yield Family(
        "weimin_repeats_total", "counter", "Requests sent again under the same Idempotency-Key and answered as before."
    ).add(counts["repeats"])
    yield Family("weimin_too_many_total", "counter", "Requests refused because their sender asked too often.").add(
        counts["too_many"]
    )
    yield Family("weimin_database_bytes", "gauge", "Size of the database.").add(database_bytes())
    disk = shutil.disk_usage(settings.WEIMIN_HOME)
    yield Family("weimin_home_free_bytes", "gauge", "Free space where WEIMIN_HOME lies.").add(disk.free)
    yield Family("weimin_home_size_bytes", "gauge", "All space where WEIMIN_HOME lies.").add(disk.total)


def database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SIZE)
            return int(cursor.fetchone()[0])
    files = [Path(f"{connection.settings_dict['NAME']}{end}") for end in ("", "-wal")]
    return sum(os.stat(file).st_size for file in files if file.exists())
