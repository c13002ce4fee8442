"""Forms of other cities' systems: who they are, what their codes mean, and sending one matter there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.forms.settings import Chosen, Searched, offer
from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kinds_open
from weimin.county.models import Place
from weimin.county.models.places import Level

from ..models import Matter, Partner, PartnerCode
from .desk import area


def _places() -> Any:
    return Place.objects.filter(retired_on__isnull=True).exclude(level=Level.GROUP).defer("outline").order_by("code")


class PartnerForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("对方是谁，例如“市 12345 平台”。"))
    url = forms.CharField(
        label=_("接口地址"), max_length=300, help_text=_("Open311 GeoReport v2 的根地址，例如 https://city.example/open311/v2"),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    jurisdiction = forms.CharField(
        label=_("辖区代码"), max_length=60, required=False, help_text=_("对方有多个辖区时才填。")
    )
    api_key = forms.CharField(
        label=_("接口密钥"), max_length=200, required=False, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("对方发给我们的 api_key，保存后不再显示；不填就保留原来的。"),
    )  # fmt: skip
    format = forms.ChoiceField(label=_("格式"), choices=Partner.Format.choices, initial="xml")
    sends = forms.BooleanField(label=_("向对方转送"), required=False)
    takes = forms.BooleanField(label=_("收下对方的新请求"), required=False)
    kind = Chosen(
        Kind.objects.none(), label=_("没有对应时归到哪一类"), required=False, empty_label=_("没有"), widget=Searched
    )
    place = Chosen(
        Place.objects.none(), label=_("看不出地点时归到哪里"), required=False, empty_label=_("没有"), widget=Searched
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds_open())
        offer(self, "place", _places())


class CodeForm(forms.Form):
    service_code = forms.CharField(label=_("对方的类别代码"), max_length=60)
    kind = Chosen(Kind.objects.none(), label=_("我们的类别"), widget=Searched)
    place = Chosen(Place.objects.none(), label=_("哪里的"), required=False, empty_label=_("全县"), widget=Searched)
    by_itself = forms.BooleanField(
        label=_("自动转送"), required=False, help_text=_("只转送类别、村名和编号；居民的话要由人写好说明才转。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds_open())
        offer(self, "place", _places())


class CodeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: PartnerCode) -> str:
        return f"{obj.partner.name} · {obj.service_code} · {obj.kind.name}"


class ForwardForm(forms.Form):
    to = CodeChoice(PartnerCode.objects.none(), label=_("转给谁、对方哪一类"))
    words = area(_("给对方的说明"), hint=_("对方可能会公开这些话：不要写姓名、电话、门牌和能认出人的内容。"))

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = PartnerCode.objects.filter(partner__sends=True, partner__off_at__isnull=True)
        offer(self, "to", offered.select_related("partner", "kind").order_by("partner", "service_code", "pk"))
        self.initial["to"] = offered.filter(kind=matter.kind_id).values_list("pk", flat=True).first()
