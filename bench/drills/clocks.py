"""The clock of the machine jumps under four clients: an hour, a day, a second counted twice, back in mid-request.

python -m bench.drills.clocks [--system] [--rounds 1] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]

Server and background work go by bench.drills.other_clock. With --system the jumps come from the system itself, through
libfaketime (apt-get install faketime), so that packages that ask the system see them too; before a release. At the end
the clock is put thirty days forward: whatever is late must have climbed to somebody.
"""

import threading
import time
from pathlib import Path
from typing import Any

from bench.drills.asking import on_each, questions, report
from bench.drills.clients import Crowd, judge
from bench.drills.house import APPLICATION, WORK, Cluster, House, house, no_cluster, own_cluster

OTHER = "bench.drills.other_clock"
HOUR, DAY = 3600.0, 86400.0
JUMPS = {
    "+1 h": HOUR,
    "-1 h": -HOUR,
    "+1 day": DAY,
    "-1 day": -DAY,
    "a second twice": -1.0,
    "back in mid-request": -HOUR,
}
HELD, BETWEEN, FLICKER = 3.0, 1.0, 0.02
LATER, MOST_ROUNDS, MOST_MATTERS = 30 * DAY, 40, 60
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def drill(database: str, how: str, *, rounds: int, seed: int) -> dict[str, Any]:
    with own_cluster() if database == "postgresql" else no_cluster() as cluster:
        return _jumps(database, cluster, how, rounds=rounds, seed=seed)


def _jumps(database: str, cluster: Cluster | None, how: str, *, rounds: int, seed: int) -> dict[str, Any]:
    with house(database, cluster=cluster) as here:
        clock = here.home / "clock"
        here.env["DRILL_CLOCK"] = str(clock)
        _put(clock, 0)
        if how == "in the house":
            here.start(application=f"{OTHER}:application", work=("-m", OTHER, "work"))
        else:
            here.env |= _preloaded(clock)
            here.start(application=APPLICATION, work=WORK)
        crowds = [_under(here, clock, jump, f"{turn}{number}", seed) for turn in range(rounds)
                  for number, jump in enumerate(JUMPS)]  # fmt: skip
        alive = [process.poll() is None for process in here.processes]
        here.stop()
        for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE"):
            here.env.pop(name, None)
        here.manage("work", "--once")
        found = here.audit()
        late = _thirty_days_later(here, clock)
    told = judge([crowd.sent for crowd in crowds], found)
    numbers = [number for of_one in found["numbers"].values() for number in of_one]
    waiting, twice = found["notices"].get("QUEUED", 0), len(numbers) - len(set(numbers))
    silent = late["in_silence"] + (late["late"] == 0)
    return {
        "database": database, "how": how, "rounds": rounds, "jumps": rounds * len(JUMPS), "seed": seed, **told,
        "numbers_twice": twice, "lines_out_of_order": found["broken_lines"], "messages_waiting": waiting, **late,
        "processes_ended": alive.count(False),
        "wrong": told["wrong"] + twice + found["broken_lines"] + waiting + silent + alive.count(False),
    }  # fmt: skip


def _preloaded(clock: Path) -> dict[str, str]:
    """libfaketime, told to leave alone what measures how long something took."""
    return {
        "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


def _put(clock: Path, seconds: float) -> None:
    """In one step, as both read it: a number with its sign."""
    beside = clock.with_suffix(".new")
    beside.write_text(f"{seconds:+.0f}\n")
    beside.replace(clock)


def _under(here: House, clock: Path, jump: str, name: str, seed: int) -> Crowd:
    """Clients send before the jump, under it and after the clock was put right."""
    crowd = Crowd(here, name=f"c{name}-{seed}", seed=seed, most=MOST_MATTERS // 4)
    with crowd:
        time.sleep(BETWEEN)
        if jump == "back in mid-request":
            _flicker(clock, JUMPS[jump])
        else:
            _put(clock, JUMPS[jump])
            time.sleep(HELD)
        _put(clock, 0)
        time.sleep(BETWEEN)
    return crowd


def _flicker(clock: Path, seconds: float) -> None:
    over = threading.Event()
    threading.Timer(HELD, over.set).start()
    while not over.wait(FLICKER):
        _put(clock, seconds)
        time.sleep(FLICKER)
        _put(clock, 0)


def _thirty_days_later(here: House, clock: Path) -> dict[str, int]:
    """Rounds of the background work at that time until nobody is late in silence."""
    _put(clock, LATER)
    late = here.late(LATER)
    for _round in range(MOST_ROUNDS):
        here.run_module(OTHER, "work", "--once")
        left = here.late(LATER)
        if not left["in_silence"]:
            break
    return {"late": late["late"], "in_silence": left["in_silence"]}


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--system", action="store_true", help="by libfaketime instead of the house's own clock")
    given = asked.parse_args()
    if given.system and LIBRARY is None:
        report({"drill": "clocks", "runs": [], "not_run": "libfaketime is not installed", "wrong": 0}, given.out)
    how = "in the system" if given.system else "in the house"
    on_each(given, "clocks", lambda one: drill(one, how, rounds=given.rounds, seed=given.seed))


if __name__ == "__main__":
    main()
