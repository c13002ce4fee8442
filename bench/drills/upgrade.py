"""The code of an earlier revision serves while today's tables come, today's code takes over, and the earlier returns.

python -m bench.drills.upgrade [--old REV] [--seconds 3] [--seed 1] [--database sqlite|postgresql|both] [--out FILE]

Without --old: the last tag, or else what stood before the newest migration. Four clients send matters and one reads
pages all the time. Every answer that is not the one asked for counts as wrong, also a clean 503.
"""

import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bench.drills.asking import on_each, questions
from bench.drills.clients import Crowd, judge
from bench.drills.house import ROOT, House, house
from bench.loopback import here as only_here

MIGRATIONS = ":(glob)weimin/**/migrations/0*.py"
PAGES = ("/", "/knowledge/", "/api/v1/matters", "/api/v1/offices")
STYLE = re.compile(rb'<link[^>]+href="([^"]+\.css)"')


class Front:
    """Where clients ask, as a proxy before the versions would send them."""

    def __init__(self, behind: House) -> None:
        self.behind, self.token = behind, behind.token

    @property
    def base(self) -> str:
        return self.behind.base


class Reader:
    """One who opens pages and what they are drawn with, one after the other."""

    def __init__(self, front: Front) -> None:
        self.read, self.wrong, self._stop = 0, dict[str, int](), threading.Event()
        self._front, self._thread = front, threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self._stop.is_set():
            for path in PAGES:
                body = self._get(path)
                if path == "/" and body is not None and (style := STYLE.search(body)):
                    self._get(style[1].decode())
            time.sleep(0.05)

    def _get(self, path: str) -> bytes | None:
        address = only_here(urljoin(self._front.base, path))
        try:
            asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {self._front.token}"})
            with urllib.request.urlopen(asked, timeout=8) as answer:
                self.read += 1
                return bytes(answer.read())
        except urllib.error.HTTPError as refused:
            told = f"{refused.code} {path}"
        except OSError:
            told = f"no answer {path}"
        self.wrong[told] = self.wrong.get(told, 0) + 1
        return None

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stop.set()
        self._thread.join()


def drill(database: str, *, old: str, seconds: float, seed: int) -> dict[str, Any]:
    with checked_out(old) as tree, house(database, tree=tree) as first:
        front, second = Front(first), first.beside(ROOT)
        try:
            first.start()
            with Crowd(front, name=f"u{seed}", seed=seed) as crowd, Reader(front) as reader:
                time.sleep(seconds)
                began = time.monotonic()
                second.manage("prepare")  # today's tables, under the old code
                migrated = time.monotonic() - began
                time.sleep(seconds)
                alive = _taken_over(front, first, second)
                time.sleep(seconds)
                alive += _taken_over(front, second, first)
                time.sleep(seconds)
            alive += _alive(first)
            first.stop()
            found = second.audit()
        finally:
            second.stop()
    told = judge([crowd.sent], found)
    refused = sum(count for status, count in told["statuses"].items() if status not in ("201", "no answer"))
    unanswered = int(told["statuses"].get("no answer", 0))
    return {
        "database": database, "seed": seed, "old": old, "migrations": between(old), "migrated_s": round(migrated, 2),
        "pages_read": reader.read, "pages_wrong": reader.wrong, "refused": refused, "unanswered": unanswered,
        "processes_ended_by_themselves": alive.count(False), **told,
        "wrong": int(str(told["wrong"])) + refused - int(str(told["other_statuses"])) + unanswered
        + sum(reader.wrong.values()) + alive.count(False),
    }  # fmt: skip


def _taken_over(front: Front, before: House, after: House) -> list[bool]:
    """As behind a proxy: the other version is ready, then it is asked, then the one before is told to end."""
    after.start()
    front.behind = after
    time.sleep(0.5)
    alive = _alive(before)
    before.stop()
    return alive


def _alive(house: House) -> list[bool]:
    return [process.poll() is None for process in house.processes]


# --- an earlier revision --------------------------------------------------------------------------------------------


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            f"git {' '.join(words)}: {done.stderr.strip()}\nThis drill needs the history: a clone, not a copy."
        )
    return done.stdout.strip()


def before_the_newest_migration() -> str:
    tags = git("tag", "--merged", "HEAD", "--sort=-creatordate")
    if tags:
        return tags.splitlines()[0]
    return git("rev-parse", "--short", git("log", "-1", "--format=%H", "--diff-filter=A", "--", MIGRATIONS) + "^")


def between(old: str) -> list[str]:
    """The migrations that came since."""
    added = git("diff", "--name-only", "--diff-filter=A", old, "HEAD", "--", MIGRATIONS)
    return [".".join((Path(path).parts[1], Path(path).stem)) for path in added.splitlines()]


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    tree = Path(tempfile.mkdtemp(prefix="weimin-drill-old-"))
    try:
        packed = subprocess.run(["git", "archive", git("rev-parse", "--verify", f"{revision}^{{commit}}")], cwd=ROOT,
                                capture_output=True, check=True)  # fmt: skip
        subprocess.run(["tar", "-x", "-C", str(tree)], input=packed.stdout, check=True)
        yield tree
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--old", default="")
    asked.add_argument("--seconds", type=float, default=3, help="of each of the four stretches")
    given = asked.parse_args()
    old = given.old or before_the_newest_migration()
    on_each(given, "upgrade", lambda one: drill(one, old=old, seconds=given.seconds, seed=given.seed))


if __name__ == "__main__":
    main()
