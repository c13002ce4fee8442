"""Four clients send matters while everything that serves them is killed at random moments. What was acknowledged stays.

python -m bench.kill_drill [--kills 20] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]

Ends with 0 only if nothing acknowledged was lost, nothing is there twice, and nothing by half.
"""

import argparse
import random  # noqa: TID251 -- seeded: a drill can be repeated
import time
from typing import Any

from bench.drills.asking import report
from bench.drills.clients import Crowd, judge
from bench.drills.house import house


def drill(database: str, *, kills: int, seed: int) -> dict[str, Any]:
    """The server and the worker together, SIGKILL, as often as asked."""
    chance = random.Random(seed)
    ready = []
    with house(database) as here:
        here.start()
        with Crowd(here, name=f"k{seed}", seed=seed) as crowd:
            for _kill in range(kills):
                time.sleep(0.3 + chance.random() * 1.2)
                here.kill()
                ready.append(here.start())
            time.sleep(0.5)
        here.stop()
        found = here.audit()
    told = judge([crowd.sent], found)
    slowest = round(max(ready, default=0), 2)
    return {
        "database": database,
        "kills": kills,
        "seed": seed,
        "slowest_start_s": slowest,
        "notices": found["notices"],
        **told,
    }


def databases(word: str) -> list[str]:
    return ["sqlite", "postgresql"] if word == "both" else [word]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked.add_argument("--out", default="")
    given = asked.parse_args()
    runs = [drill(one, kills=given.kills, seed=given.seed) for one in databases(given.database)]
    report({"drill": "kill", "runs": runs, "wrong": sum(int(run["wrong"]) for run in runs)}, given.out)


if __name__ == "__main__":
    main()
