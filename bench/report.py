"""docs/performance.md out of results: the machine, the method, what was asked, what was measured, what falls short.

python -m bench.report results/10000.json results/1000000.json > docs/performance.md
"""

import json
import sys
from pathlib import Path
from typing import Any

HEAD = """# Performance

Measured on {date} by `python -m bench.compare`, written by `python -m bench.report`. Nothing here is edited by hand;
[bench/README.md](../bench/README.md) says how to measure again.

## The machine and the method
{processors} processors ({model}), {memory_gib} GiB, {system}, Python {python}, PostgreSQL {database} with `fsync`,
`synchronous_commit` and `full_page_writes` on. Load generator, servers and database share this machine, so requests a
second are lower than on three machines. What is compared ran in turn in one session; CPU a request, which other work on
the machine disturbs least, stands beside them. `busy` is how much of the machine worked, whoever's work it was.

Ours, the plain view (one ORM insert behind the same server, no middleware) and django-helpdesk are each served by
granian with 2 workers of 4 threads. {rounds} rounds of {seconds:g} s, all levels of concurrency and all systems within
each round; the median of the rounds is told. Ours acknowledges a whole matter: resident, number and receipt, kind,
owner, clock, timeline, ledger entry, running counts, message and idempotent answer in one durable commit. Statements
are those of `pg_stat_statements`; BEGIN, COMMIT and savepoints stand apart, and so do the look-ups by which the
database itself checks deferred foreign keys at COMMIT.
"""
SYSTEMS = {"ours": "ours", "sqlite": "ours on SQLite", "floor": "plain view", "helpdesk": "django-helpdesk"}
NAMES = {
    "intake": "Intake", "list": "Staff list, 50 rows", "pages": "Staff list, any page and filter",
    "detail": "Detail with its timeline", "counts": "Dashboard counts", "doing": "How we are doing (public)",
}  # fmt: skip
COLUMNS = (
    "rps",
    "p50_ms",
    "p99_ms",
    "server_cpu_ms",
    "database_cpu_ms",
    "statements",
    "begin_commit",
    "key_checks",
    "failed",
)


def page(results: list[dict[str, Any]]) -> str:
    last = results[-1]
    parts = [HEAD.format(**last["machine"], **{name: last[name] for name in ("date", "database", "rounds", "seconds")})]
    parts += ["## What was asked, and what was measured", _verdict(results)]
    for said in results:
        parts += [f"## With {said['matters']:,} matters", _besides(said), *_tables(said)]
    return "\n".join(parts).rstrip() + "\n"


def _verdict(results: list[dict[str, Any]]) -> str:
    heads = " | ".join(f"{said['matters']:,} matters" for said in results)
    lines = [f"| asked | bound | {heads} |", "| --- | --- |" + " --- |" * len(results)]
    asked = {name: ratio for said in results for name, ratio in said["ratios"].items()}
    for name, ratio in asked.items():
        bound = f"≤ {ratio['most']:g}" if ratio["most"] is not None else f"≥ {ratio['least']:g}"
        lines.append(f"| {ratio['asked']} | {bound} | " + " | ".join(_cell(said, name) for said in results) + " |")
    missed = [said for said in results for ratio in said["ratios"].values() if ratio["counts"] and not ratio["met"]]
    told = f"\n**Short of what was asked: {len(missed)}.** Each is marked so above.\n" if missed else ""
    return "\n".join(lines) + "\n" + told


def _cell(said: dict[str, Any], name: str) -> str:
    ratio = said["ratios"].get(name)
    if ratio is None:
        return "–"
    if ratio["value"] is None:
        return "**not measured**"
    value = f"{ratio['value']:,.4g}" if ratio["value"] < 1000 else f"{ratio['value']:,.0f}"
    if ratio["met"]:
        return value
    return f"**{value}, falls short**" if ratio["counts"] else f"{value} (asked at a larger size)"


def _besides(said: dict[str, Any]) -> str:
    sizes, memory, brought = said["sizes"], said["memory"], said["import"]
    tables = ", ".join(f"{name} {size:,}" for name, size in sizes["tables"].items())
    slowest = ", ".join(f"`{path}` {seconds:.2f} s" for path, seconds in memory["slowest_seconds"].items())
    return (
        f"{said['residents']:,} residents. Grown, started and measured first after {said['grow_seconds']:,} s.\n\n"
        f"- Database: {sizes['bytes_a_matter']:,} bytes a matter with history and indexes ({tables}).\n"
        f"- Memory (PSS): {memory['before']['pss_mib']} MiB after the load, {memory['after_reports']['pss_mib']} MiB "
        f"after every report ({memory['growth']:+.1%}). Slowest answers: {slowest}.\n"
        f"- Bulk import: {brought['imported']:,} matters in {brought['seconds']:.1f} s, "
        f"{brought['matters_per_second']:,} a second.\n"
    )


def _tables(said: dict[str, Any]) -> list[str]:
    found = said["measured"]
    parts = []
    for what, title in NAMES.items():
        lines = [
            f"### {title}\n",
            "| system | clients | requests/s | p50 ms | p99 ms | server CPU ms | database CPU ms | statements "
            "| begin, commit | key checks | failed | busy |",
            "| --- |" + " --: |" * 11,
        ]
        for system, name in SYSTEMS.items():
            for clients, level in found.get(system, {}).get(what, {}).items():
                busy = sum(level["machine_busy"]) / len(level["machine_busy"])
                values = " | ".join(f"{level[column]:,.4g}" for column in COLUMNS)
                lines.append(f"| {name} | {clients} | {values} | {busy:.0%} |")
        parts.append("\n".join(lines) + "\n")
    return parts


def main() -> None:
    sys.stdout.write(page([json.loads(Path(name).read_text()) for name in sys.argv[1:]]))


if __name__ == "__main__":
    main()
