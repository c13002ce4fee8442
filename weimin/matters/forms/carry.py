"""The form of what came of a call or a letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from weimin.notices.states import ByHand


class CarryForm(forms.Form):
    outcome = forms.ChoiceField(label=_("结果"), choices=ByHand.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("挂号信编号，或者为什么没有送到"),
        max_length=120,
        required=False,
        help_text=_("不要写居民的号码和地址。"),
    )
