"""Who acts: an official through the posts they hold today, a resident, a program, or the clock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext_lazy as _

from weimin.kernel.refusal import Refused

from . import queries
from .duties import Duty
from .models import Official, Post


@dataclass(frozen=True)
class Actor:
    """Handed to every verb as `by=`. Built once per request, so an ended post ends at the next request."""

    kind: Literal["official", "resident", "clock", "import"]
    posts: tuple[Post, ...] = ()
    official: Official | None = None
    only: frozenset[str] | None = field(default=None)  # a token's scope narrows the posts' duties

    @property
    def duties(self) -> frozenset[str]:
        held = frozenset(duty for post in self.posts for duty in post.duties)
        return held if self.only is None else held & self.only

    def has(self, duty: Duty) -> bool:
        return duty in self.duties

    def posts_with(self, duty: Duty) -> tuple[Post, ...]:
        return (
            tuple(post for post in self.posts if duty in post.duties) if self.only is None or duty in self.only else ()
        )

    def post_for(self, duty: Duty, *, place_code: str = "", office_id: int | None = None) -> Post:
        """The post that lets this person do it here; Refused if none does.

        A post reaches a place if it covers it or a place around it. Where an office is named, the post must be of it.
        """
        for post in self.posts_with(duty):
            if office_id is not None and post.office_id != office_id:
                continue
            if office_id is None and place_code and not place_code.startswith(post.covers.code):
                continue
            return post
        raise Refused("NOT_YOUR_DUTY", _("您现在的岗位没有这项职责，请联系本单位负责人或值班领导。"))

    def word(self, post: Post | None = None) -> str:
        """How the ledger names the actor: the post, never the person."""
        if self.kind == "official":
            return f"post:{(post or self.posts[0]).code}"
        return self.kind


RESIDENT = Actor(kind="resident")
CLOCK = Actor(kind="clock")
IMPORT = Actor(kind="import")


def actor_of(official: Official, *, now: datetime, only: frozenset[str] | None = None) -> Actor:
    """The official with the posts that are theirs at this moment: held and not on leave, or stood in for."""
    return Actor(kind="official", posts=tuple(queries.posts_acting(official, now=now)), official=official, only=only)
