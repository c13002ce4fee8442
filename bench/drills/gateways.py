"""The text message gateway and the mail server are down, slow, broken, busy, or tell everything twice.

python -m bench.drills.gateways [--rounds 1] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]

Meanwhile four clients send matters, two to be answered by text message and two by e-mail. Then both are well again and
the backlog drains, by a clock put forward. A message is one thing said to one resident: nobody may get it twice,
and what may or may not have arrived is UNCERTAIN.
"""

import json
import time
from collections import Counter
from typing import Any

from bench.drills.asking import on_each, questions
from bench.drills.clients import BY_MAIL, Crowd, judge, tell
from bench.drills.house import Cluster, House, house, no_cluster, own_cluster
from bench.drills.outside import BREAKING, BUSY, DOWN, REPEATING, SECRET, SLOW, WELL, Gateway, Mail, signed

CASES = (DOWN, SLOW, BREAKING, BUSY, REPEATING)
SECONDS, HOUR, MOST_ROUNDS = 6, 3600, 8
TIMES_TOLD = 3
HEARD = (204, 204, 204)
GONE, OURS = ("SENT", "DELIVERED"), ("sms:", "smtp:")  # what a carrier outside has taken; files are none


def drill(database: str, *, rounds: int, seed: int) -> dict[str, Any]:
    with own_cluster() if database == "postgresql" else no_cluster() as cluster:
        gateway, mail = Gateway(), Mail()
        gateway.up()
        mail.up()
        try:
            return _all_cases(database, cluster, gateway, mail, rounds=rounds, seed=seed)
        finally:
            gateway.down()
            mail.down()


def _all_cases(
    database: str, cluster: Cluster | None, gateway: Gateway, mail: Mail, *, rounds: int, seed: int
) -> dict[str, Any]:
    with house(database, cluster=cluster) as here:
        here.env |= _settings(here, gateway, mail)
        here.start(application="bench.drills.other_clock:application")
        sent, cases, unheard = [], {}, 0
        for turn in range(rounds):
            for case in CASES:
                crowds = _during(here, gateway, mail, case, seed + turn)
                sent += [crowd.sent for crowd in crowds]
                cases[f"{case} {turn}"] = {"taken_in": sum(len(crowd.sent.acknowledged) for crowd in crowds)}
                unheard += _repeat(here, gateway) if case == REPEATING else 0
        here.stop()
        drained = _drain(here)
        found = here.audit()
    return _judged(judge(sent, found), found, gateway, mail, drained=drained, unheard=unheard) | {
        "database": database, "rounds": rounds, "seed": seed, "cases": cases,
    }  # fmt: skip


def _settings(here: House, gateway: Gateway, mail: Mail) -> dict[str, str]:
    return {
        "WEIMIN_SMS_GATEWAYS": json.dumps([
            {"name": "first", "url": f"http://127.0.0.1:{gateway.port}/send", "key": "key", "secret": SECRET}
        ]),
        "WEIMIN_MAIL_SERVERS": json.dumps([{"host": "127.0.0.1", "port": mail.port, "security": "none"}]),
        "WEIMIN_MAIL_FROM": "office@county.example",
        "WEIMIN_CARRIER_SECONDS": "1",
        "DRILL_CLOCK": str(here.home / "clock"),
    }  # fmt: skip


def _during(here: House, gateway: Gateway, mail: Mail, case: str, seed: int) -> list[Crowd]:
    """Clients send while the world outside behaves so, and for two rounds of the background work."""
    for one in (gateway, mail):
        one.behaves = case
        if case == DOWN:
            one.down()
    crowds = [Crowd(here, name=f"{who}-{case}-{seed}", seed=seed, clients=2, most=40) for who in ("text", BY_MAIL)]
    with crowds[0], crowds[1]:
        time.sleep(SECONDS)
    time.sleep(SECONDS)
    for one in (gateway, mail):
        one.behaves = WELL
        if case == DOWN:
            one.up()
    return crowds


def _repeat(here: House, gateway: Gateway) -> int:
    """The gateway tells of each message three times that it was delivered; how many of those we did not hear."""
    unheard = 0
    for mark in gateway.marks:
        body = json.dumps({"id": mark, "state": "delivered"}).encode()
        heard = tuple(
            tell(here, "/gateways/first/reports", body, signed(body, f"{mark}-{time}")) for time in range(TIMES_TOLD)
        )
        unheard += heard != HEARD
    return unheard


def _drain(here: House) -> int:
    """Rounds of the background work, each an hour later, until nothing waits; how many it took."""
    for turn in range(1, MOST_ROUNDS + 1):
        (here.home / "clock").write_text(str(turn * HOUR))
        here.run_module("bench.drills.other_clock", "work", "--once")
        if "QUEUED" not in here.audit()["notices"]:
            return turn
    return MOST_ROUNDS


def _judged(
    told: dict[str, Any], found: dict[str, Any], gateway: Gateway, mail: Mail, *, drained: int, unheard: int
) -> dict[str, Any]:
    got = Counter(gateway.taken + mail.taken)
    states = {int(pk): state for pk, (state, _by) in found["messages"].items()}
    left = [int(pk) for pk, (state, by) in found["messages"].items() if state in GONE and by.startswith(OURS)]
    twice = [pk for pk, times in got.items() if times > 1]
    not_got = [pk for pk in left if not got[pk]]
    silent = [pk for pk in got if states.get(pk) not in (*GONE, "UNCERTAIN")]
    waiting = found["notices"].get("QUEUED", 0) + found["notices"].get("FAILED", 0)
    refused = sum(count for status, count in told["statuses"].items() if status != "201")
    return {
        **told, "messages": found["notices"], "received": len(got), "received_twice": len(twice),
        "sent_but_not_received": len(not_got), "received_but_not_marked": len(silent), "reports_unheard": unheard,
        "waiting_or_given_up": waiting, "rounds_to_drain": drained, "intake_refused": refused,
        "wrong": told["wrong"] + len(twice) + len(not_got) + len(silent) + unheard + waiting + refused,
    }  # fmt: skip


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--rounds", type=int, default=1)
    given = asked.parse_args()
    on_each(given, "gateways", lambda one: drill(one, rounds=given.rounds, seed=given.seed))


if __name__ == "__main__":
    main()
