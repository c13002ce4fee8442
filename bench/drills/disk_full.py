"""A disk fills up under four clients, a photographer and a reader of pages; then there is room again.

python -m bench.drills.disk_full [--rounds 1] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]

Five places in turn, each a file system of its own: the database, its write-ahead log, the files of residents, our log,
the folder for passing files. SQLite keeps its write-ahead log beside the database: there the two places are one disk,
filled once with a log that may be written over and once with an empty one that must grow.
"""

import pwd
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.drills.asking import on_each, questions, report
from bench.drills.clients import Crowd, Photographer, Reader, judge
from bench.drills.database_kill import amcheck
from bench.drills.disk import Disk, NotPermitted, disk
from bench.drills.house import Cluster, House

PLACES = ("database", "wal", "uploads", "log", "temp")
MEGABYTES = {"database": 192, "wal": 40, "uploads": 96, "log": 8, "temp": 24}
SMALL_WAL = "min_wal_size = 2MB\nmax_wal_size = 8MB\nwal_recycle = off\n"
FELT_WITHIN, HELD_SECONDS, BACK_WITHIN = 30, 3, 30
SMALL, LARGE = 200_000, 2_300_000  # bytes of a file; the large ones pass through the folder for passing files


@dataclass
class Site:
    """A county whose parts lie on disks that can be filled."""

    house: House
    disks: dict[str, Disk]
    cluster: Cluster | None
    restarts: int = 0
    told: dict[str, dict[str, object]] = field(default_factory=dict)
    wrong: int = 0


@contextmanager
def site(database: str) -> Iterator[Site]:
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix="weimin-drill-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        at = {"uploads": root / "home" / "uploads", "log": root / "log", "temp": root / "temp"}
        disks, cluster = {}, None
        if database == "sqlite":
            both = stack.enter_context(disk(root / "home", megabytes=MEGABYTES["database"]))
            disks = {"database": both, "wal": both}
        else:
            disks, cluster = _cluster(stack)
        disks |= {name: stack.enter_context(disk(path, megabytes=MEGABYTES[name])) for name, path in at.items()}
        url = cluster.create() if cluster else ""
        house = House(root / "home", url, log=root / "log" / "drill.log", TMPDIR=str(at["temp"]))
        stack.callback(house.log.close)
        stack.callback(house.stop)
        yield Site(house, disks, cluster)


def _cluster(stack: ExitStack) -> tuple[dict[str, Disk], Cluster]:
    """PostgreSQL with its tables on one disk and its write-ahead log on another."""
    home, owner = Path(tempfile.mkdtemp(prefix="weimin-drill-pg-")), str(pwd.getpwnam("postgres").pw_uid)
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    disks = {}
    for name, folder in (("database", "data"), ("wal", "wal")):
        disks[name] = stack.enter_context(disk(home / folder, megabytes=MEGABYTES[name], owner=owner))
    initdb = ("--waldir", str(home / "wal"), "--wal-segsize=1")
    cluster = Cluster(home, initdb=initdb, settings=SMALL_WAL)
    stack.callback(cluster.stop)
    return disks, cluster


def drill(database: str, *, rounds: int, seed: int) -> dict[str, Any]:
    runs = [_five_places(database, seed + one) for one in range(rounds)]
    added: dict[str, Any] = {"database": database, "rounds": rounds, "seed": seed}
    for run in runs:
        for name, value in run.items():
            if isinstance(value, int):
                added[name] = added.get(name, 0) + value
    failures = [line for run in runs for line in run["failures"]]
    return {
        **added, "failures": failures[:5], "places": [run["places"] for run in runs],
        "half_written": _sum(run["half_written"] for run in runs), "statuses": _sum(run["statuses"] for run in runs),
    }  # fmt: skip


def _sum(counts: Any) -> dict[str, int]:
    added: dict[str, int] = {}
    for one in counts:
        for name, value in one.items():
            added[name] = added.get(name, 0) + value
    return added


def _five_places(database: str, seed: int) -> dict[str, Any]:
    with site(database) as here:
        here.house.start()
        sent, files = [], []
        for place in PLACES:
            crowd, photographer = _filled(here, place, seed)
            sent += [crowd.sent, photographer.sent]
            files += photographer.kept
        alive = [process.poll() is None for process in here.house.processes]
        here.house.stop()
        found = here.house.audit()
        told = judge(sent, found)
        lost = len(set(files) - set(found["files"]))
        log = (here.house.home.parent / "log" / "drill.log").read_text(errors="replace")
        broken = int(here.cluster is not None and amcheck(here.cluster) != "clean")
        return {
            **told, "places": here.told, "files_acknowledged": len(files), "files_lost": lost,
            "processes_ended": alive.count(False), "database_restarts": here.restarts,
            "failures": [line for line in log.splitlines() if '"the API failed"' in line],
            "wrong": int(str(told["wrong"])) + here.wrong + lost + broken + alive.count(False),
        }  # fmt: skip


def _filled(here: Site, place: str, seed: int) -> tuple[Crowd, Photographer]:
    """One place is filled until somebody feels it, held, cleared; then everybody is served again."""
    crowd = Crowd(here.house, name=f"{place}{seed}", seed=seed)
    files = Photographer(here.house, name=f"{place}{seed}-f", seed=seed, size=LARGE if place == "temp" else SMALL)
    reader, full = Reader(here.house), here.disks[place]
    with _kept_alive(here), crowd, files, reader:
        time.sleep(1)
        if place == "wal" and here.cluster is None:
            _empty_the_log(here.house)
        before = _refused(crowd, files)
        until = time.monotonic() + FELT_WITHIN
        while _refused(crowd, files) == before and time.monotonic() < until and place != "log":
            full.fill()
            time.sleep(0.1)
        held = time.monotonic() + HELD_SECONDS
        while time.monotonic() < held:
            full.fill()  # whatever was given back meanwhile is taken again
            time.sleep(0.1)
        refused = _refused(crowd, files) - before
        full.clear()
        began = time.monotonic()
        back = _back(here, crowd, files)
    _tell(here, place, reader, refused, back - began)
    return crowd, files


def _refused(crowd: Crowd, files: Photographer) -> int:
    """Answers that say 503 or 507, and those that did not come."""
    return sum(one.sent.statuses.get(status, 0) for one in (crowd, files) for status in ("503", "507", "no answer"))


def _back(here: Site, crowd: Crowd, files: Photographer) -> float:
    """When the first matter and the first file since now were taken."""
    had = len(crowd.sent.acknowledged), len(files.kept)
    until = time.monotonic() + BACK_WITHIN * 2
    while time.monotonic() < until:
        if len(crowd.sent.acknowledged) > had[0] and len(files.kept) > had[1]:
            return time.monotonic()
        time.sleep(0.02)
    return until


def _tell(here: Site, place: str, reader: Reader, refused: int, seconds: float) -> None:
    felt = refused == 0 if place == "log" else refused > 0  # a log that is full costs nobody an answer
    here.told[place] = {"refused": refused, "back_s": round(seconds, 2), "pages": dict(reader.statuses)}
    here.wrong += (not felt) + (seconds > BACK_WITHIN) + reader.wrong


def _empty_the_log(house: House) -> None:
    connection = sqlite3.Connection(house.home / "weimin.sqlite3", timeout=20)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@contextmanager
def _kept_alive(here: Site) -> Iterator[None]:
    """PostgreSQL that ends itself is started again, as a service manager would."""
    if here.cluster is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            if not here.cluster.runs():
                here.cluster.try_start()
                here.restarts += 1

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--rounds", type=int, default=1)
    given = asked.parse_args()
    try:
        on_each(given, "disk_full", lambda one: drill(one, rounds=given.rounds, seed=given.seed))
    except NotPermitted as why:
        report(
            {"drill": "disk_full", "runs": [], "not_run": f"no disk may be mounted here: {why}", "wrong": 0}, given.out
        )


if __name__ == "__main__":
    main()
