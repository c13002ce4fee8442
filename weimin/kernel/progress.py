"""A progress bar for long commands: how many, how fast, how long still."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

_WIDTH = 30
_SECONDS_BETWEEN_DRAWINGS = 0.1


class Progress:
    """`with Progress(len(rows), "Importing") as progress: ... progress.step()`.

    On a terminal one line is redrawn; into a file or a pipe a plain line is written at every tenth.
    """

    def __init__(self, total: int, label: str, stream: TextIO | None = None) -> None:
        self.total, self.label, self.done = total, label, 0
        self.stream = stream if stream is not None else sys.stderr
        self.live = self.stream.isatty()
        self._tenths, self._drawn, self._started = 0, 0.0, time.monotonic()

    def __enter__(self) -> Self:
        return self

    def step(self, count: int = 1) -> None:
        self.done += count
        moment = time.monotonic()
        if self.live and (moment - self._drawn >= _SECONDS_BETWEEN_DRAWINGS or self.done >= self.total):
            self._drawn = moment
            self.stream.write(f"\r{self._line(moment)}\033[K")
            self.stream.flush()
        elif not self.live and (tenths := 10 * self.done // max(self.total, 1)) > self._tenths:
            self._tenths = tenths
            self.stream.write(f"{self._line(moment)}\n")

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The last line stays, also after a failure: it says how far we came.
        if self.live:
            self.stream.write(f"\r{self._line(time.monotonic())}\033[K\n")
        self.stream.flush()

    def _line(self, moment: float) -> str:
        share = min(self.done / self.total, 1) if self.total else 1
        seconds = max(moment - self._started, 1e-9)
        left = seconds / self.done * max(self.total - self.done, 0) if self.done else 0
        full = int(share * _WIDTH)
        clock = f"{int(left) // 60}:{int(left) % 60:02d}"
        bar = "█" * full + "·" * (_WIDTH - full)
        return f"{self.label} {bar} {self.done:,}/{self.total:,} {share:4.0%} {self.done / seconds:,.0f}/s {clock} left"
