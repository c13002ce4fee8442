"""Boxes for what the server finds as one types: a kind, a place."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_open
from weimin.county.models import Place
from weimin.county.queries import place_by_code


class SuggestedSelect(forms.Select):
    """A list beneath buttons of the same name: the button that was pressed comes first, an untouched list last."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return next(filter(None, given), None)


class FoundSelect(SuggestedSelect):
    """A list the server searches as one types (combobox.js): it holds the row chosen so far, by its name."""

    def __init__(self, *, search: str, find: Callable[[str], Kind | Place | None]) -> None:
        super().__init__({"data-combobox": True})
        self.search, self.find = search, find

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        rows = [(code, self.find(code)) for code in value if code]
        options = [
            self.create_option(name, code, row.name if row else code, selected=True, index=at)
            for at, (code, row) in enumerate(rows)
        ]
        return [(None, options, 0)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {**(attrs or {}), "data-url": reverse(self.search)})


def _open_kind(code: str) -> Kind | None:
    return kinds_open().filter(code=code).first()


class KindField(forms.CharField):
    """A kind by its code, as the search box sends it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FoundSelect(search="matters:find_kinds", find=_open_kind), **kwargs)

    def clean(self, value: Any) -> Kind | None:
        code = super().clean(value)
        if not code:
            return None
        kind = _open_kind(code)
        if kind is None:
            raise forms.ValidationError(_("没有这个类别，请从列表里选一个。"))
        return kind


class PlaceField(forms.CharField):
    """A place by its code, as the search box sends it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FoundSelect(search="matters:find_places", find=place_by_code), **kwargs)

    def clean(self, value: Any) -> Place | None:
        code = super().clean(value)
        if not code:
            return None
        place = place_by_code(code)
        if place is None:
            raise forms.ValidationError(_("没有这个地点，请从列表里选一个村或社区。"))
        return place
