"""Forms of officials, their leave and their accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ._fields import OfficeChoice, OrderForm, day_field


class OfficialsFilter(OrderForm):
    """Filters of the table of officials, all optional."""

    q = forms.CharField(label=_("查找"), required=False, max_length=60)
    office = OfficeChoice(label=_("单位"), required=False, empty_label=_("所有单位"))
    only = forms.ChoiceField(
        label=_("提醒"),
        required=False,
        choices=[
            ("", _("全部人员")), ("NO_POST", _("没有任职的")), ("NO_ACCOUNT", _("没有账号的")), ("AWAY", _("请假中")),
        ],
    )  # fmt: skip


class OfficialForm(forms.Form):
    name_zh = forms.CharField(label=_("姓名"), max_length=40)
    name_en = forms.CharField(label=_("英文姓名"), max_length=80, help_text=_("拼音，例如 Li Min。"))
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)
    email = forms.EmailField(label=_("电子邮箱"), required=False)


class LeaveForm(forms.Form):
    from_on = day_field(_("请假第一天"))
    to_on = day_field(_("请假最后一天"))
    reason = forms.CharField(
        label=_("原因"), max_length=60, required=False, help_text=_("只有本人和规则维护岗位看得到。")
    )


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("登录名"), max_length=150, help_text=_("字母和数字，例如姓名的拼音。定了不能再改。")
    )
