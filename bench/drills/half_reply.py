"""The server's way in, in which the n-th created matter's answer is begun and never finished (DRILL_HALF_REPLY=n)."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from config.wsgi import application as whole

_left = [int(os.environ["DRILL_HALF_REPLY"])]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    created: list[str] = []

    def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        created.append(status[:3])
        return start_response(status, headers, *more)

    answer = whole(environ, begin)
    if created != ["201"]:
        return answer
    _left[0] -= 1
    return answer if _left[0] else _half(b"".join(answer))


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    os.kill(os.getpid(), signal.SIGKILL)
    yield body[len(body) // 2 :]
