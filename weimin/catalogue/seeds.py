"""Reading the catalogue from a directory: tables as CSV; services and articles, which hold lists, as TOML."""

import tomllib
from pathlib import Path
from typing import Any

from weimin.county.plans import read_table

from .services.seed import Seed

SHIPPED = Path(__file__).parent / "seed"


def read_seed(directory: Path = SHIPPED) -> Seed:
    """urgencies, time_rules, kinds, questions, templates and routes as CSV; services/*.toml, articles/*.toml."""
    names = ("urgencies", "time_rules", "kinds", "questions", "templates", "routes")
    tables = {name: read_table(directory / f"{name}.csv") for name in names}
    services, articles = _themes(directory / "services", "service"), _themes(directory / "articles", "article")
    return Seed(**tables, services=services, articles=articles)


def _themes(directory: Path, each: str) -> list[dict[str, Any]]:
    """Each file is one theme; what stands in its [common] holds for every entry that says nothing else."""
    found: list[dict[str, Any]] = []
    for path in sorted(directory.glob("*.toml")):
        with path.open("rb") as file:
            theme = tomllib.load(file)
        found += [{**theme["common"], **entry} for entry in theme[each]]
    return found
