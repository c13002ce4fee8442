"""Many counties in one PostgreSQL: how long it takes to add them, and to bring all of them to one new migration.

python -m bench.counties [--counties 100] [--processes 2] [--dsn postgresql://...] [--out FILE]

A copy of the house is migrated, so that the new migration is a real one. Ends with 1 where a floor is missed.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.cluster import cluster, query

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "add_seconds": {"most": 60, "asked": "100 counties added, seconds"},
    "migrate_seconds": {"most": 60, "asked": "100 counties brought to one new migration, seconds"},
    "missing": {"most": 0, "asked": "counties that are not there or lag behind"},
}
NEW = '''"""A column that no code uses yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "{last}")]
    operations = [migrations.AddField("run", "more", models.IntegerField(null=True))]
'''


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--counties", type=int, default=100)
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--dsn", default="", help="a server that is there already; its database `counties` is made anew")
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    with cluster(given.dsn) as server, tempfile.TemporaryDirectory(prefix="weimin-bench-") as folder:
        said = measured(Path(folder), server.create("counties"), given.counties, given.processes)
    text = json.dumps(said, ensure_ascii=False, indent=2)
    if given.out:
        given.out.write_text(text + "\n")
    print(text)
    missed = [name for name, floor in said["floors"].items() if not floor["met"]]
    for name in missed:
        print(f"FALLS SHORT: {FLOORS[name]['asked']}: {said['floors'][name]['value']}", file=sys.stderr)
    sys.exit(1 if missed else 0)


def measured(folder: Path, url: str, counties: int, processes: int) -> dict[str, Any]:
    house, side = folder / "house", ("--processes", str(processes))
    for name in ("weimin", "config"):
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", house)
    table = folder / "counties.csv"
    rows = [f"{980000 + n},县{n},County {n},{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}" for n in range(counties)]
    table.write_text("\n".join(["code,name_zh,name_en,letters", *rows]), encoding="utf-8")

    said: dict[str, Any] = {
        "counties": counties, "processes": processes, "database": query(url, "SHOW server_version"),
        "max_locks_per_transaction": int(query(url, "SHOW max_locks_per_transaction")),
        "processors": os.cpu_count(), "steps": {},
    }  # fmt: skip

    def step(name: str, *words: str) -> str:
        before, began, load = _cpu(), time.monotonic(), os.getloadavg()[0]
        done = subprocess.run(
            [sys.executable, "manage.py", "county", *words], cwd=house, check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WEIMIN_HOME": str(folder / "home"), "DATABASE_URL": url, "WEIMIN_LOG": "json"},
        )  # fmt: skip
        said["steps"][name] = {
            "seconds": round(time.monotonic() - began, 2), "client_cpu_seconds": round(_cpu() - before, 2),
            "load_before": round(load, 2), "load_after": round(os.getloadavg()[0], 2),
        }  # fmt: skip
        return done.stdout

    step("shared and first county", "migrate")
    step("add", "add", "--from", str(table), *side)
    migrations = house / "weimin/web/migrations"
    last = max(path.stem for path in migrations.glob("[0-9]*.py"))
    number = int(re.match(r"\d+", last)[0]) + 1
    (migrations / f"{number:04d}_more.py").write_text(NEW.format(last=last))
    step("migrate", "migrate", *side)
    step("migrate again", "migrate", *side)
    standing = json.loads(step("list", "list", "--json"))
    there = sum(row["behind"] == 0 and row["served"] for row in standing)
    said["bytes_a_county"] = round(sum(row["bytes"] for row in standing) / len(standing))
    said["floors"] = _judged(said["steps"], counties - there)
    return said


def _judged(steps: dict[str, Any], missing: int) -> dict[str, Any]:
    values = {
        "add_seconds": steps["add"]["seconds"],
        "migrate_seconds": steps["migrate"]["seconds"],
        "missing": missing,
    }
    return {
        name: {**FLOORS[name], "value": value, "met": value <= FLOORS[name]["most"]} for name, value in values.items()
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
