"""What the doctor sees of machine, database and background work: each thing is taken away, and is told."""

import shutil
from datetime import timedelta
from importlib import metadata

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from tests.web.operating.served import LATER, found, served, well
from weimin.county.secret_file import Secret, write
from weimin.kernel.kept import forget_all
from weimin.matters.states import State
from weimin.notices.models import Notice
from weimin.notices.states import Delivery
from weimin.web import doctor, runs
from weimin.web.doctor import Check, Health, database, examine, machine

__all__ = ["served", "well"]  # fixtures, used below by their names


def test_a_county_served_as_it_should_be(well):
    results = examine(now=LATER, deeply=True)
    assert [result.check.code for result in results] == [check.code for check in doctor.CHECKS]
    wanting = {result.check.code for result in results if result.finding.health is not Health.GOOD}
    assert wanting == {"gateways"}


def test_it_costs_the_same_for_one_matter_and_for_three(well):
    def cost():
        forget_all()
        with CaptureQueriesContext(connection) as seen:
            examine(now=LATER)
        return len(seen)

    well.matter(State.HANDLED)
    one = cost()
    for _n in range(2):
        well.matter(State.HANDLED)
    assert cost() == one


# --- the machine ----------------------------------------------------------------------------------------------------


def test_packages_that_are_missing_or_of_another_version(monkeypatch):
    monkeypatch.undo()

    def version(name):
        if name == "segno":
            raise metadata.PackageNotFoundError
        return "0.1" if name == "lxml" else "?"

    monkeypatch.setattr(machine.metadata, "version", version)
    absent, other = machine._compared()
    assert absent == ["segno"]
    assert any(word.startswith("lxml 0.1 (") for word in other)
    assert machine.packages(NOON).health is Health.ILL
    monkeypatch.setattr(machine, "_compared", lambda: ([], ["lxml 0.1 (6.1.3)"]))
    assert machine.packages(NOON).health is Health.LOOK


def test_a_secret_that_others_can_read(settings):
    assert found("secret")[0] is Health.GOOD
    write(settings.WEIMIN_HOME / "secret", [Secret("n" * 60, "2026-09-29T04:00:00Z"), Secret("s" * 60)])
    assert found("secret") == (Health.LOOK, "系统密钥换过，旧的还有 1 把没有停用。")
    (settings.WEIMIN_HOME / "secret").chmod(0o644)
    assert found("secret") == (Health.ILL, "密钥文件 secret 别人也能读（权限 0644）。")


@pytest.mark.parametrize(("left", "health"), [(0.5, Health.ILL), (3, Health.LOOK), (5, Health.GOOD)])
def test_a_disk_that_fills(monkeypatch, left, health):
    usage = shutil._ntuple_diskusage(100 * machine.GIB, 0, int(left * machine.GIB))
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: usage)
    assert found("disk")[0] is health


def test_a_folder_that_takes_nothing(settings, tmp_path):
    settings.UPLOADS = tmp_path / "file"
    settings.UPLOADS.write_text("no folder")
    assert found("uploads")[0] is Health.ILL


@pytest.mark.parametrize(
    ("changed", "health"),
    [
        ({}, Health.GOOD),
        ({"DEBUG": True}, Health.ILL),
        ({"BASE_URL": "https://elsewhere.test"}, Health.ILL),
        ({"BASE_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": ["127.0.0.1"]}, Health.LOOK),
        ({"HTTPS": False}, Health.ILL),
        ({"BASE_URL": "http://qs.example.test"}, Health.ILL),
        ({"TRUSTED_PROXIES": ()}, Health.LOOK),
    ],
)
def test_addresses_and_https_that_do_not_agree(settings, changed, health):
    for name, value in changed.items():
        setattr(settings, name, value)
    assert found("front")[0] is health


def test_a_sample_county_beside_real_people(settings):
    (settings.WEIMIN_HOME / "demo.json").write_text("{}")
    assert found("sample")[0] is Health.ILL
    settings.HTTPS = False
    assert found("sample")[0] is Health.LOOK


def test_no_voice(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    assert found("voice") == (Health.LOOK, "没有安装 espeak-ng。")


# --- the database ---------------------------------------------------------------------------------------------------


def test_a_database_that_does_not_answer_hides_nothing_of_the_machine(well, monkeypatch):
    def away(statement):
        raise DatabaseError("connection refused")

    monkeypatch.setattr(database, "_asked", away)
    results = examine(now=LATER, deeply=True)
    assert [result.check.code for result in results] == ["database", "packages", "secret", "disk", "uploads", "front",
                                                         "sample", "voice"]  # fmt: skip
    assert (results[0].finding.health, results[0].finding.what) == (Health.ILL, "数据库没有应答。")


def test_a_check_that_breaks_hides_no_other(well, monkeypatch):
    def breaks(now):
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "IN_THE_DATABASE", (Check("broken", "坏了", breaks), *doctor.IN_THE_DATABASE[:2]))
    results = examine(now=LATER)
    assert [result.check.code for result in results][:4] == ["database", "broken", "skew", "role"]
    assert results[1].finding.what == "这一项没有查成（ZeroDivisionError）。"


def test_migrations_that_wait(db, monkeypatch):
    monkeypatch.setattr(database, "pending_migrations", lambda: ["matters.0009_more"])
    assert found("migrations") == (Health.ILL, "数据库的表还没有更新：matters.0009_more。")


@pytest.mark.postgresql
def test_clocks_that_differ(db, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    monkeypatch.setattr(database, "_LATE", 2.0)
    assert found("skew", there)[0] is Health.GOOD
    assert found("skew", there - timedelta(seconds=9))[0] is Health.LOOK
    assert found("skew", there + timedelta(minutes=9))[0] is Health.ILL


def test_a_ledger_that_could_be_changed(db, monkeypatch):
    assert found("role")[0] is Health.GOOD
    answers = {"SUPERUSER": [], "_MAY_CHANGE": [("weimin_app",)]}
    monkeypatch.setattr(
        database, "_asked", lambda statement: [(2,)] if "trigger" in statement else
        answers["_MAY_CHANGE" if "privilege" in statement else "SUPERUSER"]
    )  # fmt: skip
    assert found("role")[0] is Health.ILL


def test_a_county_without_a_role_of_its_own_is_told_where_there_may_be_several(db, monkeypatch):
    assert found("wall")[0] is Health.GOOD
    monkeypatch.setattr(database.connection, "vendor", "postgresql")
    monkeypatch.setattr(database, "_asked", lambda statement: [])
    assert found("wall") == (Health.LOOK, "本县没有自己的数据库角色 weimin_county_990101。")


# --- the background work --------------------------------------------------------------------------------------------


def test_background_work_that_never_ran_or_fell_silent(cast):
    assert found("work") == (Health.ILL, "后台工作还没有运行过。")
    runs.went_well("deliver", 0, now=NOON)
    assert found("work", NOON + timedelta(minutes=5))[0] is Health.GOOD
    assert found("work") == (Health.ILL, "后台工作已有 30 分钟没有动静。")


def test_a_job_that_failed_and_was_done_again(cast):
    runs.went_wrong("run_due", LookupError("no calendar"), now=NOON)
    assert found("jobs") == (Health.ILL, "后台工作上一次出了错：run_due (builtins.LookupError, 1)。")
    runs.went_well("run_due", 0, now=LATER)
    assert found("jobs")[0] is Health.GOOD


def test_messages_that_are_held_up_or_lost(well):
    well.matter(State.RECEIVED)
    assert found("outbox", NOON + timedelta(minutes=9))[0] is Health.GOOD
    assert found("outbox") == (Health.ILL, "1 条消息超过 10 分钟还没有发出。")
    Notice.objects.filter(resident__isnull=False).update(state=Delivery.FAILED)
    assert found("lost") == (Health.LOOK, "1 条给居民的消息没有送达或不知是否送达。")


def test_a_nightly_count_that_was_not_done_or_found_wrong(cast):
    assert found("nightly")[0] is Health.LOOK
    runs.went_well(runs.NIGHTLY, {"wrong": 2}, now=NOON)
    assert found("nightly") == (Health.ILL, "夜间核数发现 2 个件数不对。")
    runs.went_well(runs.NIGHTLY, {"wrong": 0}, now=NOON)
    assert found("nightly")[0] is Health.GOOD
    assert found("nightly", NOON + timedelta(days=3)) == (Health.LOOK, "夜间核数已经两天没有做。")
