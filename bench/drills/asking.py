"""How every drill is asked for, and how it answers: on which databases, by which seed, where the figures go."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Runs = list[dict[str, Any]]


def questions(description: str | None) -> argparse.ArgumentParser:
    """What every drill is asked; each adds its own."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--out", default="")
    return parser


def on_each(given: argparse.Namespace, name: str, drill: Callable[[str], dict[str, Any]]) -> None:
    """The drill on each database that was asked for, told and judged. What one has counted stays if the next fails."""
    both = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    runs: Runs = []
    for one in both:
        runs.append(drill(one))
        if given.out:
            Path(given.out).write_text(_text({**_result(name, runs), "unfinished": True}) + "\n")
    report(_result(name, runs), given.out)


def _result(name: str, runs: Runs) -> dict[str, Any]:
    return {"drill": name, "runs": runs, "wrong": sum(int(run["wrong"]) for run in runs)}


def _text(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=1)


def report(result: dict[str, Any], out: str) -> None:
    """JSON to the screen, and to a file if one is named."""
    print(_text(result))
    if out:
        Path(out).write_text(_text(result) + "\n")
    sys.exit(0 if result["wrong"] == 0 else 1)
