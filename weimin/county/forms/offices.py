"""Forms of offices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Office
from ..services import OfficePlan
from ._fields import OfficeChoice, OrderForm, PlaceChoice, code_field


class OfficeForm(OrderForm):
    """What an office is, and how residents find it."""

    name_zh = forms.CharField(label=_("单位名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=100)
    place = PlaceChoice(label=_("在哪里"))
    superior = OfficeChoice(label=_("上级单位"), required=False, empty_label=_("没有"))
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    opening_hours = forms.CharField(label=_("办公时间"), max_length=120, required=False)

    def plan(self) -> OfficePlan:
        data = self.cleaned_data
        return OfficePlan(**{name: data[name] for name in OfficePlan.__dataclass_fields__})


class NewOfficeForm(OfficeForm):
    code = code_field(20, _("字母、数字和短横，例如 SLJ。派办规则用它，定了不能再改。"))
    field_order = ("code",)


def as_it_stands(office: Office) -> dict[str, Any]:
    """What the form for changing an office begins with."""
    names = ("name_zh", "name_en", "phone", "address", "opening_hours")
    return {name: getattr(office, name) for name in names} | {
        "place": office.place.code,
        "superior": office.superior and office.superior.code,
    }
