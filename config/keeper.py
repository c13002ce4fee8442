"""Watches the workers once the house is divided: `config/serve.py` turns into this program, and keeps its children.

What built the house would hold a copy of each page that a worker has written to, as long as the server runs: 29 MiB
that nobody reads. Here is nothing but Python itself, 5 MiB. When a worker ends by itself, or on SIGHUP, this process
builds the house anew: new workers come first, then the old ones are asked to end what they have begun.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterable

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}  # kept back while one program turns into the other
SOON = 5.5  # seconds: a worker that ends so early would end again
UNTIL_SERVING = 1.0  # seconds: workers have been divided, and open their sockets


def keep(workers: Iterable[int], leaving: Iterable[int], arguments: list[str]) -> None:
    """Turn into the keeper of these workers; it does not return."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    _turn(["-I", "-S", __file__, "keep", _numbers(workers), _numbers(leaving), *arguments])


class Keeper:
    def __init__(self, workers: set[int], leaving: set[int], arguments: list[str]) -> None:
        self._workers, self._leaving, self._arguments = workers, leaving, arguments
        self._began = time.monotonic()
        self._stopping = self._failed = False

    def watch(self) -> int:
        """Until all have ended; 1 if it was not because somebody asked for it."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        if any(map(_ended, self._workers)):
            self._give_up()
        if self._leaving:
            time.sleep(UNTIL_SERVING)
            tell(self._leaving)
        while True:
            try:
                one, _status = os.wait()
            except ChildProcessError:
                return int(self._failed)
            self._leaving.discard(one)
            if one in self._workers:
                self._workers.discard(one)
                self._lost()

    def _lost(self) -> None:
        if self._stopping:
            return
        say("error", "A worker has ended by itself")
        if time.monotonic() - self._began < SOON:
            self._give_up()
        else:
            self._renew()

    def _give_up(self) -> None:
        say("error", "A worker ended as soon as it had begun: the server stops, see the lines above")
        self._failed = True
        self._stop()

    def _stop(self, *_signal: object) -> None:
        self._stopping = True
        tell(self._workers | self._leaving)

    def _renew(self, *_signal: object) -> None:
        if not self._stopping:
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            _turn(["-m", "config.keeper", "renew", _numbers(self._workers | self._leaving), *self._arguments])


def tell(workers: Iterable[int]) -> None:
    """End, once what you have begun is answered."""
    for worker in workers:
        try:
            os.kill(worker, signal.SIGTERM)
        except ProcessLookupError:
            continue  # it has ended already


def renew(leaving: set[int], arguments: list[str]) -> None:
    """Build and divide again. Where the house does not stand, those who still serve end too: all is started anew."""
    try:
        from config import serve  # noqa: PLC0415 -- slow import

        serve.main(arguments, leaving)
    except BaseException:
        tell(leaving)
        raise


def say(level: str, event: str) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    line = {"at": at, "level": level, "logger": "config.keeper", "event": event}
    print(json.dumps(line), file=sys.stderr, flush=True)


def _ended(worker: int) -> bool:
    try:
        return os.waitpid(worker, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True


def _turn(arguments: list[str]) -> None:
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 -- our own Python, no shell


def _numbers(workers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(workers)))


def _workers(numbers: str) -> set[int]:
    return {int(one) for one in numbers.split(",") if one}


def main(word: str, *given: str) -> None:
    if word == "renew":
        renew(_workers(given[0]), list(given[1:]))
    else:
        sys.exit(Keeper(_workers(given[0]), _workers(given[1]), list(given[2:])).watch())


if __name__ == "__main__":
    main(*sys.argv[1:])
