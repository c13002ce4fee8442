"""The server of the database is lost under load, and its synchronous replica takes over.

python -m bench.drills.take_over [--rounds 1] [--seed 1] [--out FILE.json]

Weimin is given both addresses and looks for the one that may be written to. PostgreSQL alone.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.drills.asking import report
from bench.drills.clients import Crowd, judge
from bench.drills.house import Cluster, free_port, house


class Pair(Cluster):
    """A server and its replica; a COMMIT is acknowledged once both have it on disk."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.other, self.other_port = str(home / "replica"), free_port()
        self.run("pg_basebackup", *self._address(self.port), "-D", self.other, "-R", "-X", "stream", "-c", "fast")
        # only the first server waits for a replica: the copy above was taken before it was told to
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.run("pg_ctl", "-D", self.other, "-w", "-o", f"-p {self.other_port}", "-l", str(home / "log2"), "start")
        self.sql("SELECT pg_reload_conf()")
        while self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1":
            time.sleep(0.05)

    def _address(self, port: int) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(port), "-U", "drill")

    def sql(self, words: str) -> str:
        return self.run("psql", "-XAtq", *self._address(self.port), "-d", "postgres", "-c", words).strip()

    def create(self) -> str:
        name = super().create().rpartition("/")[2]
        hosts, ports = "127.0.0.1,127.0.0.1", f"{self.port},{self.other_port}"
        return f"postgresql://drill@/{name}?host={hosts}&port={ports}&target_session_attrs=read-write"

    def take_over(self) -> None:
        self.run("pg_ctl", "-D", self.other, "-w", "promote")

    def kill(self) -> None:
        super().kill()
        shutil.rmtree(self.data)  # this server does not come back

    def stop(self) -> None:
        super().stop()
        if Path(self.other, "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.other, "-w", "-m", "immediate", "stop")


def drill(*, seed: int) -> dict[str, Any]:
    home = Path(tempfile.mkdtemp(prefix="weimin-drill-pair-"))
    pair = Pair(home)
    try:
        with house("postgresql", cluster=pair) as here:
            here.start()
            with Crowd(here, name=f"t{seed}", seed=seed) as crowd:
                time.sleep(3)
                began = time.monotonic()
                pair.kill()
                pair.take_over()
                here.wait_ready()
                back = time.monotonic() - began
                before = len(crowd.sent.acknowledged)
                time.sleep(3)
            alive = [process.poll() is None for process in here.processes]
            here.stop()
            told = judge([crowd.sent], here.audit())
    finally:
        pair.stop()
        shutil.rmtree(home, ignore_errors=True)
    after = len(crowd.sent.acknowledged) - before
    return {
        "database": "postgresql", "seed": seed, "back_s": round(back, 2), "acknowledged_by_the_replica": after,
        "processes_alive": alive, **told, "wrong": int(str(told["wrong"])) + alive.count(False) + (after == 0),
    }  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", default="")
    given = asked.parse_args()
    runs = [drill(seed=given.seed + one) for one in range(given.rounds)]
    report({"drill": "take_over", "runs": runs, "wrong": sum(int(run["wrong"]) for run in runs)}, given.out)


if __name__ == "__main__":
    main()
