"""Clients as phones are: each matter has a key, and whoever gets no answer asks again with the same key."""

import http.client
import json
import random  # noqa: TID251 -- seeded: a drill can be repeated
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench.loopback import here

from .house import House

TIMEOUT = 8
PLACE, KIND = "990101100001", "road.lamp.out"
GIVES_UP = 0.1  # of those without an answer, this share never asks again


@dataclass
class Sent:
    """What the clients know: by key the first acknowledgement, and what went wrong in plain sight."""

    acknowledged: dict[str, bytes] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    statuses: dict[str, int] = field(default_factory=dict)
    unequal: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: object) -> None:
        with self.lock:
            self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1

    def take(self, key: str, body: bytes) -> None:
        with self.lock:
            if self.acknowledged.setdefault(key, body) != body:
                self.unequal += 1


def body_of(key: str, words: str = "村口的路灯不亮了，晚上看不清路，请来修。") -> bytes:
    told = {"text": words, "title": f"drill {key}", "kind": KIND, "place": PLACE, "channel": "PHONE",
            "name": "王桂芳", "phone": "13900000001"}  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def post(house: House, key: str, body: bytes, *, path: str = "", kind: str = "application/json") -> tuple[int, bytes]:
    """One request, one connection. OSError or HTTPException if no whole answer came."""
    connection = http.client.HTTPConnection(urlsplit(here(house.base)).netloc, timeout=TIMEOUT)
    try:
        headers = {"Authorization": f"Bearer {house.token}", "Content-Type": kind, "Idempotency-Key": key}
        connection.request("POST", f"/api/v1/matters{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def send(house: House, sent: Sent, key: str, chance: random.Random, *, patience: float = 60) -> None:
    """Until it is acknowledged, or given up after no answer."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            status, body = post(house, key, body_of(key))
        except (OSError, http.client.HTTPException):
            sent.count("no answer")
            if chance.random() < GIVES_UP:
                sent.given_up.add(key)
                return
            time.sleep(0.05 + chance.random() / 5)
            continue
        sent.count(status)
        if status == 201:
            sent.take(key, body)
            return
        time.sleep(0.05 + chance.random() / 5)
    sent.given_up.add(key)


class Crowd:
    """Some clients that send one matter after the other until they are told to stop."""

    def __init__(self, house: House, *, name: str, seed: int, clients: int = 4, most: int = 1_000_000) -> None:
        self.sent, self._stop = Sent(), threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(house, f"{name}-{one}", random.Random(seed * 100 + one), most))
            for one in range(clients)
        ]

    def _work(self, house: House, name: str, chance: random.Random, most: int) -> None:
        for count in range(most):
            if self._stop.is_set():
                return
            send(house, self.sent, f"{name}-{count}", chance)
            if count % 5 == 4 and (again := f"{name}-{count - 3}") in self.sent.acknowledged:
                send(house, self.sent, again, chance)  # asked again though it was answered

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()


def judge(sent: list[Sent], audit: dict[str, dict[str, list[str]]]) -> dict[str, object]:
    """What was acknowledged against what is there. `wrong` counts everything that must not be."""
    there = audit["numbers"]
    acknowledged = {key: json.loads(body)["number"] for one in sent for key, body in one.acknowledged.items()}
    lost = [key for key, number in acknowledged.items() if number not in there.get(f"drill {key}", [])]
    doubled = [title for title, numbers in there.items() if len(numbers) > 1]
    statuses: dict[str, int] = {}
    for one in sent:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    half: dict[str, int] = {name: len(found) for name, found in audit["half"].items()}
    unequal = sum(one.unequal for one in sent)
    strange = sum(
        count for status, count in statuses.items() if status not in ("201", "409", "503", "507", "no answer")
    )
    return {
        "acknowledged": len(acknowledged),
        "given_up": sum(len(one.given_up) for one in sent),
        "statuses": statuses,
        "acknowledged_lost": len(lost),
        "duplicated": len(doubled),
        "half_written": half,
        "unequal_replies": unequal,
        "other_statuses": strange,
        "wrong": len(lost) + len(doubled) + sum(half.values()) + unequal + strange,
    }
