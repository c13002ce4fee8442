"""Minutes of asking too often, through two served workers: each limit lets in its figure, strangers keep nobody out.

python -m bench.drills.soak [--minutes 10] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]

One address tries sign-ins, another numbers with PINs, a program asks by its key, all faster than they may. From a third
address somebody guesses at one official's password and at one resident's PIN; both come from a fourth and are let in
every time. On SQLite one worker serves. The workers' memory is told after a tenth of the time and at the end.
"""

import http.client
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.drills.asking import on_each, questions
from bench.drills.house import House, house
from bench.loopback import here as only_here

SIGN_INS, TRIES, KEY = 30, 10, 600  # a minute: what docs/operate promises
LIMITS = {"sign_ins": SIGN_INS, "receipts": TRIES, "key": KEY}
WITHIN, MINUTE = 0.1, 60.0
MANY, STRANGER, SELF = "127.0.0.1", "127.0.0.3", "127.0.0.2"
FORM = "application/x-www-form-urlencoded"
TOO_FAST = "试得太快了"


class Stream(threading.Thread):
    """One who asks over and over; `ask` says whether it was let in."""

    def __init__(self, name: str, ask: Callable[[int], bool], *, a_minute: float, until: float) -> None:
        super().__init__(daemon=True)
        self.called, self._ask, self._pause, self._until = name, ask, 60 / a_minute, until
        self.asked = self.let_in = self.silent = 0
        self.times: list[float] = []  # of each question, by one clock for all

    def run(self) -> None:
        turn = time.monotonic()
        while turn < self._until:
            self.times.append(time.monotonic())
            try:
                self.let_in += self._ask(self.asked)
            except (OSError, http.client.HTTPException):
                self.silent += 1
            self.asked += 1
            turn = max(turn + self._pause, time.monotonic())
            time.sleep(max(0.0, turn - time.monotonic()))


class Caller:
    """A browser at one address of this machine."""

    def __init__(self, house: House, address: str) -> None:
        self._netloc, self._address = urlsplit(only_here(house.base)).netloc, address
        self._csrf = ""

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        line = http.client.HTTPConnection(self._netloc, timeout=30, source_address=(self._address, 0))
        try:
            line.request(method, path, body or None, {"Accept-Language": "zh-hans", **headers})
            answer = line.getresponse()
            if found := re.search(r"csrftoken=(\w+)", answer.headers.get("Set-Cookie", "")):
                self._csrf = found[1]
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            line.close()

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        if not self._csrf:
            self.ask("GET", path)
        sent = urlencode({"csrfmiddlewaretoken": self._csrf, **fields})
        return self.ask("POST", path, sent, **{"Content-Type": FORM, "Cookie": f"csrftoken={self._csrf}"})


def drill(database: str, *, minutes: float, seed: int) -> dict[str, Any]:
    with house(database) as here:
        here.env["WEIMIN_RATE_LIMITS"] = "1"
        here.start()
        began = time.monotonic()
        streams = _streams(here, began + 60 * minutes)
        for stream in streams:
            stream.start()
        time.sleep(6 * minutes)
        early = _memory(here)
        for stream in streams:
            stream.join(60 * minutes + 120)
        took, late = (time.monotonic() - began) / 60, _memory(here)
    told: dict[str, dict[str, int]] = {}
    for stream in streams:
        one = told.setdefault(stream.called, {"asked": 0, "let_in": 0, "no_answer": 0})
        for word, count in (("asked", stream.asked), ("let_in", stream.let_in), ("no_answer", stream.silent)):
            one[word] += count
    found = _judged(told, {name: _ideal(streams, name, most) for name, most in LIMITS.items()})
    return {
        "database": database, "workers": 2 if database == "postgresql" else 1, "minutes": round(took, 2), "seed": seed,
        **told, "memory_mb_early": early, "memory_mb_late": late, "found": found, "wrong": len(found),
    }  # fmt: skip


def _streams(here: House, until: float) -> list[Stream]:
    demo = json.loads((here.home / "demo.json").read_text())
    number, pin = demo["resident"]["number"], demo["resident"]["pin"]
    keeper = next(user for user in demo["users"] if user["duty"] == "CONFIGURE")
    many, stranger, own = (Caller(here, address) for address in (MANY, STRANGER, SELF))
    key = {"Authorization": f"Bearer {here.token}"}
    unknown = "x"
    own_door = {"login": keeper["username"], "password": keeper["password"]}

    def guess_both(turn: int) -> bool:
        stranger.post("/accounts/login/", login=keeper["username"], password=f"guess {turn}")
        return stranger.post("/follow/", number=number, pin=f"{(int(pin) + 1 + turn) % 1_000_000:06d}")[0] == 302

    def sign_in(side: int) -> Callable[[int], bool]:  # several at once: each waits for a password to be hashed
        return lambda n: many.post("/accounts/login/", login=f"nobody{side}.{n}", password=unknown)[0] == 200

    return [
        *(Stream("sign_ins", sign_in(side), a_minute=SIGN_INS, until=until) for side in range(3)),
        Stream("receipts", lambda n: TOO_FAST not in many.post("/follow/", number=number)[1],
               a_minute=2 * TRIES, until=until),
        Stream("key", lambda _n: many.ask("GET", "/api/v1/kinds", **key)[0] == 200, a_minute=1.2 * KEY, until=until),
        Stream("stranger", guess_both, a_minute=6, until=until),
        Stream("official", lambda _n: own.post("/accounts/login/", **own_door)[0] == 302, a_minute=3, until=until),
        Stream("resident", lambda _n: own.post("/follow/", number=number, pin=pin)[0] == 302, a_minute=3, until=until),
    ]  # fmt: skip


def _ideal(streams: list[Stream], name: str, most: int) -> int:
    """How many a limit of so many in any sixty seconds lets in, of those who asked when these did."""
    let_in: list[float] = []
    for moment in sorted(one for stream in streams if stream.called == name for one in stream.times):
        if len(let_in) < most or moment - let_in[-most] >= MINUTE:
            let_in.append(moment)
    return len(let_in)


def _judged(told: dict[str, dict[str, int]], ideal: dict[str, int]) -> list[str]:
    found = []
    for name, exact in ideal.items():
        told[name]["ideal"] = exact
        if not exact * (1 - WITHIN) <= told[name]["let_in"] <= exact * (1 + WITHIN):
            found.append(f"{name}: {told[name]['let_in']} let in, {exact} expected")
    for name in ("official", "resident"):
        answered = told[name]["asked"] - told[name]["no_answer"]
        if told[name]["let_in"] != answered or not answered:
            found.append(f"{name}: {answered} answered, {told[name]['let_in']} let in")
    if told["stranger"]["let_in"]:
        found.append("the stranger was let in")
    return found


def _memory(here: House) -> int:
    """Megabytes that the server and its workers hold."""
    group, pages = here.processes[0].pid, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            pages += int(fields[21])
    return pages * 4096 // 1_000_000


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    given = asked.parse_args()
    on_each(given, "soak", lambda one: drill(one, minutes=given.minutes, seed=given.seed))


if __name__ == "__main__":
    main()
