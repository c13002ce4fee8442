"""What stands in deploy/ speaks of what is there: metrics, commands, alarms."""

import configparser
import json
import re
import subprocess

import pytest

from tests.cast import NOON
from tests.rules.house import ROOT
from weimin.web import runs
from weimin.web.metrics import families_of_county, families_of_house

DEPLOY = ROOT / "deploy"
RULES = (DEPLOY / "monitoring" / "weimin.rules.yml").read_text()
BOARD = json.loads((DEPLOY / "monitoring" / "grafana-dashboard.json").read_text())
UNITS = sorted((DEPLOY / "systemd").iterdir())


def metrics_in(words):
    """Names of metrics; the names of the rules' own jobs and groups stand elsewhere than in an expression."""
    return set(re.findall(r"\bweimin_[a-z_]+", words))


def test_alarms_and_pictures_ask_for_metrics_that_are_told(cast):
    runs.went_well(runs.NIGHTLY, {"wrong": 0}, now=NOON)
    told = {family.name for family in [*families_of_house(), *families_of_county("990101", now=NOON)]}
    told.add("weimin_county_up")  # told by the page around each county
    asked = metrics_in("\n".join(re.findall(r"expr: (.*)", RULES)))
    shown = metrics_in("\n".join(target["expr"] for panel in BOARD["panels"] for target in panel["targets"]))
    assert asked - told == set()
    assert shown - told == set()
    assert told - shown == {"weimin_up", "weimin_home_size_bytes", "weimin_job_failing", "weimin_ledger_last_entry",
                            "weimin_matters_most_overdue_seconds"}  # fmt: skip


def test_every_alarm_is_explained():
    explained = (ROOT / "docs" / "operate" / "run.md").read_text()
    alarms = re.findall(r"- alert: (\w+)", RULES)
    assert len(alarms) == len(set(alarms)) == 16
    assert [alarm for alarm in alarms if f"`{alarm}`" not in explained] == []


def test_panels_do_not_share_a_number_or_a_place():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(set(places)) == len(places)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_what_is_there_as_an_ordinary_user(unit):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read_string(unit.read_text())
    if unit.suffix == ".timer":
        assert read["Timer"]["Persistent"] == "yes"
        return
    service = read["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("weimin", "yes", "strict")
    started = service["ExecStart"].replace("/opt/weimin/", "").split()
    assert started[0] in {"bin/weimin", ".venv/bin/python"}
    for word in started:
        if word.startswith("deploy/"):
            assert (ROOT / word).exists()


def test_the_readme_names_every_file():
    words = (DEPLOY / "README.md").read_text()
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.name != "README.md"]
    assert [path.name for path in files if path.name not in words] == []


# --- the log of PostgreSQL ------------------------------------------------------------------------------------------


def script(name, *words):
    command = [str(DEPLOY / "postgresql" / name), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_a_segment_is_archived_once_and_never_replaced(tmp_path):
    (tmp_path / "segment").write_bytes(b"one")
    wal = tmp_path / "wal"
    wal.mkdir()
    assert script("archive_wal.sh", tmp_path / "segment", "0001", wal) == (0, "")
    assert script("archive_wal.sh", tmp_path / "segment", "0001", wal) == (0, "")  # asked again after a crash
    (tmp_path / "segment").write_bytes(b"other")
    code, said = script("archive_wal.sh", tmp_path / "segment", "0001", wal)
    assert (code, said) == (1, f"{wal}/0001 is there with other content: two servers must not archive to one folder\n")
    assert [(file.name, file.read_bytes()) for file in wal.iterdir()] == [("0001", b"one")]


def test_a_segment_that_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "segment").write_bytes(b"one")
    code, _said = script("archive_wal.sh", tmp_path / "segment", "0001", tmp_path / "no such folder")
    assert code != 0


def test_a_server_is_restored_into_an_empty_place_only(tmp_path):
    base, data = tmp_path / "base", tmp_path / "data"
    base.mkdir()
    for name in ("base", "pg_wal"):
        subprocess.run(["tar", "-czf", base / f"{name}.tar.gz", "-T", "/dev/null"], check=True)
    data.mkdir()
    (data / "pg_wal").mkdir()
    assert script("restore_to.sh", base, tmp_path / "wal", data) == (
        1, f"{data} is not empty: nothing is overwritten here.\n",
    )  # fmt: skip
    (base / "16402.tar.gz").touch()
    code, said = script("restore_to.sh", base, tmp_path / "wal", tmp_path / "new")
    assert (code, "tablespaces are unpacked by hand" in said) == (1, True)
