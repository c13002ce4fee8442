"""Each request is sent one to five times at once with the same key: one matter a key, the same bytes to everybody.

python -m bench.drills.retry [--requests 500] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]
"""

import http.client
import json
import random  # noqa: TID251 -- seeded: a drill can be repeated
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.drills.asking import on_each, questions
from bench.drills.clients import Sent, body_of, judge, post
from bench.drills.house import House, house

CLIENTS = 8
MOST_COPIES = 5
DROPPED = 0.2  # of the copies, the share whose answer is thrown away unread


def drill(database: str, *, requests: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    sent, refused = Sent(), 0
    with house(database) as here:
        here.start(worker=False)
        with ThreadPoolExecutor(CLIENTS) as crowd:
            copies = [
                crowd.submit(_ask, here, sent, f"r{seed}-{number}", chance.random() < DROPPED)
                for number in range(requests)
                for _copy in range(chance.randint(1, MOST_COPIES))
            ]
            for copy in copies:
                copy.result()
        for number in range(requests):  # whoever lost every answer asks once more; then the key with other words
            key = f"r{seed}-{number}"
            _ask(here, sent, key, False)
            status, body = post(here, key, body_of(key, "完全不同的另一件事，门前的井盖丢了。"))
            refused += status == 422 and json.loads(body)["code"] == "KEY_REUSED"
        here.stop()
        found = here.audit()
    told = judge([sent], found)
    told["wrong"] = int(str(told["wrong"])) + (requests - refused) + (requests - len(found["numbers"]))
    return {
        "database": database, "requests": requests, "copies": len(copies), "seed": seed,
        "matters": len(found["numbers"]), "other_payload_refused_422": refused, **told,
    }  # fmt: skip


def _ask(here: House, sent: Sent, key: str, drop: bool) -> None:
    """Until it is answered; "in progress" means to ask again."""
    while True:
        try:
            status, body = post(here, key, body_of(key))
        except (OSError, http.client.HTTPException):
            sent.count("no answer")
            continue
        sent.count(status)
        if status == 201 and not drop:
            sent.take(key, body)
        if status != 409:
            return
        time.sleep(0.02)


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--requests", type=int, default=500)
    given = asked.parse_args()
    on_each(given, "retry", lambda one: drill(one, requests=given.requests, seed=given.seed))


if __name__ == "__main__":
    main()
