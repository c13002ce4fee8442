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
    """The drill on each database that was asked for, told and judged."""
    both = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    runs = [drill(one) for one in both]
    report({"drill": name, "runs": runs, "wrong": sum(int(run["wrong"]) for run in runs)}, given.out)


def report(result: dict[str, Any], out: str) -> None:
    """JSON to the screen, and to a file if one is named."""
    text = json.dumps(result, ensure_ascii=False, indent=1)
    print(text)
    if out:
        Path(out).write_text(text + "\n")
    sys.exit(0 if result["wrong"] == 0 else 1)
