"""A list to choose from is written as Django's own templates write it."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from weimin.county.forms.rendering import Renderer

FLAT = [("", "全部"), ("A&B", "修<路>"), (3, "三")]
GROUPED = [("供水", [("W1", "停水"), ("W2", "漏水")]), ("X", "其他")]


def asked(choices, renderer, value):
    class Form(forms.Form):
        kind = forms.ChoiceField(
            choices=choices, required=True, widget=forms.Select(attrs={"class": "wide", "multiple": False})
        )

    return str(Form({"kind": value}, renderer=renderer)["kind"])


@pytest.mark.parametrize("choices", [FLAT, GROUPED])
@pytest.mark.parametrize("value", ["", "A&B", "3", "W2", "none of them"])
def test_it_says_what_django_says(choices, value):
    ours, djangos = (asked(choices, renderer, value) for renderer in (Renderer(), DjangoTemplates()))
    assert parse_html(ours) == parse_html(djangos)
    assert "<路>" not in ours
