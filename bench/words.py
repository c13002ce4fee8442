"""Residents' matters in Chinese, the same for the same seed: request bodies and rows for an import.

    python -m bench.words --n 2000 --seed 7 --template '{"title": "$TITLE", "text": "$TEXT"}'   # one body a line
    python -m bench.words --n 20000 --csv                                                      # with a heading

Words are drawn by a Zipf-like weight, so common and rare ones both exist.
"""

import argparse
import csv
import json
import sys
from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate

TOWNS = "东关 西关 城南 城北 河口 龙泉 青石 柳树 石桥 红旗 向阳 双河 三道 清水 白杨".split()
VILLAGES = "前进村 后洼村 东沟村 西岭村 小王庄 李家屯 张家窑 高台子 杨柳村 北山村 和平社区 幸福里".split()
ROADS = "人民路 解放街 建设大街 文化路 滨河路 站前街 育才路 工业路 长江路 朝阳街".split()
THINGS = "路灯 井盖 垃圾 污水 道路 噪音 自来水 供暖 燃气 电梯 围墙 绿化 公厕 停车位 下水道 桥梁 水渠 机井 河道".split()
STATES = "损坏 堵塞 丢失 漏水 停供 积水 塌陷 不亮 超标 扰民 断裂 老化 被占用 没人管 存在安全隐患".split()
WHEN = "今天早上 昨天晚上 上周 近一个月 入冬以来 每天夜里 从去年开始 下雨之后".split()
WHO = "附近居民 老人和孩子 全村村民 沿街商户 放学的学生 种植户".split()
EFFECT = "出行很不方便 晚上不敢出门 已经有人摔倒 影响正常生活 孩子上学绕路 投诉多次没有结果".split()
ASK = "请尽快安排人员处理 希望有关部门现场查看 请给一个明确答复 请说明依据和办理时限 盼早日解决".split()


class Words:
    """One sequence of choices: SHA-256 of seed and count."""

    def __init__(self, seed: object) -> None:
        self._seed, self._count = seed, 0
        self._sums: dict[int, list[float]] = {}

    def number(self, below: int) -> int:
        self._count += 1
        digest = sha256(f"{self._seed}#{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") * below >> 64

    def of(self, words: list[str]) -> str:
        sums = self._sums.setdefault(len(words), list(accumulate(1 / rank for rank in range(1, len(words) + 1))))
        mark = self.number(1_000_000) / 1_000_000 * sums[-1]
        return words[min(bisect_right(sums, mark), len(words) - 1)]


def matter(seed: int, n: int) -> tuple[str, str]:
    """Title and text of the n-th matter: 60 to 200 characters, as people write them."""
    say = Words(f"{seed}|{n}")
    town, village, thing, state = say.of(TOWNS), say.of(VILLAGES), say.of(THINGS), say.of(STATES)
    parts = [f"{say.of(WHEN)}，{town}镇{village}{say.of(ROADS)}{1 + say.number(300)}号附近{thing}{state}"]
    for _more in range(1 + say.number(4)):
        parts.append(f"{say.of(WHO)}反映{say.of(THINGS)}{say.of(STATES)}，{say.of(EFFECT)}")
    parts.append(say.of(ASK))
    return f"{town}镇{village}{thing}{state}", "。".join(parts) + "。"


def bodies(template: str, *, n: int, seed: int) -> Iterator[str]:
    """The template with "$TITLE", "$TEXT" and "$N" filled in as JSON strings, a line each."""
    for at in range(n):
        title, text = matter(seed, at)
        told = {"$TITLE": title, "$TEXT": text, "$N": f"{seed}-{at}", "$PHONE": f"100{at % 10**8:08d}"}
        line = template
        for mark, words in told.items():
            line = line.replace(f'"{mark}"', json.dumps(words, ensure_ascii=False))
        yield line


def rows(*, n: int, seed: int) -> Iterator[list[str]]:
    """Earlier records for an import, over two years, the older ones closed."""
    yield ["id", "title", "text", "received", "closed"]
    for at in range(n):
        title, text = matter(seed, at)
        day = f"{2024 + at % 2}-{1 + at % 12:02d}-{1 + at % 28:02d}"
        yield [f"old-{seed}-{at}", title, text, f"{day} 09:{at % 60:02d}:00", f"{day} 17:00:00" if at % 10 else ""]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--n", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--template", default='{"title": "$TITLE", "text": "$TEXT"}')
    asked.add_argument("--csv", action="store_true")
    given = asked.parse_args()
    if given.csv:
        csv.writer(sys.stdout).writerows(rows(n=given.n, seed=given.seed))
        return
    for line in bodies(given.template, n=given.n, seed=given.seed):
        print(line)


if __name__ == "__main__":
    main()
