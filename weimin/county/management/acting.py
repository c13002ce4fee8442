"""Who acts when a command acts."""

from datetime import datetime

from django.core.management.base import CommandError

from weimin.county.actors import Actor
from weimin.county.models import Post
from weimin.county.queries import holder_of


def acting_as(code: str, *, now: datetime) -> Actor:
    """The post as whoever holds it today may act on it: nothing is done in nobody's name."""
    post = Post.objects.filter(code=code, retired_on__isnull=True).select_related("office", "covers").first()
    if post is None:
        raise CommandError(f"There is no post {code}.")
    holder = holder_of(post, now=now)
    if holder is None:
        raise CommandError(f"Nobody acts on post {code} today, neither its holder nor a stand-in.")
    return Actor(kind="official", posts=(post,), official=holder)
