"""Every drill, one after the other, and one table of counts.

python -m bench.drills.run [--nightly] [--only NAME ...] [--seed N] [--out FOLDER]

Without --nightly the counts of each submission; with it those of a night. Each drill leaves its JSON in the folder.
--only takes the names of their programs: failpoints, kill_drill, jobs …
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.drills.house import ROOT

# drill → module, its count's word, the count of a submission, the count of a night
DRILLS: dict[str, tuple[str, str, object, object]] = {
    "R1 failpoints": ("bench.drills.failpoints", "--rounds", 2, 20),
    "R1 kills at random": ("bench.kill_drill", "--kills", 20, 500),
    "R2 database killed": ("bench.drills.database_kill", "--kills", 10, 200),
    "R3 retries at once": ("bench.drills.retry", "--requests", 500, 20_000),
    "R6 disk full, 5 places": ("bench.drills.disk_full", "--rounds", 1, 10),
    "R7 clock jumps, 6 ways": ("bench.drills.clocks", "--rounds", 1, 10),
    "R8 gateways, 5 ways": ("bench.drills.gateways", "--rounds", 1, 20),
    "R8 jobs, broker and workers killed": ("bench.drills.jobs", "--rounds", 1, 10),
    "R13, R19 questions and races": ("bench.drills.questions", "--level", "submission", "night"),
    "R9 machine lost, base and log": ("bench.drills.point_in_time", "--seconds", 3, 60),
    "R9 replica takes over": ("bench.drills.take_over", "--rounds", 1, 10),
    "R20 old code, new tables": ("bench.drills.upgrade", "--seconds", 3, 60),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--nightly", action="store_true")
    asked.add_argument("--only", nargs="+", choices=[module.rpartition(".")[2] for module, *_counts in DRILLS.values()])
    asked.add_argument("--seed", type=int, default=int(time.strftime("%y%m%d")), help="kept in each JSON")
    asked.add_argument("--out", type=Path, default=ROOT / "artefacts" / "drills")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name, (module, word, few, many) in DRILLS.items():
        program = module.rpartition(".")[2]
        if program not in (given.only or [program]):
            continue
        file = given.out / f"{program}.json"
        file.unlink(missing_ok=True)
        count = str(many if given.nightly else few)
        command = [sys.executable, "-m", module, word, count, "--seed", str(given.seed), "--out", str(file)]
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        wrong += _told(name, file)
        print(f"{name}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    sys.exit(1 if wrong else 0)


def _told(name: str, file: Path) -> int:
    """A line for each database; how much was wrong, 1 if the drill did not come to its end."""
    if not file.exists():
        print(f"{name}: did not come to its end", flush=True)
        return 1
    result = json.loads(file.read_text())
    if "not_run" in result:
        print(f"{name}: not run, {result['not_run']}", flush=True)
    for run in result["runs"]:
        print(f"{name}, {run['database']}, seed {run['seed']}: {_counts(run)}, wrong {run['wrong']}", flush=True)
    if "unfinished" in result:
        print(f"{name}: did not come to its end on the next database", flush=True)
    return int(result["wrong"]) + ("unfinished" in result)


def _counts(run: dict[str, Any]) -> str:
    """Of a drill with clients, what became of what they were told; of another, whatever it counted."""
    if "acknowledged" not in run:
        counted = {name: count for name, count in run.items() if isinstance(count, int)}
        return ", ".join(f"{name} {count}" for name, count in counted.items() if name not in ("seed", "wrong"))
    return (
        f"acknowledged {run['acknowledged']}, lost {run['acknowledged_lost']}, duplicated {run['duplicated']}, "
        f"by half {sum(run['half_written'].values())}"
    )


if __name__ == "__main__":
    main()
