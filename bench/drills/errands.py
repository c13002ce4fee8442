"""Two hundred timed jobs whose effect can be counted: each adds a line to the file that DRILL_ERRANDS names.

python -m bench.drills.errands plan SECONDS | work | celery

`plan` makes all of them due once, so many seconds from now; `work` and `celery` are the house's own, with these jobs
beside its others. Where the file's neighbour `slow` stands, whoever begins the first errand takes it away and sleeps.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import execute_from_command_line

from weimin.county.context import use_county
from weimin.kernel import clock
from weimin.web.models import Schedule
from weimin.web.schedule import Every
from weimin.web.tasks import TIMED

NAMES = [f"errand-{number:03d}" for number in range(200)]
LEASE = timedelta(seconds=20)
_file = Path(os.environ["DRILL_ERRANDS"])


def errand(name: str) -> Callable[..., None]:
    def run(*, now: object) -> None:
        slow = _file.with_name("slow")
        if name == NAMES[0] and slow.exists():
            slow.rename(_file.with_name(f"held-{os.getpid()}"))
            time.sleep(600)
        time.sleep(0.02)
        with _file.open("a") as file:
            file.write(f"{name} {sys.argv[1]} {os.getpid()}\n")

    return run


def plan(seconds: float) -> None:
    """All of them due at one moment, counted from when all of them stand, however long that took."""
    with use_county(settings.COUNTY):
        later = clock.now() + timedelta(hours=1)
        Schedule.objects.bulk_create([Schedule(job=name, due_at=later) for name in NAMES], ignore_conflicts=True)
        due = clock.now() + timedelta(seconds=seconds)
        Schedule.objects.filter(job__in=NAMES).update(due_at=due, taken_until=None)


TIMED.update({name: (errand(name), Every(timedelta(days=1), lease=LEASE)) for name in NAMES})

if __name__ == "__main__":
    if sys.argv[1] == "plan":
        plan(float(sys.argv[2]))
    elif sys.argv[1] == "celery":
        from config.celery import app

        app.worker_main(["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "-n", sys.argv[2]])
    else:
        execute_from_command_line(["manage.py", "work"])
