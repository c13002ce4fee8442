"""What residents say and offices answer: plans of sentences, filled in differently each time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weimin.county.plans import read_table

from .sequence import Course

_BRACES = re.compile(r"\{([^{}]*)\}")
_OPENINGS = ("", "", "", "您好，", "您好，我是{村}的，", "想反映一件事：")
_PRESSED = ("实在没办法了才打这个电话。", "领导您好，", "您好，")
_CLOSINGS = ("", "", "", "谢谢。", "我白天在地里，傍晚打电话方便。")
_PRESSING = (
    "希望尽快来看看。", "盼回复。", "麻烦你们了。", "什么时候能有个说法？", "村里人都盼着呢。", "请给个准话。",
    "之前也跟村干部说过。",
)  # fmt: skip
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗梁宋谢韩唐冯董程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
_GIVEN = (
    "桂英", "秀珍", "建国", "志明", "玉兰", "小军", "芳", "丽", "军", "平", "海燕", "文华", "永强", "春梅",
    "德明", "金花", "国强", "淑兰", "伟", "磊", "敏", "静", "涛", "桂莲", "长生", "满仓", "双喜", "红霞",
    "彩云", "根生", "来福", "玉珍", "小红", "亚军", "爱国", "改花", "银环", "宝财", "招娣", "拴柱",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How one kind of matter is told and answered. {a/b/c} is one of three; {村} and its like are filled by name."""

    kind: str
    request: str
    where: str  # town: only in communities; village: only outside them
    months: frozenset[int]
    weight: int
    title: str
    text: str
    public: str
    facts: str
    reasons: str
    rule: str
    promise: str

    def fits(self, place: str) -> bool:
        """Radiators are for the town, irrigation for the villages."""
        return not self.where or place.endswith("社区") == (self.where == "town")

    def in_season(self, month: int) -> float:
        """How much more often it is heard in a month: some things have no season."""
        if not self.months:
            return self.weight
        return self.weight * (2.2 if month in self.months else 0.15)


def read_plans(path: Path) -> list[Plan]:
    return [
        Plan(
            **{
                **row,
                "months": frozenset(int(month) for month in row["months"].split(",") if month),
                "weight": int(row["weight"]),
            }  # type: ignore[arg-type]
        )
        for row in read_table(path)
    ]


class Teller:
    """Fills in the plans for one matter: the same choice stays the same from the question to the answer."""

    def __init__(self, course: Course, names: Mapping[str, str]) -> None:
        self._course, self._known = course, dict(names)

    def say(self, text: str, **names: str) -> str:
        return _BRACES.sub(lambda found: names.get(found[1]) or self._choice(found[1]), text)

    def told(self, text: str, *, pressing: bool) -> str:
        """A resident's words: some greet first, and who is in trouble presses at the end."""
        openings = (*_OPENINGS, *(_PRESSED if pressing else ()))
        closings = (*_CLOSINGS, *(_PRESSING if pressing else ()))
        return self.say(self._course.pick(openings) + text + self._course.pick(closings))

    def _choice(self, options: str) -> str:
        if options not in self._known:
            self._known[options] = self._course.pick(options.split("/"))
        return self._known[options]


def a_name(course: Course) -> str:
    return course.pick(_SURNAMES) + course.pick(_GIVEN)


def a_phone(course: Course) -> str:
    """Eleven digits in a range no telephone company has: nobody is ever called by a sample."""
    return f"100{course.number(10**8):08d}"


def for_everybody(facts: str) -> str:
    """The answer without the sentences that speak of one household."""
    sentences = [part + "。" for part in facts.split("。") if part]
    return "".join(sentence for sentence in sentences if not re.search("您|我家|老伴|户名|邻居", sentence))
