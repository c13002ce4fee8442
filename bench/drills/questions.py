"""The suite's own questions, many times over: odd requests, random histories, odd bytes, races of two.

python -m bench.drills.questions [--level submission|night] [--seed 1] [--database sqlite|postgresql|both] [--out FILE]

The tests count what they asked themselves; a question that broke something is `wrong`, and its test names it. They ask
the same every time, more of it by night.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench.drills.asking import on_each, questions
from bench.drills.house import PYTHON, ROOT, no_cluster, own_cluster

TESTS = {
    "questions": ("tests/peers/test_schemathesis.py", "WEIMIN_SCHEMATHESIS_EXAMPLES", 100, 5000),
    "histories": ("tests/matters/test_histories.py", "WEIMIN_HISTORIES", 200, 5000),
    "odd_bytes": ("tests/matters/test_odd_bytes.py", "WEIMIN_ODD_BYTES", 300, 20_000),
    "races": ("tests/matters/test_races.py", "WEIMIN_RACES", 50, 2000),
}
ENDLESS = "86400"


def drill(database: str, *, level: str, seed: int) -> dict[str, Any]:
    with own_cluster() if database == "postgresql" else no_cluster() as cluster:
        url = cluster.create() if cluster else ""
        told: dict[str, Any] = {"database": database, "level": level, "seed": seed, "wrong": 0, "named": []}
        for name, (file, setting, few, many) in TESTS.items():
            counts, broken = _asked(file, url, {setting: str(few if level == "submission" else many)})
            told |= {key: told.get(key, 0) + count for key, count in counts.items()}
            told["wrong"] += len(broken) + (counts.get(name, 0) == 0)
            told["named"] += broken
        return told


def _asked(file: str, url: str, how_many: dict[str, str]) -> tuple[dict[str, int], list[str]]:
    """What the tests of this file counted, and which of them broke."""
    with tempfile.TemporaryDirectory(prefix="weimin-drill-") as folder:
        out = Path(folder) / "told.xml"
        command = [
            str(PYTHON),
            "-m",
            "pytest",
            "-q",
            file,
            f"--junitxml={out}",
            "-o",
            f"timeout={ENDLESS}",
            "-o",
            "junit_family=xunit1",
        ]
        env = {**os.environ, "DATABASE_URL": url, "WEIMIN_POSTGRESQL_FOLLOWS": "1", **how_many}
        subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False)
        if not out.exists():
            return {}, [f"{file} did not come to its end"]
        cases = list(ElementTree.parse(out).iter("testcase"))
    counts: dict[str, int] = {"tests": len(cases)}
    for case in cases:
        for told in case.iter("property"):
            counts[told.get("name", "")] = counts.get(told.get("name", ""), 0) + int(told.get("value", "0"))
    broken = [f"{file}::{case.get('name')}" for case in cases if list(case.iter("failure")) + list(case.iter("error"))]
    return counts, broken


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--level", choices=["submission", "night"], default="submission")
    given = asked.parse_args()
    on_each(given, "questions", lambda one: drill(one, level=given.level, seed=given.seed))


if __name__ == "__main__":
    main()
