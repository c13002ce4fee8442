"""A county served as it should be, from which each test takes one thing away."""

import shutil
from datetime import timedelta

import pytest

from tests.cast import NOON
from weimin.kernel import clock
from weimin.web import doctor, runs
from weimin.web.doctor import Health, database, machine

LATER = NOON + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def served(settings, tmp_path, monkeypatch):
    """A county served as it should be: HTTPS, a web server in front, no sample, background work alive."""
    settings.WEIMIN_HOME, settings.UPLOADS = tmp_path, tmp_path / "uploads"
    settings.BASE_URL, settings.HTTPS, settings.ALLOWED_HOSTS = "https://qs.example.test", True, [".example.test"]
    settings.TRUSTED_PROXIES, settings.DEBUG = ("127.0.0.1",), False
    secret = tmp_path / "secret"
    secret.write_text("s" * 60)
    secret.chmod(0o600)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(machine, "_compared", lambda: ([], []))
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    usage = shutil._ntuple_diskusage(100 * machine.GIB, 40 * machine.GIB, 60 * machine.GIB)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(database, "_LATE", 10**12)  # the clock of these stories stands in 2026
    runs.forget()


@pytest.fixture
def well(cast):
    """The cast with its background work done a moment ago."""
    for job in ("run_due", "deliver"):
        runs.went_well(job, 0, now=LATER)
    runs.went_well(runs.NIGHTLY, {"wrong": 0}, now=LATER)
    return cast


def found(code, now=LATER):
    """One check by its code: how it stands, and what it says."""
    check = next(check for check in doctor.CHECKS if check.code == code)
    finding = check.look(now)
    if finding.health is not Health.GOOD:
        assert finding.lost and finding.mend
    return finding.health, finding.what
