"""Clients as phones are: each matter has a key, and whoever gets no answer asks again with the same key."""

import hashlib
import http.client
import json
import random  # noqa: TID251 -- seeded: a drill can be repeated
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench.loopback import here

from .house import House

TIMEOUT = 8
PLACE, KIND = "990101100001", "road.lamp.out"
BOUNDARY = "weimin-drill-8d1f0c"  # long enough to stand in no file by chance
PARTS = f"multipart/form-data; boundary={BOUNDARY}"
BY_MAIL = "mail"  # whose key begins so is answered by e-mail, everybody else by text message
GIVES_UP = 0.1  # of those without an answer, this share never asks again


@dataclass
class Sent:
    """What the clients know: by key the first acknowledgement, and what went wrong in plain sight."""

    acknowledged: dict[str, bytes] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    statuses: dict[str, int] = field(default_factory=dict)
    unequal: int = 0
    speechless: int = 0  # refusals without a sentence
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: object) -> None:
        with self.lock:
            self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1

    def hear(self, status: int, body: bytes) -> None:
        """Count an answer; one that says no must say what to do."""
        self.count(status)
        if status >= 400 and not _sentence(body):
            with self.lock:
                self.speechless += 1

    def take(self, key: str, body: bytes) -> None:
        with self.lock:
            if self.acknowledged.setdefault(key, body) != body:
                self.unequal += 1


def _sentence(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return ""


def body_of(key: str, words: str = "村口的路灯不亮了，晚上看不清路，请来修。") -> bytes:
    way = {"email": "wang@home.example"} if key.startswith(BY_MAIL) else {"phone": "13900000001"}
    told = {"text": words, "title": f"drill {key}", "kind": KIND, "place": PLACE, "channel": "PHONE",
            "name": "王桂芳", **way}  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def tell(house: House, path: str, body: bytes, headers: dict[str, str]) -> int:
    """What a program outside tells us; the status of our answer, 0 if none came."""
    connection = http.client.HTTPConnection(urlsplit(here(house.base)).netloc, timeout=TIMEOUT)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def parts(file: bytes, *, name: str = "a.pdf", kind: str = "application/pdf") -> bytes:
    """A form with one file, as PARTS says."""
    what = f'form-data; name="files"; filename="{name}"'
    head = f"--{BOUNDARY}\r\nContent-Disposition: {what}\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


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
        sent.hear(status, body)
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


class Photographer:
    """Somebody who adds one file after the other to a matter of their own, until told to stop."""

    def __init__(self, house: House, *, name: str, seed: int, size: int) -> None:
        self.sent, self.kept, self._stop = Sent(), [], threading.Event()  # type: Sent, list[str], threading.Event
        self._thread = threading.Thread(target=self._work, args=(house, name, random.Random(seed), size))

    def _work(self, house: House, name: str, chance: random.Random, size: int) -> None:
        send(house, self.sent, name, chance)
        number = json.loads(self.sent.acknowledged[name])["number"]
        count = 0
        while not self._stop.wait(0.15):
            count += 1
            self._add(house, number, f"{name}-{count}", b"%PDF-1.4\n" + chance.randbytes(size))

    def _add(self, house: House, number: str, key: str, file: bytes) -> None:
        """One file, until it is kept."""
        while not self._stop.is_set():
            try:
                status, body = post(house, key, parts(file), path=f"/{number}/files", kind=PARTS)
            except (OSError, http.client.HTTPException):
                self.sent.count("no answer")
                time.sleep(0.1)
                continue
            self.sent.hear(status, body)
            if status == 201:
                self.kept.append(hashlib.sha256(file).hexdigest())
                return
            time.sleep(0.1)

    def __enter__(self) -> "Photographer":
        self._thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stop.set()
        self._thread.join()


class Reader:
    """Somebody who begins a matter on the portal again and again: led on, or told why not, never a blank failure."""

    def __init__(self, house: House) -> None:
        self.statuses: dict[str, int] = {}
        self.wrong, self._house, self._stop = 0, house, threading.Event()
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self._stop.wait(0.3):
            try:
                status, words = self._begin()
            except (OSError, http.client.HTTPException):
                status, words = 0, ""
            self.statuses[str(status or "no answer")] = self.statuses.get(str(status or "no answer"), 0) + 1
            self.wrong += status not in (0, 302, 503, 507) or (status > 500 and "请" not in words)

    def _begin(self) -> tuple[int, str]:
        """Page 1 of telling us something, sent with words on it."""
        token = "d" * 32
        words = urlencode({"csrfmiddlewaretoken": token, "text": "村口的路灯不亮了，请来修。", "request": "HELP"})
        connection = http.client.HTTPConnection(urlsplit(here(self._house.base)).netloc, timeout=TIMEOUT)
        try:
            headers = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/file/", words, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._stop.set()
        self._thread.join()


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
    unequal, speechless = sum(one.unequal for one in sent), sum(one.speechless for one in sent)
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
        "refused_without_a_sentence": speechless,
        "other_statuses": strange,
        "wrong": len(lost) + len(doubled) + sum(half.values()) + unequal + speechless + strange,
    }
