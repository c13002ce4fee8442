"""Ours, the floor and django-helpdesk side by side in one session, on one durable PostgreSQL.

    python -m bench.compare --matters 10000 --seconds 5 --rounds 3 --out results/10000.json
    python -m bench.compare --matters 1000000 --against results/10000.json --out results/1000000.json

Writes what it measured, prints every ratio beside its floor (bench/floors.json), and ends with 1 if one falls short.
"""

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import ratios, systems
from bench.cluster import Cluster, cluster, query
from bench.load import Target, measure, middle
from bench.more import bulk_import, machine, memory, sizes
from bench.systems import System

ASKED = {"intake": (1, 8, 32), "list": (1, 8), "pages": (1,), "detail": (1, 8), "counts": (1,), "doing": (1,)}


def measured(running: list[System], *, rounds: int, seconds: float) -> dict[str, Any]:
    """Rounds outside, levels inside, one system after the other at each: what drifts hits all alike."""
    found: dict[str, dict[str, dict[int, list[dict[str, Any]]]]] = {}
    for turn in range(rounds):
        for what, levels in ASKED.items():
            for clients in levels:
                for system in running:
                    if what in system.targets:
                        one = _one(system.targets[what], clients, seconds, turn + 1)
                        kept = found.setdefault(system.name, {}).setdefault(what, {})
                        kept.setdefault(clients, []).append(one)
    return {
        name: {what: {str(clients): middle(ones) for clients, ones in levels.items()} for what, levels in asked.items()}
        for name, asked in found.items()
    }


def _one(target: Target, clients: int, seconds: float, turn: int) -> dict[str, Any]:
    said = measure(target, clients, seconds)
    print(
        f"  round {turn} {target.name:18} {clients:3} clients {said['rps']:9.1f}/s p50 {said['p50_ms']:9.2f} ms "
        f"p99 {said['p99_ms']:9.2f} ms, CPU {said['server_cpu_ms']:.2f}+{said['database_cpu_ms']:.2f} ms, "
        f"{said['statements']:.1f} statements, busy {said['machine_busy']:.2f}, "
        f"failed {said['non2xx'] + said['errors']}",
        file=sys.stderr,
    )
    return said


def on_sqlite(given: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Ours in one file, each commit on the disk before it is answered; intake only."""
    with systems.ours(home, None, matters=given.few, residents=given.few, name="sqlite") as system:
        system.targets = {"intake": system.targets["intake"]}
        return measured([system], rounds=given.rounds, seconds=given.seconds)["sqlite"]


def everything(given: argparse.Namespace, server: Cluster, home: Path) -> dict[str, Any]:
    said: dict[str, Any] = {"machine": machine(), "matters": given.matters, "residents": given.residents}
    said |= {"seconds": given.seconds, "rounds": given.rounds, "date": time.strftime("%Y-%m-%d")}
    said["database"] = query(server.url, "SHOW server_version")
    with ExitStack() as running:
        began = time.monotonic()
        ours = running.enter_context(
            systems.ours(_made((given.keep or home) / "ours"), server, matters=given.matters, residents=given.residents)
        )
        said["grow_seconds"] = round(time.monotonic() - began, 1)
        said["sizes"] = sizes(ours.url)
        floor = running.enter_context(systems.floor(server, home))
        others = [floor]
        if not given.without_helpdesk:
            others.append(running.enter_context(systems.helpdesk(server, home, tickets=given.matters)))
        said["measured"] = measured([*others, ours], rounds=given.rounds, seconds=given.seconds)
        said["memory"] = memory(ours)
        said["import"] = bulk_import(ours, home, rows=given.rows)
    said["measured"]["sqlite"] = on_sqlite(given, _made(home / "sqlite"))
    return said


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--matters", type=int, default=10_000)
    asked.add_argument("--residents", type=int, default=0, help="default: 37 for each 100 matters")
    asked.add_argument("--seconds", type=float, default=5)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--rows", type=int, default=20_000, help="rows of the bulk import")
    asked.add_argument("--few", type=int, default=1000, help="matters of the county on SQLite")
    asked.add_argument("--dsn", default=os.environ.get("BENCH_DSN", ""), help="a server to use instead of a new one")
    asked.add_argument("--keep", type=Path, help="folder in which the grown county stays, to be measured again")
    asked.add_argument("--against", type=Path, help="results at another size, for what must not grow with it")
    asked.add_argument("--out", type=Path, default=Path("bench-results.json"))
    asked.add_argument("--without-helpdesk", action="store_true", help="where PyPI cannot be reached")
    given = asked.parse_args()
    given.residents = given.residents or max(20, given.matters * 37 // 100)
    kept = _made(given.keep / "cluster") if given.keep else None
    with systems.folder() as name, cluster(given.dsn, kept) as server:
        said = everything(given, server, Path(name))
    before = json.loads(given.against.read_text()) if given.against else None
    said["ratios"] = ratios.of(said, before)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"out": str(given.out), "ratios": said["ratios"]}, ensure_ascii=False, indent=1))
    sys.exit(ratios.tell(said["ratios"]))


if __name__ == "__main__":
    main()
