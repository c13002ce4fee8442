"""Hot issues on a small invented board: who belongs together, how hot it is, and the same for any order of arrival."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import log

import numpy as np
import pytest

from weimin.language.events.board import Board
from weimin.language.events.core import strangers
from weimin.language.events.heat import heat
from weimin.language.events.message import Message
from weimin.language.events.times import time_of
from weimin.language.events.weighing import Rows

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
SMOKE = ["{}小区楼下烧烤店油烟扰民", "{}小区夜宵摊油烟熏人，烧烤到凌晨", "{}小区底层餐馆油烟直排扰民"]
CRACKS = ["{}小区楼板开裂墙面裂缝", "{}小区房屋墙面裂缝，楼板开裂", "{}小区多户楼板墙面开裂"]
OTHERS = ["路灯不亮", "公交太少", "办证太慢", "学校招生", "社保转移", "垃圾没人收", "工资拖欠", "医院挂号", "树木倒伏"]
MORE = {
    "s": "餐馆和烧烤摊的油烟天天飘进屋里，夜宵吵到凌晨，居民不敢开窗，睡不好觉。",
    "c": "开发商交房才一年，楼板墙面到处裂缝，施工质量太差，业主要求维修赔偿。",
}
PLAN = [("s", SMOKE, "青松雅苑", 6), ("c", CRACKS, "青松雅苑", 6)]


def told(name, number, title, *, user=None, day=0, likes=0, dislikes=0):
    body = f"您好，{title}。{MORE.get(name, '')}希望有关部门处理。"
    return Message(
        f"{name}{number}", title, body, BEGIN + timedelta(days=day), user or name + str(number), likes, dislikes
    )


@pytest.fixture(scope="module")
def board():
    messages = [
        told(name, number, titles[number % 3].format(place), day=number)
        for name, titles, place, many in PLAN
        for number in range(many)
    ]
    for number in range(200):
        village = chr(0x4E00 + 97 * (number // 2)) + chr(0x5E00 + 31 * (number // 2))
        messages.append(told("o", number, f"{village}村{OTHERS[number % len(OTHERS)]}", day=number % 30))
    return messages


def members(issues):
    return sorted(issue.members for issue in issues)


def test_two_matters_of_one_place_stand_apart(board):
    """On a board large enough for what is complained of to be known from elsewhere, and the place from nowhere else."""
    elsewhere = []
    for number in range(800):
        village = chr(0x4E00 + 23 * (number // 2)) + chr(0x5E00 + 17 * (number // 2))
        name, titles = (("s", SMOKE), ("c", CRACKS), ("o", OTHERS))[number % 7 % 3]
        about = told(name, number + 10, titles[number % len(titles)].format(village + "村"), day=number % 90)
        elsewhere.append(about)
    issues = Board([*board, *elsewhere]).issues()
    (cracks,) = [issue for issue in issues if "c0" in issue.members]
    assert cracks.members == [f"c{number}" for number in range(6)]
    assert "青松雅苑" in cracks.place and "楼板" in cracks.description
    assert (cracks.begin, cracks.end) == (BEGIN, BEGIN + timedelta(days=5))


def test_who_lacks_the_name_that_half_of_them_hold_is_a_stranger():
    # terms 1 and 2 are the name of four; the fifth has another, and little of what all hold
    held = [{1: 0.6, 2: 0.6, 5: 0.5}] * 4 + [{3: 0.7, 4: 0.7, 5: 0.1}]
    rows = Rows(
        np.arange(6) * 3,
        np.array([term for one in held for term in one], np.int32),
        np.array([weight for one in held for weight in one.values()], np.float32),
    )
    assert strangers(range(5), rows) == {4}
    assert strangers(range(4), rows) == set()
    assert strangers([3, 4], rows) == set()


def test_the_order_of_arrival_changes_nothing(board):
    by_chance = sorted(board, key=lambda message: sha256(message.id.encode()).hexdigest())
    assert Board(by_chance).issues() == Board(board).issues()


def test_one_by_one_as_all_at_once(board):
    by_time = sorted(board, key=lambda message: (message.time, message.id))
    growing = Board()
    for count, message in enumerate(by_time, 1):
        growing.add(message)
        if count % 7 == 0:
            assert growing.issues() == Board(by_time[:count]).issues()
    assert growing.issues() == Board(board).issues()


def test_heat_is_the_published_sum():
    messages = [
        told("a", 0, "停水", likes=9, dislikes=2),
        told("b", 0, "水压小", day=3),
        told("b", 1, "水压小", day=3, user="b0"),
        told("c", 0, "水压小", day=3),
    ]
    expected = 10 * log(1 + 3) + 1.5 * log(1 + 8) + 2 * 1 + 0.5 * log(1 + 3) + 2 * 1 / 4
    assert heat(messages, BEGIN + timedelta(days=3)) == round(expected, 1)
    assert heat(messages, BEGIN + timedelta(days=90)) == round(expected - 2, 1)


def test_one_person_alone_is_no_issue_and_nothing_is_none(board):
    alone = [told("x", number, "石桥里小区电梯坏了", user="x") for number in range(5)]
    assert not any("x0" in issue.members for issue in Board([*board, *alone]).issues())
    two = [*alone, told("y", 0, "石桥里小区电梯坏了")]
    assert any({"x0", "y0"} <= {*issue.members} for issue in Board([*board, *two]).issues())
    assert Board().issues() == []
    assert Board([told("e", 0, ""), told("e", 1, "😀" * 9), told("e", 2, "水" * 1_000_000)]).issues() == []


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2019/1/6 12:09:38", (2019, 1, 6, 12, 9, 38)),
        ("2019-07-28 13:09", (2019, 7, 28, 13, 9)),
        ("2019年7月8日", (2019, 7, 8)),
        ("43471.5", (2019, 1, 6, 12)),
        ("2019/13/6", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_times_as_tables_write_them(written, time):
    assert time_of(written) == (time and datetime(*time, tzinfo=UTC))
