"""Every ratio that was asked, out of one file of results; and which of them fall short of bench/floors.json.

python -m bench.ratios results/1000000.json [results/10000.json]
"""

import json
import sys
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.json")
LEVEL = "8"


def of(said: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Name → value, what was asked, whether it is met. What could not be measured is None and not met."""
    values = _values(said, before)
    told = {}
    for name, floor in json.loads(FLOORS.read_text()).items():
        if floor.get("against") and before is None:
            continue  # one size alone says nothing about growth
        value = values.get(name)
        told[name] = {
            "asked": floor["asked"], "most": floor.get("most"), "least": floor.get("least"), "value": value,
            "met": _met(value, floor), "counts": said["matters"] >= floor.get("from", 0),
        }  # fmt: skip
    return told


def _met(value: float | None, floor: dict[str, Any]) -> bool:
    if value is None:
        return False
    return value <= floor["most"] if "most" in floor else value >= floor["least"]


def _values(said: dict[str, Any], before: dict[str, Any] | None) -> dict[str, float | None]:
    found = said["measured"]

    def one(system: str, what: str, level: str, name: str) -> float | None:
        return found.get(system, {}).get(what, {}).get(level, {}).get(name)

    def cpu(system: str) -> float | None:
        parts = [one(system, "intake", LEVEL, name) for name in ("server_cpu_ms", "database_cpu_ms")]
        return None if None in parts else sum(part or 0 for part in parts)

    def time_of(what: str) -> float | None:
        return _share(one("ours", what, "1", "p50_ms"), one("helpdesk", what, "1", "p50_ms"))

    intakes = [found.get(name, {}).get("intake", {}) for name in ("ours", "sqlite")]
    return {
        "intake_statements": one("ours", "intake", LEVEL, "statements"),
        "intake_cpu_of_helpdesk": _share(cpu("ours"), cpu("helpdesk")),
        "intake_rps_of_floor_8": _share(one("ours", "intake", "8", "rps"), one("floor", "intake", "8", "rps")),
        "intake_rps_of_floor_32": _share(one("ours", "intake", "32", "rps"), one("floor", "intake", "32", "rps")),
        "intake_p99_of_helpdesk_32": _share(
            one("ours", "intake", "32", "p99_ms"), one("helpdesk", "intake", "32", "p99_ms")
        ),
        "intake_failed": sum(level["failed"] for levels in intakes for level in levels.values()),
        "sqlite_rps_of_helpdesk": _share(
            one("sqlite", "intake", LEVEL, "rps"), one("helpdesk", "intake", LEVEL, "rps")
        ),
        "import_per_second": said.get("import", {}).get("matters_per_second"),
        "list_statements": one("ours", "list", "1", "statements"),
        "list_time_of_helpdesk": time_of("list"),
        "detail_statements": one("ours", "detail", "1", "statements"),
        "detail_time_of_helpdesk": time_of("detail"),
        "memory_pss_mib": said.get("memory", {}).get("before", {}).get("pss_mib"),
        "memory_growth": said.get("memory", {}).get("growth"),
        "bytes_a_matter": said.get("sizes", {}).get("bytes_a_matter"),
        **_growth(said, before),
    }


def _growth(said: dict[str, Any], before: dict[str, Any] | None) -> dict[str, float | None]:
    if before is None:
        return {}

    def grew(what: str) -> float | None:
        sizes = [each["measured"]["ours"].get(what, {}).get("1", {}).get("p50_ms") for each in (said, before)]
        return _share(*sizes)

    lists = [value for value in (grew("list"), grew("pages")) if value is not None]
    return {"list_growth": max(lists, default=None), "counts_growth": grew("counts")}


def _share(one: float | None, other: float | None) -> float | None:
    return round(one / other, 4) if one is not None and other else None


def tell(told: dict[str, dict[str, Any]]) -> int:
    """A loud line for each that falls short; 1 if there is one."""
    short = [name for name, ratio in told.items() if ratio["counts"] and not ratio["met"]]
    for name in short:
        ratio = told[name]
        bound = f"at most {ratio['most']}" if ratio["most"] is not None else f"at least {ratio['least']}"
        print(f"FALLS SHORT  {name}: {ratio['value']}, asked {bound} ({ratio['asked']})", file=sys.stderr)
    print(f"{len(told) - len(short)} of {len(told)} ratios are met.", file=sys.stderr)
    return 1 if short else 0


def main() -> None:
    said, *others = [json.loads(Path(name).read_text()) for name in sys.argv[1:3]]
    told = of(said, others[0] if others else None)
    print(json.dumps(told, ensure_ascii=False, indent=1))
    sys.exit(tell(told))


if __name__ == "__main__":
    main()
