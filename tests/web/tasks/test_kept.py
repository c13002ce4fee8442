"""Jobs that wait in rows: they commit with the act, are claimed once, and keep no word of an error."""

from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from tests.cast import NOON
from weimin.web.tasks import kept
from weimin.web.tasks.kept import KEPT, LEFT_AFTER, do_waiting, sweep_jobs

pytestmark = pytest.mark.django_db
done: list[str] = []


@task()
def write_down(word: str) -> None:
    done.append(word)


@task()
def break_down(name: str) -> None:
    raise LookupError(f"{name} is not in the directory")


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


def test_what_an_act_enqueues_commits_with_it():
    with transaction.atomic():
        write_down.enqueue("kept")
    with transaction.atomic():
        write_down.enqueue("undone")
        transaction.set_rollback(True)
    do_waiting()
    do_waiting()
    assert done == ["kept"]
    assert [row.status for row in DBTaskResult.objects.all()] == [TaskResultStatus.SUCCESSFUL]


def test_one_that_fails_holds_up_no_other_and_leaves_no_word_of_a_person(caplog):
    break_down.enqueue("王秀英")
    write_down.enqueue("after it")
    do_waiting()
    assert done == ["after it"]
    row = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert (row.exception_class_path, row.traceback, row.return_value) == ("builtins.LookupError", "", None)
    assert [record.name for record in caplog.records if record.exc_info] == [kept.__name__]


def test_what_a_killed_process_had_claimed_is_given_back_and_what_is_over_forgotten():
    for word in ("killed", "running", "old", "new"):
        write_down.enqueue(word)
    killed, running, old, new = DBTaskResult.objects.order_by("enqueued_at")
    for row, status, since in (
        (killed, TaskResultStatus.RUNNING, LEFT_AFTER),
        (running, TaskResultStatus.RUNNING, LEFT_AFTER - timedelta(seconds=1)),
        (old, TaskResultStatus.FAILED, KEPT),
        (new, TaskResultStatus.SUCCESSFUL, KEPT - timedelta(seconds=1)),
    ):
        DBTaskResult.objects.filter(pk=row.pk).update(status=status, started_at=NOON - since)
    assert sweep_jobs(now=NOON) == {"given_back": 1, "forgotten": 1}
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {killed.pk, running.pk, new.pk}
    do_waiting()
    assert done == ["killed"]


def test_a_county_at_rest_is_only_read(django_assert_num_queries):
    with django_assert_num_queries(1):
        do_waiting()
