"""Find the issues that many raise, with place and period."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from weimin.catalogue.management.triage import TriageCommand, both
from weimin.language.events.board import Board
from weimin.language.events.message import Issue, Message
from weimin.language.events.times import time_of
from weimin.language.triage.table import heading, rows
from weimin.language.triage.trouble import TriageTrouble

# Columns that count if they are there: a table without likes is a table all the same. A named one must be there.
MAYBE = {"id": "留言编号", "likes": "点赞数", "dislikes": "反对数", "user": "留言用户"}


class Command(TriageCommand):
    help = "Find the issues that many messages of a table are about, the hottest first (docs/hot-issues.md)."
    text = "留言主题,留言详情"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--time", default="留言时间", help="column of the time (default: %(default)s)")
        parser.add_argument("--id", help=f"column of the id (default: {MAYBE['id']}; else rows are counted from 1)")
        parser.add_argument("--likes", help=f"column of those who agree (default: {MAYBE['likes']})")
        parser.add_argument("--dislikes", help=f"column of those who do not (default: {MAYBE['dislikes']})")
        parser.add_argument("--user", help=f"column of who wrote it (default: {MAYBE['user']}; else each is another)")
        parser.add_argument("--top", type=int, default=20, help="how many issues (default: %(default)s)")
        parser.add_argument("--out", required=True, type=Path, help="file of the issues (JSON)")

    def answer(self, options: dict[str, Any]) -> None:
        if options["top"] < 1:
            raise TriageTrouble("NO_TOP", top=options["top"])
        there = heading(options["data"])
        columns = {key: options[key] or (name if name in there else None) for key, name in MAYBE.items()}
        messages = list(_messages(options, columns))
        untimed = [message for message in messages if isinstance(message, str)]
        if len(untimed) == len(messages):
            code = "NO_TIME" if messages else "EMPTY_TABLE"
            raise TriageTrouble(code, path=options["data"], column=options["time"])
        if untimed:
            self.stderr.write(both(TriageTrouble("UNTIMED", count=len(untimed), first=untimed[0])))
        _write(options["out"], _board(messages, options["data"]).issues(options["top"]))


def _board(messages: list[Message | str], path: Path) -> Board:
    board = Board()
    for message in messages:
        if isinstance(message, Message):
            if message.id in board:
                raise TriageTrouble("SAME_ID", path=path, id=message.id)
            board.add(message)
    return board


def _messages(options: dict[str, Any], columns: dict[str, str | None]) -> Iterator[Message | str]:
    """Each message; of one whose time cannot be read, its id alone."""
    title, *rest = options["text"]
    asked = [title, *rest, options["time"], *(name for name in columns.values() if name)]
    for number, row in enumerate(rows(options["data"], asked), 1):
        held = {key: row[name].strip() if name else "" for key, name in columns.items()}
        name, time = held["id"] or str(number), time_of(row[options["time"]])
        if time is None:
            yield name
            continue
        likes, dislikes = (_count(held[key], key=columns[key], id=name) for key in ("likes", "dislikes"))
        body = "\n".join(row[part].strip() for part in rest)
        yield Message(name, row[title].strip(), body, time, held["user"], likes, dislikes)


def _count(text: str, **where: Any) -> int:
    """A number of people; none written means none."""
    try:
        return max(0, int(float(text or 0)))
    except (ValueError, OverflowError):
        raise TriageTrouble("NO_NUMBER", text=text, **where) from None


def _write(path: Path, issues: list[Issue]) -> None:
    told = [
        {
            "rank": rank,
            "heat": issue.heat,
            "from": issue.begin.replace(tzinfo=None).isoformat(),
            "to": issue.end.replace(tzinfo=None).isoformat(),
            "place": issue.place,
            "description": issue.description,
            "members": issue.members,
        }
        for rank, issue in enumerate(issues, 1)
    ]
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
