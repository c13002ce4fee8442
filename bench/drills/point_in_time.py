"""The machine is lost: a base backup taken under load and the archived log bring it back, to a moment and to the end.

python -m bench.drills.point_in_time [--seconds 3] [--seed 1] [--out FILE.json]

Uses the scripts of deploy/postgresql as they are. PostgreSQL alone: SQLite has no log that could be archived.
"""

import argparse
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.drills.asking import report
from bench.drills.clients import Crowd, judge
from bench.drills.house import ROOT, Cluster, house, own_cluster

SCRIPTS = ROOT / "deploy" / "postgresql"


class Archive:
    """Where the base backup and the log of a cluster go, by the scripts an operator has."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.base, self.wal = cluster, cluster.home / "base", cluster.home / "wal"
        at = cluster.home / "scripts"
        shutil.copytree(SCRIPTS, at)
        for folder in (self.base, self.wal):
            folder.mkdir()
            shutil.chown(folder, cluster.home.owner(), cluster.home.group())
        self.scripts = at
        for name, value in [
            ("archive_mode", "on"),
            ("archive_timeout", "60"),
            ("archive_command", f"{at}/archive_wal.sh %p %f {self.wal}"),
        ]:
            self.sql(f"ALTER SYSTEM SET {name} = '{value}'")
        cluster.run("pg_ctl", "-D", cluster.data, "-w", "-m", "fast", "restart", "-l", str(cluster.home / "log"))

    def sql(self, words: str) -> str:
        port = str(self.cluster.port)
        to = ("-h", "127.0.0.1", "-p", port, "-U", "drill", "-d", "postgres")
        return self.cluster.run("psql", "-XAtq", *to, "-c", words).strip()

    def script(self, name: str, *words: str) -> str:
        """As the user of the server, who reads no more than its own folders."""
        port = str(self.cluster.port)
        env = ["env", f"PGPORT={port}", "PGHOST=127.0.0.1", "PGUSER=drill"]
        owner = self.cluster.home.owner()
        become = [] if owner == Path.home().owner() else ["runuser", "-u", owner, "--"]
        command = [*become, *env, str(self.scripts / name), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=600)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stdout}{done.stderr}")
        return done.stdout

    def finish_segment(self) -> None:
        """What a minute without writing does: the last segment goes to the archive."""
        name = self.sql("SELECT pg_walfile_name(pg_switch_wal())")
        until = time.monotonic() + 60
        while not (self.wal / name).exists():
            if time.monotonic() > until:
                raise SystemExit(f"{name} was not archived: {self.sql('TABLE pg_stat_archiver')}")
            time.sleep(0.05)

    def lose_machine(self) -> None:
        self.cluster.kill()
        shutil.rmtree(self.cluster.data)

    def bring_back(self, moment: str = "") -> float:
        """The seconds until it can be written to again."""
        began = time.monotonic()
        (backup,) = self.base.iterdir()
        self.script("restore_to.sh", str(backup), str(self.wal), self.cluster.data, *([moment] if moment else []))
        self.cluster.start()
        if moment:
            self._until("SELECT pg_get_wal_replay_pause_state() = 'paused'")
            self.sql("SELECT pg_wal_replay_resume()")
        self._until("SELECT NOT pg_is_in_recovery()")
        return time.monotonic() - began

    def _until(self, question: str) -> None:
        while self.sql(question) != "t":
            time.sleep(0.05)


def drill(*, seconds: float, seed: int) -> dict[str, Any]:
    with own_cluster() as cluster, house("postgresql", cluster=cluster) as here:
        archive = Archive(cluster)
        here.start()
        with Crowd(here, name=f"p{seed}", seed=seed) as crowd:
            time.sleep(seconds)
            began = time.monotonic()
            archive.script("base_backup.sh", str(archive.base))
            taken = time.monotonic() - began
            time.sleep(seconds)
        moment = archive.sql("SELECT clock_timestamp()")
        with Crowd(here, name=f"q{seed}", seed=seed + 1) as after:
            time.sleep(seconds)
        here.stop()
        archive.finish_segment()
        archive.lose_machine()
        to_moment = archive.bring_back(moment)
        told = judge([crowd.sent], then := here.audit())
        too_late = sum(title.startswith(f"drill q{seed}-") for title in then["numbers"])
        archive.lose_machine()
        to_end = archive.bring_back()
        whole = judge([crowd.sent, after.sent], here.audit())
        told["acknowledged_lost"] = int(str(told["acknowledged_lost"])) + int(str(whole["acknowledged_lost"]))
    return {
        "database": "postgresql", "seed": seed, "base_backup_s": round(taken, 2),
        "to_the_moment_s": round(to_moment, 2),
        "to_the_end_s": round(to_end, 2), "sent_after_the_moment": len(after.sent.acknowledged),
        "of_these_there_at_the_moment": too_late, "acknowledged_to_the_end": whole["acknowledged"], **told,
        "wrong": int(str(told["wrong"])) + int(str(whole["wrong"])) + too_late,
    }  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=3, help="of each of the three stretches")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", default="")
    given = asked.parse_args()
    run = drill(seconds=given.seconds, seed=given.seed)
    report({"drill": "point_in_time", "runs": [run], "wrong": run["wrong"]}, given.out)


if __name__ == "__main__":
    main()
