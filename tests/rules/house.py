"""The plan of the house, read from where it stands once: the stairs in pyproject.toml and the files of the rooms."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEIMIN = ROOT / "weimin"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# top first, as import-linter reads them; rooms of one stair stand on one line, divided by |
STAIRS: list[str] = next(
    contract["layers"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"
)
FLOOR = {
    room.strip(): len(STAIRS) - at for at, stair in enumerate(STAIRS) for room in stair.replace(":", "|").split("|")
}
ROOMS = sorted(FLOOR)


def room_of(path: Path) -> str:
    """The room a file of the package stands in; `""` for what stands beside the rooms."""
    inside = path.relative_to(WEIMIN).parts
    return inside[0] if len(inside) > 1 else ""


def reaches(room: str, other: str) -> bool:
    """Whether the room may lean on the other: itself, or one on a lower stair."""
    return room == other or FLOOR[other] < FLOOR[room]


def python_files(*folders: Path, migrations: bool = False) -> list[Path]:
    found = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted(path for path in found if migrations or "migrations" not in path.parts)


def called(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the last; decorators and what it says of itself are not counted."""
    said = node.body[0] if ast.get_docstring(node) is not None else None
    prose = (said.end_lineno or said.lineno) - said.lineno + 1 if said else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - prose


def docstrings(path: Path) -> set[int]:
    """The identities of the constants that are documentation, so that prose is not read as code."""
    holders = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
