"""Many counties in one PostgreSQL: how long it takes to add them, and to bring all of them to one new migration.

python -m bench.counties [--counties 100] [--processes 2] [--dsn postgresql://...] [--out FILE]

A copy of the house is migrated, so that the new migration is a real one. Then every catalog is compared, and one
county is dumped, restored elsewhere and compared. Ends with 1 where a floor is missed.
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

from bench.cluster import Cluster, cluster, query
from bench.one_county import catalog, restored, sum_of_rows

ROOT = Path(__file__).resolve().parent.parent
FIRST = "county_990101"
FLOORS = {
    "add_seconds": {"most": 60, "asked": "100 counties added, seconds"},
    "migrate_seconds": {"most": 60, "asked": "100 counties brought to one new migration, seconds"},
    "missing": {"most": 0, "asked": "counties that are not there or lag behind"},
    "unlike": {"most": 0, "asked": "counties whose catalog differs from the first one's, which its migrations made"},
    "not_whole": {"most": 0, "asked": "tables that differ in a county brought back from pg_dump, its catalog included"},
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
        compared(said, server)
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

    def step(name: str, *words: str, command: str = "county") -> str:
        before, began, load = _cpu(), time.monotonic(), os.getloadavg()[0]
        done = subprocess.run(
            [sys.executable, "manage.py", command, *words], cwd=house, check=True, stdout=subprocess.PIPE, text=True,
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
    said["missing"] = counties - there
    step("something in the first county", "--small", command="sample_county")
    return said


def compared(said: dict[str, Any], server: Cluster) -> None:
    """Every county's catalog beside the first one's, and that first one dumped, restored elsewhere and compared."""
    url = server.database("counties")
    first = catalog(url, FIRST)
    schemas = query(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'county\\_%' ORDER BY 1").splitlines()
    said["unlike"] = [schema for schema in schemas if catalog(url, schema) != first]
    said["catalogs_compared"], said["rows_restored"] = len(schemas), sum_of_rows(url, FIRST)
    said["not_whole"] = restored(url, FIRST, server.create("restored"))
    values = {
        "add_seconds": said["steps"]["add"]["seconds"],
        "migrate_seconds": said["steps"]["migrate"]["seconds"],
        "missing": said["missing"],
        "unlike": len(said["unlike"]),
        "not_whole": len(said["not_whole"]),
    }
    said["floors"] = {
        name: {**FLOORS[name], "value": value, "met": value <= FLOORS[name]["most"]} for name, value in values.items()
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
