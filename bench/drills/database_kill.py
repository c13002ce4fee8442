"""The database is killed under four clients: its own server on PostgreSQL; on SQLite, which lives in ours, ours.

python -m bench.drills.database_kill [--kills 10] [--seed 1] [--database sqlite|postgresql|both] [--out FILE.json]
"""

import random  # noqa: TID251 -- seeded: a drill can be repeated
import time
from typing import Any

from bench.drills.asking import on_each, questions
from bench.drills.clients import Crowd, judge
from bench.drills.house import Cluster, House, house, own_cluster

MOST_SECONDS = 10


def drill(database: str, *, kills: int, seed: int) -> dict[str, Any]:
    if database == "sqlite":
        with house("sqlite") as here:
            return _killed(here, None, kills=kills, seed=seed)
    with own_cluster() as cluster, house("postgresql", cluster=cluster) as here:
        told = _killed(here, cluster, kills=kills, seed=seed)
        told["amcheck"] = amcheck(cluster)
        told["wrong"] += told["amcheck"] != "clean"
        return told


def _killed(here: House, cluster: Cluster | None, *, kills: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    back = []
    here.start()
    with Crowd(here, name=f"d{seed}", seed=seed) as crowd:
        for _kill in range(kills):
            time.sleep(0.3 + chance.random() * 1.5)
            began = time.monotonic()
            if cluster is None:
                here.kill()
                here.start()
            else:  # our server and worker live on, and must find the database again by themselves
                cluster.kill()
                cluster.start()
                here.wait_ready()
            back.append(time.monotonic() - began)
        time.sleep(0.5)
    alive = [process.poll() is None for process in here.processes]
    here.stop()
    found = here.audit()
    told = judge([crowd.sent], found)
    late = sum(seconds > MOST_SECONDS for seconds in back)
    return {
        "database": here.database, "kills": kills, "seed": seed, "slowest_back_s": round(max(back), 2),
        "later_than_10_s": late, "processes_alive": alive, **told,
        "wrong": int(str(told["wrong"])) + alive.count(False) + late,
    }  # fmt: skip


def amcheck(cluster: Cluster) -> str:
    """Every table and index, page by page."""
    said = cluster.run(
        "pg_amcheck", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "drill", "--install-missing",
        "--heapallindexed", "-d", "weimin1",
    )  # fmt: skip
    return said.strip() or "clean"


def main() -> None:
    asked = questions(__doc__)
    asked.add_argument("--kills", type=int, default=10)
    given = asked.parse_args()
    on_each(given, "database_kill", lambda one: drill(one, kills=given.kills, seed=given.seed))


if __name__ == "__main__":
    main()
