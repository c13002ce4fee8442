"""A worker of the server ends itself at each named failpoint in turn, while four clients send matters and photos.

python -m bench.drills.failpoints [--rounds 2] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]
"""

import http.client
import json
import random  # noqa: TID251 -- seeded: a drill can be repeated
import struct
import threading
import time
import zlib
from typing import Any

from bench.drills.asking import on_each, questions
from bench.drills.clients import PARTS, Sent, judge, parts, post, send
from bench.drills.house import APPLICATION, House, has_ended, house
from weimin.kernel.failpoint import NAMES

OUTBOX = ("outbox_claimed", "outbox_sent")
IN_REPLY = "in_reply"  # ended by bench/drills/half_reply.py, between two halves of an answer
INTAKE = (*sorted(NAMES - set(OUTBOX)), IN_REPLY)
CLIENTS, MATTERS = 4, 5
LATEST_TURN = 6


def drill(database: str, *, rounds: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    sent, reached, uncertain = Sent(), {}, 0
    with house(database) as here:
        for name in INTAKE:
            reached[name] = sum(
                _intake(here, sent, name, chance.randint(1, LATEST_TURN), f"{name}-{one}", seed)
                for one in range(rounds)
            )
        here.manage("work", "--once")
        for name in OUTBOX:
            reached[name] = sum(_outbox(here, sent, name, f"{name}-{one}", chance) for one in range(rounds))
        found = here.audit()
    told = judge([sent], found)
    missed = [name for name, count in reached.items() if count != rounds]
    uncertain = found["notices"].get("UNCERTAIN", 0)
    waiting = found["notices"].get("QUEUED", 0)
    told["wrong"] = int(str(told["wrong"])) + len(missed) + waiting + abs(uncertain - rounds * len(OUTBOX))
    return {
        "database": database, "rounds": rounds, "seed": seed, "kills": sum(reached.values()),
        "failpoints": len(reached), "not_reached": missed, "messages": found["notices"], **told,
    }  # fmt: skip


def _intake(here: House, sent: Sent, name: str, turn: int, prefix: str, seed: int) -> bool:
    """Whether a worker ended itself there. All are killed before it is replaced, by one that would end itself again;
    then the server is started anew, and everybody is answered in the end."""
    if name == IN_REPLY:
        here.start(worker=False, application="bench.drills.half_reply:application", DRILL_HALF_REPLY=str(turn))
    else:
        armed = f"{name}:{turn}"
        here.start(worker=False, application=APPLICATION, WEIMIN_DRILLS="true", WEIMIN_FAILPOINT=armed)
    workers = here.workers()
    crowd = [
        threading.Thread(target=_client, args=(here, sent, f"{prefix}-{one}", random.Random(seed * 100 + one)))
        for one in range(CLIENTS)
    ]
    for client in crowd:
        client.start()
    ended = False
    while any(client.is_alive() for client in crowd) and not ended:
        ended = any(map(has_ended, workers))
        time.sleep(0.02)
    here.kill()
    here.start(worker=False)
    for client in crowd:
        client.join()
    here.stop()
    return ended


def _client(here: House, sent: Sent, prefix: str, chance: random.Random) -> None:
    for count in range(MATTERS):
        key = f"{prefix}-{count}"
        send(here, sent, key, chance)
        if key in sent.acknowledged:
            _add_photo(here, json.loads(sent.acknowledged[key])["number"], key)


def _add_photo(here: House, number: str, key: str) -> None:
    """One photo, different for each key, sent until it is kept."""
    photo = _png(zlib.crc32(key.encode()))
    body = parts(photo, name="a.png", kind="image/png")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            status, _body = post(here, f"f-{key}", body, path=f"/{number}/files", kind=PARTS)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if status in (200, 201):
            return
        time.sleep(0.1)
    raise SystemExit(f"The photo of {number} was never taken.")


def _png(colour: int) -> bytes:
    """A picture of 16 × 16 dots."""
    rows = b"".join(b"\0" + (colour.to_bytes(4, "big")[1:] * 16) for _row in range(16))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _outbox(here: House, sent: Sent, name: str, prefix: str, chance: random.Random) -> bool:
    """The worker ends in the middle of a batch; the next one sends the rest and repeats nothing."""
    here.start(worker=False)
    for count in range(MATTERS):
        send(here, sent, f"{prefix}-{count}", chance)
    here.stop()
    ended = here.try_manage("work", "--once", WEIMIN_DRILLS="true", WEIMIN_FAILPOINT=f"{name}:3")
    here.manage("work", "--once")
    return ended.returncode == -9


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--rounds", type=int, default=2)
    given = asked.parse_args()
    on_each(given, "failpoints", lambda one: drill(one, rounds=given.rounds, seed=given.seed))


if __name__ == "__main__":
    main()
