"""What a process tree costs: CPU time and memory, out of /proc; and how busy the machine was with everything."""

import os
import time

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _stat(pid: int) -> list[str]:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


def tree(pid: int) -> list[int]:
    """The process and all that came from it."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                children.setdefault(int(_stat(int(name))[1]), []).append(int(name))
            except OSError:
                continue  # it ended while we looked
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_seconds(pid: int | None) -> float:
    """User and system time of the tree, of children that have ended too."""
    total = 0
    for one in tree(pid) if pid else []:
        try:
            total += sum(int(value) for value in _stat(one)[11:15])
        except OSError:
            continue
    return total / _TICK


def memory_mib(pid: int) -> dict[str, float]:
    """Proportional (PSS) and resident memory of the tree. What two processes share is counted once in PSS."""
    total = {"Pss": 0, "Rss": 0}
    for one in tree(pid):
        try:
            with open(f"/proc/{one}/smaps_rollup") as file:
                for line in file:
                    name, _colon, rest = line.partition(":")
                    if name in total:
                        total[name] += int(rest.split()[0])
        except OSError:
            continue
    return {"pss_mib": round(total["Pss"] / 1024, 1), "rss_mib": round(total["Rss"] / 1024, 1)}


def machine() -> tuple[int, int]:
    """Ticks the processors worked since they were started, and ticks in all."""
    with open("/proc/stat") as file:
        values = [int(value) for value in file.readline().split()[1:9]]
    return sum(values) - values[3] - values[4], sum(values)


def calm(pid: int | None, seconds: float = 10.0) -> None:
    """Wait until the tree has stopped working, so that one round does not pay for another."""
    until = time.monotonic() + seconds
    before = cpu_seconds(pid)
    while time.monotonic() < until:
        time.sleep(0.25)
        after = cpu_seconds(pid)
        if after - before < 2 / _TICK:
            return
        before = after
