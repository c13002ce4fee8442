"""Places at which a drill ends the process: nothing happens unless one is armed, and never in a county's service."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from weimin.kernel import failpoint

ROOT = Path(__file__).resolve().parents[2]


def ended(armed, passes):
    code = (
        "from weimin.kernel import failpoint as f\n"
        f"f.arm({armed!r})\n"
        f"for n in range({passes}):\n    f.failpoint('before_commit'); print(n, flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split()


def test_unarmed_it_does_nothing():
    assert ended("", 2) == (0, ["0", "1"])
    assert ended("after_commit", 2) == (0, ["0", "1"])


def test_armed_it_ends_the_process_at_its_turn():
    assert ended("before_commit", 2) == (-signal.SIGKILL, [])
    assert ended("before_commit:3", 5) == (-signal.SIGKILL, ["0", "1"])


@pytest.mark.parametrize(
    "text", ["nowhere", "before_commit:0", "before_commit:x", "before_commit:1:2", "Before_Commit"]
)
def test_an_unknown_place_is_told(text):
    with pytest.raises(ValueError, match="give one of after_claim, "):
        failpoint.parse(text)


def test_every_name_stands_at_its_place_in_the_house():
    found = sorted(
        name
        for path in (ROOT / "weimin").rglob("*.py")
        for name in re.findall(r'\bfailpoint(?:_soon)?\("([a-z_]+)"\)', path.read_text())
    )
    # a commit happens on either database; an intake lays its ledger entry down together with its rows
    assert found == sorted([*failpoint.NAMES, "in_commit", "after_ledger_append"])


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "this is for drills: it needs WEIMIN_DRILLS=true and no WEIMIN_HTTPS"),
        ({"WEIMIN_DRILLS": "true", "WEIMIN_HTTPS": "true"}, "this is for drills"),
        ({"WEIMIN_DRILLS": "true", "WEIMIN_FAILPOINT": "nowhere"}, "give one of"),
    ],
)
def test_a_county_in_service_does_not_start_with_one(more, sentence, tmp_path):
    environment = {**os.environ, "WEIMIN_HOME": str(tmp_path), "WEIMIN_FAILPOINT": "before_commit", **more}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "- WEIMIN_FAILPOINT: " in done.stderr and sentence in done.stderr
