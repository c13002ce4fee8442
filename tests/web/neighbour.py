"""Two counties side by side, each with everything a knock can be about; what is of one has another name in the other.

Qingshan (A) is the county of every other test. Baihe (B) has the same rows under codes, names, numbers and keys of its
own, so that nothing of it can be meant in A by accident, and every text of it carries MARK: where that is read in A,
something has leaked.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests import harness
from tests.cast import LONG_AGO, NOON, Cast, build
from tests.staff import enter
from tests.web.doors import DOORS, Door, World, found, world
from tests.web.test_matrix import FILLED
from weimin.catalogue.models import AnswerTemplate, Article, Service
from weimin.county.actors import IMPORT
from weimin.county.context import use_county, use_shared
from weimin.county.duties import Duty
from weimin.county.models import Account, ApiToken, Holding, Leave, Official, Post
from weimin.county.services import issue_token
from weimin.county.shared.models import CountyEntry
from weimin.kernel.kept import forget_all
from weimin.matters import uploads
from weimin.matters.models import Matter, SavedView
from weimin.matters.permissions import OPEN_FOR

MARK, PHONE = "白河密语", "13988880000"
HOSTS = {harness.A: "qs.example.test", harness.B: "bh.example.test"}
LATER = NOON + OPEN_FOR
_CODES = {"WATER-OUT", "WATER-NEW", "WATER", "ROADS", "HALL", "ORDINARY", "QS-01", "WATER-01", "WATER-02"}


@dataclass
class County:
    """One of the two, and who comes from it: an official with every duty, in whose browser all its receipts are open
    too, and a program with a key of that post."""

    code: str
    world: World
    template: int = 0
    leave: int = 0
    cookie: str = ""
    key: str = ""

    def gaps(self, name: str, gaps: Any) -> dict[str, Any]:
        """What fills the gaps of an address, as things are called here."""
        door = DOORS.get(name, Door())
        with use_county(self.code):
            own = {"number": self.world.number(door.stage), "template": self.template}
            filled = {**FILLED, **own, **found(self.world, door.gaps)}
            if name == "web:my_leave_cancel":
                filled["leave"] = self.leave
            if name == "matters:draft_photo":
                filled["sha256"] = drafted_photo(self.code).sha256
        return self.named({gap: filled[gap] for gap in gaps})

    def body(self, name: str) -> dict[str, Any]:
        """What is sent to an address, as things are called here."""
        door = DOORS.get(name, Door())
        with use_county(self.code):
            sent = found(self.world, door.sent)
            if name.startswith("matters:desk_"):
                sent = {"version": Matter.objects.get(number=self.world.number(door.stage)).version, **sent}
        return self.named(sent)

    def named(self, value: Any) -> Any:
        """Codes that stand written in doors.py are those of A."""
        if self.code == harness.A:
            return value
        if isinstance(value, dict):
            return {name: self.named(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.named(one) for one in value]
        if isinstance(value, str):
            return f"B{value}" if value in _CODES else _place_in_b(value)
        return value


def _place_in_b(code: str) -> str:
    return harness.B + code.removeprefix(harness.A) if code.startswith(harness.A) else code


class Baihe(Cast):
    """The same people, who speak of Baihe."""

    def draft(self, **over: Any) -> Any:
        return super().draft(**{"text": f"{MARK}：路灯不亮。", "name": MARK, "phone": PHONE, **over})


def two_counties() -> tuple[County, County]:
    """A and B, both in service under a host name each."""
    with use_shared():
        CountyEntry.objects.create(
            code=harness.B, letters="BH", name_zh="白河县", name_en="Baihe", host=HOSTS[harness.B]
        )
    with use_county(harness.A):
        here = County(harness.A, world(build()))
    with use_shared():
        CountyEntry.objects.filter(code=harness.A).update(host=HOSTS[harness.A])
    forget_all()
    with use_county(harness.B):
        _count_from_far_away()
        there = County(harness.B, world(Baihe(**vars(_renamed(build())))))
        Article.objects.update(code="BWATER-OUT", title_zh=MARK)
        Service.objects.update(code="BWATER-NEW", name_zh=MARK)
    for county in (here, there):
        with use_county(county.code):
            _settle(county)
    return here, there


def _count_from_far_away() -> None:
    """A key of B is the key of nothing in A."""
    schema = f"county_{harness.B}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [schema])
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER SEQUENCE {schema}."{name}" RESTART 500001')


def _renamed(cast: Cast) -> Cast:
    for place in cast.places.values():
        place.code, place.name_zh = _place_in_b(place.code), f"{MARK}{place.name_zh}"
        place.save()
    for row in [*cast.offices.values(), *cast.posts.values(), *cast.kinds.values(), *cast.urgencies.values()]:
        row.code, row.name_zh = f"B{row.code}", f"{MARK}{row.name_zh}"
        row.save()
    for official in cast.officials.values():
        official.name_zh = MARK
        official.save()
        Account.objects.filter(pk=official.account_id).update(username=f"b-{official.account.username}")
    forget_all()
    return cast


def _settle(county: County) -> None:
    """Who knocks from here, and with what in hand."""
    made = county.world
    post = Post.objects.create(
        code=county.named("EVERY"), name_zh="岗位", name_en="Post", office=made.cast.offices["WATER"],
        duties=[str(duty) for duty in Duty if duty != Duty.AUDIT], covers=made.cast.places["county"],
    )  # fmt: skip
    Post.objects.filter(pk=made.cast.posts["WATER-02"].pk).update(superior=post)
    official = Official.objects.create(
        account=Account.objects.create_user(username=f"every-{county.code}"), name_zh="何人", name_en="Somebody"
    )
    Holding.objects.create(official=official, post=post, from_on=LONG_AGO)
    county.leave = Leave.objects.create(official=official, from_on="2026-11-02", to_on="2026-11-03").pk
    words = MARK if county.code == harness.B else "已修好"
    county.template = AnswerTemplate.objects.create(name_zh=words, facts=words).pk
    made.view = SavedView.objects.create(official=official, name=words, query="queue=all")
    _token, county.key = issue_token(
        name="平台", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON, per_minute=100_000
    )
    _token, made.key = issue_token(
        name="邻县", use=ApiToken.Use.OPEN311, post=None, duties=[], by=IMPORT, now=NOON, per_minute=100_000
    )
    client = enter(Client(headers={"host": HOSTS[county.code]}), official)
    session, photo = client.session, drafted_photo(county.code)
    session["matters_unlocked"] = {matter.number: LATER.isoformat() for matter in made.matters.values()}
    session["matter_draft"] = {
        "key": f"k{county.code}", "files": [vars(photo)], "text": "停水", "request": "HELP", "identity": "ANONYMOUS",
        "kind": county.named("WATER-OUT"), "place": county.named("990101101201"),
    }  # fmt: skip
    session.save()
    county.cookie = session.session_key


def drafted_photo(code: str) -> uploads.Upload:
    """What somebody has just added to what they are writing: another picture in each county, and in no other test."""
    out = BytesIO()
    Image.new("RGB", (47, 31), "#11531d" if code == harness.A else "#53111d").save(out, "PNG")
    out.seek(0)
    return uploads.store(out, name="灯.png")


def address_in(county: County, name: str, gaps: Any) -> str:
    with use_county(county.code):
        return reverse(name, kwargs=county.gaps(name, gaps))
