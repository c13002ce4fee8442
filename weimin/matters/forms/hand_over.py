"""Handing over a whole desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Post

from .desk import area


class PostField(forms.ModelChoiceField):
    """A post by its office, its name and its code: many offices have a post of the same name."""

    def label_from_instance(self, obj: Post) -> str:
        return f"{obj.office.name} · {obj.name} · {obj.code}"


class HandOverForm(forms.Form):
    """A whole desk in one act."""

    giver = PostField(Post.objects.none(), label=_("移交的岗位"), empty_label=_("选一个岗位"))
    receiver = PostField(Post.objects.none(), label=_("接手的岗位"), empty_label=_("选一个岗位"))
    reason = area(_("原因"), limit=500, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(retired_on__isnull=True).select_related("office").order_by("code")
        for name in ("giver", "receiver"):
            field = self.fields[name]
            assert isinstance(field, PostField)
            field.queryset = posts
