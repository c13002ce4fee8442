"""The form of an endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .states import What


class EndpointForm(forms.Form):
    name = forms.CharField(label=_("用途说明"), max_length=80, help_text=_("推送给哪个程序、做什么用、谁负责。"))
    url = forms.CharField(
        label=_("接收地址"), max_length=300, help_text=_("完整的 https 地址，由对方提供。"),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=_("推送哪些事"), choices=What.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("只推送编号、状态、类别、村、单位和日期，不推送居民的姓名、联系方式和所说的话。"),
    )  # fmt: skip
