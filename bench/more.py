"""What is measured besides load: memory before and after every report, sizes, the import, the machine itself."""

import csv
import os
import platform
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench import watch
from bench.cluster import query
from bench.systems import System, manage
from bench.words import rows

REPORTS = (
    "/",
    "/doing/",
    "/board/",
    "/desk/",
    "/desk/leader/",
    "/desk/matters/?queue=all",
    "/desk/matters/export.csv?queue=all",
)
TURNS = 4  # each worker should have made each report once
LONG, FEWER = 20.0, 2  # a report of minutes is asked for less often; two at once are not asked for
_CHUNK = 1 << 20


def machine() -> dict[str, Any]:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    total = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "processors": os.cpu_count(),
        "model": names[0] if names else platform.machine(),
        "memory_gib": round(int(total) / 1024**2, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def memory(ours: System) -> dict[str, Any]:
    """Of the server's processes: as they stand after the load, and after every report was made some times."""
    before = watch.memory_mib(ours.server.pid)
    slowest: dict[str, float] = {}
    for turn in range(TURNS):
        for report in REPORTS:
            if turn >= FEWER and slowest[report] > LONG:
                continue
            began = time.monotonic()
            _read(ours.server.base + report, ours.cookies)
            slowest[report] = max(slowest.get(report, 0.0), round(time.monotonic() - began, 3))
    after = watch.memory_mib(ours.server.pid)
    growth = after["pss_mib"] / before["pss_mib"] - 1
    return {"before": before, "after_reports": after, "growth": round(growth, 3), "slowest_seconds": slowest}


def _read(url: str, headers: dict[str, str]) -> int:
    """Piece by piece: a large export must not be held here either."""
    size = 0
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=900) as answer:
        while piece := answer.read(_CHUNK):
            size += len(piece)
    return size


def sizes(url: str) -> dict[str, Any]:
    """Bytes of the county's tables with their indexes, for each matter; the largest by name."""
    matters = held(url)
    listed = query(
        url,
        "SELECT relname, pg_total_relation_size(c.oid), pg_relation_size(c.oid) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'county_990101' AND relkind = 'r' "
        "ORDER BY 2 DESC",
    )
    tables = [line.split("|") for line in listed.splitlines()]
    residents = {"households_resident"}
    total = sum(int(whole) for name, whole, _heap in tables if name not in residents)
    return {
        "bytes_a_matter": round(total / matters),
        "tables": {name: round(int(whole) / matters) for name, whole, _heap in tables[:8]},
        "residents_bytes": sum(int(whole) for name, whole, _heap in tables if name in residents),
    }


def held(url: str) -> int:
    return int(query(url, "SELECT count(*) FROM county_990101.matters_matter"))


def bulk_import(ours: System, home: Path, *, rows: int) -> dict[str, Any]:
    """`import_matters` on a file of its own, from the start of its Python to the last row committed.

    No row may be one that a county which was kept has taken already: it would be passed over.
    """
    path = home / "old.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_old(rows, seed=held(ours.url)))
    mapping = "outside_id=id,title=title,text=text,received_at=received,closed_at=closed"
    began = time.monotonic()
    said = manage(ours.env, "import_matters", str(path), "--map", mapping, "--kind", "road.lamp.out", "--json")
    took = time.monotonic() - began
    imported = int(re.search(r'"imported": (\d+)', said)[1])  # type: ignore[index]
    return {"rows": rows, "imported": imported, "seconds": round(took, 2), "matters_per_second": round(imported / took)}


def _old(count: int, *, seed: int) -> Any:
    return rows(n=count, seed=seed)
