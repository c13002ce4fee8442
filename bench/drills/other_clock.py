"""The house by a clock that is wrong: DRILL_CLOCK names a file with seconds to add, read anew at every look.

bench.drills.other_clock:application is the server's way in; python -m bench.drills.other_clock COMMAND runs a command.
"""

import os
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.management import execute_from_command_line

from config.wsgi import application
from weimin.kernel import clock

__all__ = ["application"]

_right = clock.now
_file = Path(os.environ["DRILL_CLOCK"])


def now() -> datetime:
    seconds = 0.0
    with suppress(OSError, ValueError):  # it is being written at this very moment
        seconds = float(_file.read_text())
    return _right() + timedelta(seconds=seconds)


clock.now = now

if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
