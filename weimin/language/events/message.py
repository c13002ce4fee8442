"""A message as it comes in, and an issue as it is told."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Message:
    """One message. Without `user` its writer counts as somebody nobody else is."""

    id: str
    title: str
    rest: str
    time: datetime
    user: str = ""
    likes: int = 0
    dislikes: int = 0


@dataclass(frozen=True)
class Issue:
    """Messages about one event, by time; `place` is empty where most of them name none."""

    heat: float
    begin: datetime
    end: datetime
    place: str
    description: str
    members: list[str]
