"""Search by a rare, a middling and a very common word of two signs, in a grown county; and what the index weighs.

    python -m bench.search --matters 100000                      # on a PostgreSQL of its own
    python -m bench.search --matters 1000000 --keep FOLDER       # the county of bench.compare --keep, or a new one
    python -m bench.search --matters 100000 --sqlite

The first page is timed as the program asks for it: all statements, and reading what comes. That nothing is left out is
held against LIKE over every text. Prints JSON, and ends with 1 where something falls short of what was asked.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bench import systems
from bench.cluster import cluster, query
from bench.more import machine

SHARES = {"rare": 0.0005, "middling": 0.03, "common": 0.6}  # of the matters
WITHIN_MS = {100_000: 10.0, 1_000_000: 20.0}
ON_SQLITE = 2.0  # times as long
MOST_OF_TEXT = 1.0  # bytes of the index, of those of the texts

# Of all words of two Chinese signs the nearest to each share, told by the index; asked for as the desk's list does.
CODE = """
import json, statistics, time
from collections import Counter
from django.db import connection
from django.db.models import Q
from weimin.kernel import clock
from weimin.language import postings
from weimin.matters import finding
from weimin.matters.models import IndexRow, Matter, Unread
shares = json.loads('''SHARES''')
held = Counter()
for body in IndexRow.objects.values_list("body", flat=True).iterator(chunk_size=500):
    for term, keys in postings.read(bytes(body)):
        held[term] += len(keys)
matters, order, found = Matter.objects.count(), ("-received_at", "-pk"), Matter.objects.all()
said = {"matters": matters, "unread": Unread.objects.count(), "terms": len(held), "words": {}}
signs = {term: chr(term >> 16) + chr(term & 0xFFFF) for term in held}
chinese = [term for term, word in signs.items() if all("\\u4e00" <= sign <= "\\u9fff" for sign in word)]
for name, share in shares.items():
    for term in sorted(chinese, key=lambda term: abs(held[term] - share * matters)):
        words = finding.wanted(signs[term], now=clock.now())
        if not words[0].places | words[0].kinds:  # what is called so is found by its key besides
            break
    took, worked = [], time.process_time()
    for _turn in range(TURNS):
        began = time.perf_counter()
        page = finding.first_of(found, words, order=order, most=51)
        took.append((time.perf_counter() - began) * 1000)
    worked = (time.process_time() - worked) * 1000 / TURNS
    word = signs[term]
    like = Q(title__contains=word) | Q(text__contains=word) | Q(address__contains=word)
    began = time.perf_counter()
    every = list(found.filter(like).order_by(*order).values_list("pk", flat=True))
    plain = (time.perf_counter() - began) * 1000
    all_found = [one.pk for one in finding.first_of(found, words, order=order, most=matters)]
    said["words"][name] = {
        "word": word, "share": len(every) / matters, "median_ms": round(statistics.median(took), 2),
        "our_cpu_ms": round(worked, 2), "slowest_ms": round(max(took), 2), "like_all_ms": round(plain, 1),
        "equal": all_found == every and [one.pk for one in page] == every[:51],
    }
size = "OCTET_LENGTH({})" if connection.vendor == "postgresql" else "LENGTH(CAST({} AS BLOB))"
sizes = " + ".join(f"SUM({size.format(name)})" for name in ("title", "text", "address"))
with connection.cursor() as cursor:
    cursor.execute(f"SELECT {sizes} FROM matters_matter")
    said["text_bytes"] = int(cursor.fetchone()[0])
    if connection.vendor == "postgresql":
        tables = ("matters_indexrow", "matters_indexpart", "matters_unread")
        cursor.execute("SELECT " + " + ".join(f"pg_total_relation_size('{name}')" for name in tables))
    else:
        cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name IN "
                       "('matters_indexrow', 'matters_indexpart', 'matters_unread'))")
    said["index_bytes"] = int(cursor.fetchone()[0])
print("SAID", json.dumps(said))
"""


def measured(env: dict[str, str], *, turns: int) -> dict[str, Any]:
    code = CODE.replace("SHARES", json.dumps(SHARES)).replace("TURNS", str(turns))
    said = systems.manage(env, "shell", "-c", code)
    return dict(json.loads(next(line for line in said.splitlines() if line.startswith("SAID "))[5:]))


def short_of(said: dict[str, Any], *, sqlite: bool) -> list[str]:
    """What falls short of what was asked, in sentences."""
    most = next((ms for size, ms in WITHIN_MS.items() if said["matters"] <= size * 1.01), max(WITHIN_MS.values()))
    most *= ON_SQLITE if sqlite else 1
    wrong = [
        f"the {name} word took {one['median_ms']} ms, asked: {most}"
        for name, one in said["words"].items()
        if one["median_ms"] > most
    ]
    wrong += [f"the {name} word is not found as by LIKE" for name, one in said["words"].items() if not one["equal"]]
    if said["index_of_text"] > MOST_OF_TEXT:
        wrong.append(f"the index has {said['index_of_text']} times the bytes of the texts, asked: {MOST_OF_TEXT}")
    return wrong


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--matters", type=int, default=100_000)
    asked.add_argument("--turns", type=int, default=31)
    asked.add_argument("--sqlite", action="store_true")
    asked.add_argument("--dsn", default=os.environ.get("BENCH_DSN", ""), help="a server to use instead of a new one")
    asked.add_argument("--keep", type=Path, help="folder in which the grown county stays, to be measured again")
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    with systems.folder() as name:
        home = (given.keep or Path(name)) / "ours"
        home.mkdir(parents=True, exist_ok=True)
        said = on_sqlite(given, home) if given.sqlite else on_postgresql(given, home)
    said["machine"], said["index_of_text"] = machine(), round(said["index_bytes"] / said["text_bytes"], 3)
    said["short_of"] = short_of(said, sqlite=given.sqlite)
    told = json.dumps(said, ensure_ascii=False, indent=1)
    if given.out:
        given.out.write_text(told + "\n", encoding="utf-8")
    print(told)
    sys.exit(1 if said["short_of"] else 0)


def on_sqlite(given: argparse.Namespace, home: Path) -> dict[str, Any]:
    return measured(_grown(given, home, ""), turns=given.turns)


def on_postgresql(given: argparse.Namespace, home: Path) -> dict[str, Any]:
    kept = given.keep / "cluster" if given.keep else None
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    with cluster(given.dsn, kept) as server:
        url = server.database("weimin") if (home / "grown.json").exists() else server.create("weimin")
        env = _grown(given, home, url)
        query(url, "VACUUM ANALYZE")
        return measured(env, turns=given.turns)


def _grown(given: argparse.Namespace, home: Path, url: str) -> dict[str, str]:
    residents = max(20, given.matters * 37 // 100)
    return systems.grown(home, url=url, matters=given.matters, residents=residents)


if __name__ == "__main__":
    main()
