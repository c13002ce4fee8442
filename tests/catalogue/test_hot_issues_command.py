"""hot_issues: from a table of messages to the issues in it, or to a sentence that says why not."""

import csv
import gzip
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

COLUMNS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]
ROWS = [
    [
        str(number),
        f"u{number}",
        "青松雅苑小区电梯停运",
        f"2026/3/{1 + number} 8:00",
        "电梯停运三天，老人下不了楼",
        0,
        number,
    ]
    for number in range(4)
]


def table(path, rows, columns=COLUMNS):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def found(data, **more):
    out = data.with_suffix(".json")
    call_command("hot_issues", data=data, out=out, **more)
    return json.loads(out.read_text(encoding="utf-8"))


def others(count):
    return [[f"o{n}", "", f"{chr(0x4E00 + 97 * n)}村路灯不亮", "2026-03-02", "晚上很黑", "", ""] for n in range(count)]


def test_an_issue_with_place_and_period(tmp_path):
    (issue,) = found(table(tmp_path / "board.csv", [*ROWS, *others(60)]))
    assert list(issue) == ["rank", "heat", "from", "to", "place", "description", "members"]
    assert (issue["rank"], issue["members"]) == (1, ["0", "1", "2", "3"])
    assert (issue["from"], issue["to"]) == ("2026-03-01T08:00:00", "2026-03-04T08:00:00")
    assert (issue["place"], issue["description"]) == ("青松雅苑小区", "青松雅苑小区电梯停运")


def test_columns_that_may_be_absent(tmp_path):
    short = [row[2:5] for row in [*ROWS, *others(60)]]
    (issue,) = found(table(tmp_path / "short.csv", short, COLUMNS[2:5]))
    assert issue["members"] == ["1", "2", "3", "4"]


def test_a_message_without_a_time_is_left_out_and_told(tmp_path):
    told = StringIO()
    untimed = ["x", "ux", "青松雅苑小区电梯停运", "昨天", "", 0, 0]
    (issue,) = found(table(tmp_path / "board.csv", [*ROWS, untimed, *others(60)]), stderr=told)
    assert "x" not in issue["members"] and "1 messages have no time" in told.getvalue()


@pytest.mark.parametrize(
    ("rows", "columns", "more", "said"),
    [
        ([], COLUMNS, {}, "not one message"),
        ([["1", "a"]], ["留言编号", "题"], {}, "没有这些列：留言主题"),
        (ROWS, COLUMNS, {"likes": "赞"}, "没有这些列：赞"),
        ([["1", "", "题", "昨天", "", 0, 0]], COLUMNS, {}, "No time can be read"),
        ([*ROWS, ROWS[0]], COLUMNS, {}, "have the id 0"),
        ([["1", "", "题", "2026-03-01", "", 0, "很多"]], COLUMNS, {}, "is no number"),
        (ROWS, COLUMNS, {"top": 0}, "must be 1 or more"),
        (ROWS, COLUMNS, {"text": ","}, "No column of the text"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, rows, columns, more, said):
    with pytest.raises(CommandError) as wrong:
        found(table(tmp_path / "board.csv", rows, columns), **more)
    assert wrong.value.returncode == 2 and said in str(wrong.value)
    assert not (tmp_path / "board.json").exists()


@pytest.mark.data
def test_the_real_board(tmp_path):
    """The two issues that most people raise are whole and pure, by the name most of their members hold."""
    data, out = Path(os.environ["WEIMIN_DATA"]) / "messages" / "board.csv.gz", tmp_path / "out.json"
    call_command("hot_issues", data=data, out=out)
    issues = json.loads(out.read_text(encoding="utf-8"))
    with gzip.open(data, "rt", encoding="utf-8-sig", newline="") as file:
        texts = {row["留言编号"]: row["留言主题"] + row["留言详情"] for row in csv.DictReader(file)}
    assert len(issues) == 20
    for issue in issues[:2]:
        assert len(issue["members"]) >= 54
        name = issue["place"].removesuffix("小区")[-3:]
        all_that_name_it = [one for one, text in texts.items() if name in text]
        within = [one for one in issue["members"] if name in texts[one]]
        assert len(within) >= 0.9 * len(issue["members"])
        assert len(within) >= 0.7 * len(all_that_name_it)
