"""One line a happening: JSON where a program reads along, words on a terminal.

Of what other packages log only the sentence is kept and not what they fill into it; of an error its kind and place, and
its own words only where they cannot hold anything of a person. What is left is looked through once more by `bare`.
"""

import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

import orjson
from structlog.contextvars import get_contextvars

from weimin.kernel.chosen import SHARED, current
from weimin.kernel.refusal import Refused

HERE = Path(__file__).resolve().parents[3]
FRAMES = 30
# Written by this house and by the server that runs it: codes and numbers of rows. Everything else is a stranger's.
OURS = re.compile(r"(weimin|config|_granian)(\.|$)")
HIDDEN = "…"
PERSONAL = re.compile(
    r"""
    [\w.+-]+@[\w-]+(\.[\w-]+)+          # an e-mail address
    | (?<=://)[^/@\s]+(?=@)              # a password in an address
    | \bw[ro]_[\w-]{8,}                  # a key of a program
    | \b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b   # a mobile number, with gaps too
    | (?<![\d-])(?<!notice\ )\d{6}(?![\d-])  # a PIN; the numbers of matters have dashes, those of messages a word
    | (?<!notice\ )(?<!\d)\d{7,}[Xx]?    # a telephone, an identity card
    | [\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+  # Chinese: names and words of residents; our own lines are English
    """,
    re.VERBOSE | re.ASCII,
)
# Their words name types and attributes of the program, never a value.
PLAIN_ERRORS = (AttributeError, ImportError, MemoryError, NameError, RecursionError, TypeError, ZeroDivisionError)
SQLITE_SAYS = re.compile(
    r"(UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(: [\w., ]+)?|database (table )?is locked"
    r"|database or disk is full|disk I/O error|unable to open database file|attempt to write a readonly database"
    r"|database disk image is malformed|no such (table|column): [\w.]+",
    re.ASCII,
)


def bare(words: str) -> str:
    """The words without what looks like a person's."""
    return PERSONAL.sub(HIDDEN, words)


class Lines(logging.Formatter):
    """`as_json` for programs that collect lines; `whole` shows a developer what an error says, and nobody else."""

    def __init__(self, *, as_json: bool, whole: bool = False) -> None:
        super().__init__()
        self._write = as_json_line if as_json else as_text_line
        self._whole = whole

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            "county": _county(),
            **get_contextvars(),
            **getattr(record, "facts", {}),
        }
        if (asked := getattr(record, "request", None)) is not None:  # Django tells some of it after we have left
            line["request"] = getattr(asked, "META", {}).get("WEIMIN_REQUEST")
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_of(record.exc_info[1], whole=self._whole)
        return self._write({name: value for name, value in line.items() if value not in ("", None)})


def as_json_line(line: dict[str, Any]) -> str:
    return orjson.dumps(line, default=str).decode()


def as_text_line(line: dict[str, Any]) -> str:
    rest = dict(line)
    error = rest.pop("error", None)
    at, level, logger, event = (str(rest.pop(name)) for name in ("at", "level", "logger", "event"))
    words = [f"{at[11:19]} {level:<7} {event}", *(f"{name}={value}" for name, value in rest.items()), f"[{logger}]"]
    return "\n".join([" ".join(words), *(_error_lines(error) if error else [])])


def _error_lines(error: dict[str, Any]) -> list[str]:
    said = f": {error['says']}" if "says" in error else ""
    rows = [f"    {error['type']}{said}", *(f"      {frame}" for frame in error["at"])]
    return rows + (["    because of", *_error_lines(error["because"])] if "because" in error else [])


def _event(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    if request is not None:  # Django writes the path, and a path may hold a number with its key
        return f"{getattr(record, 'status_code', '')} {route_of(request)}".strip()
    if OURS.match(record.name):
        return bare(record.getMessage())
    return bare(str(record.msg))


def _county() -> str:
    schema = current.get()
    return "" if schema in (None, SHARED) else str(schema).removeprefix("county_")


def route_of(request: Any) -> str:
    """The address with its gaps open: `desk/matters/<str:number>/`, and nothing of what somebody typed."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match is not None else "(no such address)"


def error_of(error: BaseException, *, whole: bool = False) -> dict[str, Any]:
    """What kind of error, where, and why; its own words only where they are harmless."""
    told: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    says = bare(str(error)) if whole else _says(error)
    if says:
        told["says"] = says
    told["at"] = _frames(error.__traceback__)
    because = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if because is not None:
        told["because"] = error_of(because, whole=whole)
    return told


def _says(error: BaseException) -> str:
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, OSError):
        return bare(error.strerror or "")
    if isinstance(error, PLAIN_ERRORS):
        return bare(str(error))
    if type(error).__module__ == "weimin.county.context" or type(error).__module__ == "weimin.kernel.chosen":
        return str(error)  # which county was missing
    if getattr(error, "sqlstate", None):  # psycopg: the code and the names of things, never the row
        names = (getattr(error.diag, name) for name in ("constraint_name", "table_name", "column_name"))  # type: ignore[attr-defined]
        return " ".join([str(error.sqlstate), *filter(None, names)])  # type: ignore[attr-defined]
    return str(error) if SQLITE_SAYS.fullmatch(str(error)) else ""


def _frames(trace: TracebackType | None) -> list[str]:
    frames = extract_tb(trace)[-FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(name: str) -> str:
    if "site-packages/" in name:
        return name.rpartition("site-packages/")[2]
    return name.removeprefix(f"{HERE}/")
