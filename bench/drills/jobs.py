"""Two hundred jobs by rows of the database, by Redis and by RabbitMQ, each with two workers: undisturbed, with a worker
killed in the middle of a job, and with the broker killed in the middle of the run.

python -m bench.drills.jobs [--rounds 1] [--database sqlite|postgresql|both] [--out FILE.json]

Every job of every run is to be done once in effect; how many Celery carried is told beside it.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.drills.asking import on_each, questions
from bench.drills.brokers import (
    RABBITMQ,
    RABBITMQ_SERVER,
    REDIS_SERVER,
    Rabbit,
    Redis,
    WayToRabbit,
    answers,
    broker,
    rabbit_node,
)
from bench.drills.house import PYTHON, House, house

JOBS, WORKERS, PATIENCE = 200, 2, 180
RESTED = 45  # seconds: a worker of Celery asks for a broker that is away at most every 32
THERE = {"rows": True, "redis": REDIS_SERVER is not None, "rabbitmq": RABBITMQ_SERVER is not None or answers(RABBITMQ)}
Broker = Redis | Rabbit | WayToRabbit


def drill(database: str, *, rounds: int, seed: int) -> dict[str, Any]:
    runs: dict[str, dict[str, int]] = {}
    with house(database) as here:
        for turn in range(rounds):
            for carrier in (name for name, there in THERE.items() if there):
                with _between(here, carrier) as between:
                    runs |= {f"{carrier}, {case} {turn}": found for case, found in _cases(here, between).items()}
    wrong = sum(run["lost"] + run["doubled"] for run in runs.values())
    done = sum(run["done"] for run in runs.values())
    absent = {"not_run": [name for name, there in THERE.items() if not there]} if not all(THERE.values()) else {}
    return {"database": database, "seed": seed, "runs": runs, "done": done, "wrong": wrong, **absent}


def _between(here: House, carrier: str) -> AbstractContextManager[Broker | None]:
    """A RabbitMQ node of its own where its programs are installed; else every way to the one of BROKER_URL is cut."""
    if carrier == "rows":
        return nullcontext()
    if carrier == "rabbitmq" and RABBITMQ_SERVER is not None:
        return rabbit_node()
    return broker(carrier, f"weimin-{here.env['WEIMIN_COUNTY']}")


def _cases(here: House, between: Broker | None) -> dict[str, dict[str, int]]:
    here.env |= {"DRILL_ERRANDS": str(here.home / "errands"), "WEIMIN_BROKER_URL": between.url if between else ""}
    _start(here, between)
    try:
        found = {"undisturbed": _run(here, 30), "worker killed": _run(here, 8, disturb=_kill_holder)}
        if between is not None:
            found["broker killed"] = _run(here, 8, disturb=partial(_kill_broker, between=between))
            found["broker back"] = _run(here, RESTED)
    finally:
        here.kill()
    return found


def _start(here: House, between: Broker | None) -> None:
    errands = [str(PYTHON), "-m", "bench.drills.errands"]
    for number in range(WORKERS):
        here._begin([*errands, "work"], {})
        if between is not None:
            here._begin([*errands, "celery", f"worker-{number}@drill"], {})


def _run(here: House, seconds: float, *, disturb: Callable[[House], None] | None = None) -> dict[str, int]:
    """All jobs due at once, so many seconds from now; what became of them, and how often `work` found no broker."""
    _lines(here).write_text("")
    unheard = _unheard(here)
    if disturb is _kill_holder:
        (here.home / "slow").touch()  # before they are due, however long it takes to plan them
    here.run_module("bench.drills.errands", "plan", str(seconds))
    if disturb is not None:
        disturb(here)
    until = time.monotonic() + PATIENCE
    while len({name for name, _who, _process in _done(here)}) < JOBS and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(3)  # what is done twice would come now
    lines, killed = _done(here), _killed(here)
    times, by = Counter(name for name, _who, _process in lines), Counter(who for _name, who, _process in lines)
    # killed between its effect and saying so: it is done again, as in any house that does not forget
    again = [name for name, _who, process in lines if times[name] > 1 and process in killed]
    return {
        "done": len(times), "lost": JOBS - len(times), "again_after_kill": len(again),
        "doubled": sum(times.values()) - len(times) - len(again),
        "by_celery": by["celery"], "by_work": by["work"], "broker_unheard": _unheard(here) - unheard,
    }  # fmt: skip


def _kill_holder(here: House) -> None:
    """SIGKILL to the process that holds the slow job, and to its parent: a whole worker, as a lost machine is."""
    until = time.monotonic() + PATIENCE
    while not (held := list(here.home.glob("held-*"))):
        if time.monotonic() > until:
            raise SystemExit(f"Nobody took the slow job within {PATIENCE} s.")
        time.sleep(0.05)
    group = os.getpgid(int(held[0].name.removeprefix("held-")))
    (here.home / "killed").write_text(" ".join(map(str, _members(group))))
    os.killpg(group, signal.SIGKILL)
    held[0].unlink()


def _members(group: int) -> list[int]:
    """The processes of this group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(int(stat.parent.name))
    return found


def _killed(here: House) -> set[str]:
    file = here.home / "killed"
    return set(file.read_text().split()) if file.exists() else set()


def _kill_broker(here: House, between: Broker) -> None:
    _wait_for(here, 50)
    between.kill()
    _wait_for(here, 120)
    between.up()


def _wait_for(here: House, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(_done(here)) < count and time.monotonic() < until:
        time.sleep(0.02)


def _unheard(here: House) -> int:
    """How often `work` or a worker said that the broker does not answer."""
    return (here.home / "drill.log").read_text(errors="replace").count("the broker does not answer")


def _lines(here: House) -> Path:
    return here.home / "errands"


def _done(here: House) -> list[tuple[str, str, str]]:
    """Each line: which job, whether `work` or `celery` did it, and in which process."""
    return [(name, who, process) for name, who, process in map(str.split, _lines(here).read_text().splitlines())]


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--rounds", type=int, default=1)
    given = asked.parse_args()
    on_each(given, "jobs", lambda one: drill(one, rounds=given.rounds, seed=given.seed))


if __name__ == "__main__":
    main()
