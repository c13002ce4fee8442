"""Reading the catalogue's tables from a directory: CSV files, and services as TOML because they hold lists."""

import tomllib
from pathlib import Path
from typing import Any

from weimin.county.plans import read_table

from .services.seed import Seed

SHIPPED = Path(__file__).parent / "seed"


def read_seed(directory: Path = SHIPPED) -> Seed:
    """urgencies, time_rules, kinds, questions, templates and routes as CSV; services/*.toml."""
    names = ("urgencies", "time_rules", "kinds", "questions", "templates", "routes")
    tables = {name: read_table(directory / f"{name}.csv") for name in names}
    return Seed(**tables, services=_services(directory / "services"))


def _services(directory: Path) -> list[dict[str, Any]]:
    """Each file is one theme; what stands in its [common] holds for every service that says nothing else."""
    services: list[dict[str, Any]] = []
    for path in sorted(directory.glob("*.toml")):
        with path.open("rb") as file:
            theme = tomllib.load(file)
        services += [{**theme["common"], **service} for service in theme["service"]]
    return services
