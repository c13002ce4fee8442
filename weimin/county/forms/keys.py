"""The form of a new key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from weimin.kernel.clock import end_of_day

from ..duties import Duty
from ..models import ApiToken
from ._fields import OrderForm, PostChoice, day_field


class KeyForm(OrderForm):
    name = forms.CharField(label=_("用途说明"), max_length=80, help_text=_("给哪个程序用、做什么、谁负责。"))
    use = forms.ChoiceField(label=_("接口"), choices=ApiToken.Use.choices)
    post = PostChoice(
        label=_("代表哪个岗位"),
        required=False,
        empty_label=_("没有"),
        help_text=_("REST 接口必选；Open311 只登记，不代表岗位。"),
    )
    duties = forms.MultipleChoiceField(
        label=_("职责范围"), required=False, choices=Duty.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("不能超出所代表岗位的职责。"),
    )  # fmt: skip
    per_minute = forms.IntegerField(label=_("每分钟上限"), min_value=1, max_value=100_000, initial=600)
    expires_on = day_field(_("有效到哪一天"), required=False, help_text=_("不填就一直有效，直到吊销。"))

    def wanted(self) -> dict[str, Any]:
        """What issue_token is asked for."""
        data = dict(self.cleaned_data)
        last = data.pop("expires_on")
        return {**data, "expires_at": end_of_day(last) if last else None}
