"""Fields that several forms ask for."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Office, Official, Place, Post
from ..models.places import Level
from ..queries import offices_open


class PostChoice(forms.ModelChoiceField):
    """A post by its office, its name and its code: many offices have a post of the same name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Post.objects.none(), to_field_name="code", **kwargs)

    def label_from_instance(self, obj: Post) -> str:
        return f"{obj.office.name} · {obj.name} · {obj.code}"


class OfficeChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Office.objects.none(), to_field_name="code", **kwargs)


class OfficialChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Official.objects.none(), **kwargs)


class PlaceChoice(forms.ModelChoiceField):
    """A place down to the village, set in by its level."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Place.objects.none(), to_field_name="code", **kwargs)

    def label_from_instance(self, obj: Place) -> str:
        depth = {Level.COUNTY: 0, Level.TOWNSHIP: 1}.get(Level(obj.level), 2)
        return "\u3000" * depth + obj.name


class OrderForm(forms.Form):
    """A form whose lists are read when it is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = _offered(field)


def _offered(field: forms.ModelChoiceField) -> QuerySet[Any]:
    in_use = Q(retired_on__isnull=True)
    if isinstance(field, PostChoice):
        return Post.objects.filter(in_use).select_related("office").order_by("code")
    if isinstance(field, PlaceChoice):
        return Place.objects.filter(in_use).exclude(level=Level.GROUP).defer("outline").order_by("code")
    if isinstance(field, OfficialChoice):
        return Official.objects.order_by("pinyin", "pk")
    return offices_open()


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)


def code_field(longest: int, hint: Any) -> forms.CharField:
    return forms.CharField(label=_("代码"), max_length=longest, help_text=hint)
