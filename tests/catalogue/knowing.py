"""What the stories of the knowledge base begin with."""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON
from weimin.catalogue.models import Article, Service
from weimin.catalogue.services import Words, keep_article

NEXT_AUTUMN = date(2027, 9, 29)
WORDS = Words(
    title_zh="家里停水了怎么办？", answer_zh="先看阀门开没开。\n再问问邻居。\n大家都没水，打供水电话。",
    source_zh="《城市供水条例》第二十二条", title_en="No water at home: what do I do?",
    answer_en="See whether the valve is open.\nAsk the neighbours.\nIf nobody has water, call the water works.",
    source_en="Regulations on Urban Water Supply, art. 22", keywords="没水 断水",
)  # fmt: skip


def keep(cast, article=None, *, by=None, now=NOON, **over) -> Article:
    """The water office's article on cuts, unless said otherwise; written by Sun, who handles there."""
    words = Words(**{**vars(WORDS), **{name: over.pop(name) for name in list(over) if name in vars(WORDS)}})
    given = {"office": cast.offices["WATER"], "kind": cast.kinds["WATER-OUT"], "services": [],
             "valid_until": NEXT_AUTUMN, **over}  # fmt: skip
    return keep_article(article, words=words, by=by or cast.sun, now=now, **given)


def meter_service(cast) -> Service:
    """A service of the water office."""
    return Service.objects.create(
        code="SL-9", name_zh="水表报装", name_en="New water meter", type=Service.Type.PUBLIC, theme_zh="水",
        theme_en="Water",
        office=cast.offices["WATER"], kind=cast.kinds["WATER"], basis="县规定", fee_zh="不收费", fee_en="Free",
        legal_amount=5, legal_unit="W", promised_amount=3, promised_unit="W", visits=0, where_zh="大厅",
        where_en="Hall",
        hours_zh="每天", phone="1", complain_zh="12345", complain_en="12345", remedy_zh="复议",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip


def cost(call: Callable[[], object]) -> int:
    """How many statements this takes, once what a process reads but once has been read."""
    call()
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)
