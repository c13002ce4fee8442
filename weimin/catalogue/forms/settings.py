"""Forms of the settings: they clean what the keeper of the rules types; verbs decide."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office, Place
from weimin.county.models.places import Level
from weimin.county.queries import offices_open
from weimin.kernel.limits import LARGEST, Limit, Unit
from weimin.kernel.words import Mistake, clean_text

from ..models import Kind, Urgency
from ..models.rules import UnitWord
from ..queries import kinds_open


class Words(forms.CharField):
    """Words as we keep them: composed, trimmed, without invisible characters."""

    def clean(self, value: Any) -> str:
        words = super().clean(value)
        if not words:
            return ""
        try:
            return clean_text(words, limit=self.max_length or 4000)
        except Mistake as mistake:
            raise forms.ValidationError(mistake.words(get_language() or "zh-hans")) from None


class Searched(forms.Select):
    """A list that is searched by name, pinyin and initials as one types (combobox.js); without it, a plain list."""

    def __init__(self) -> None:
        super().__init__({"data-combobox": True})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if pinyin := getattr(getattr(value, "instance", None), "pinyin", ""):
            option["attrs"]["data-search"] = pinyin
        return option


class Chosen(forms.ModelChoiceField):
    """One row of a table, shown with the place it has in its tree."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.code}"


class LimitBox(forms.MultiWidget):
    """A number and its unit, side by side."""

    use_fieldset = False

    def __init__(self) -> None:
        number = forms.NumberInput({"min": 1, "max": LARGEST, "inputmode": "numeric"})
        super().__init__([number, forms.Select({"aria-label": _("单位")}, choices=UnitWord.choices)])

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Limit | None) -> list[Any]:
        return [value.amount, str(value.unit)] if value else [None, UnitWord.W]

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<div class="limit-box">{}</div>', super().render(*args, **kwargs))


class LimitField(forms.MultiValueField):
    """How long something may take, as number and unit."""

    def __init__(self, **kwargs: Any) -> None:
        parts = (forms.IntegerField(min_value=1, max_value=LARGEST), forms.ChoiceField(choices=UnitWord.choices))
        super().__init__(fields=parts, widget=LimitBox(), **kwargs)

    def compress(self, data_list: list[Any]) -> Limit | None:
        return Limit(data_list[0], Unit(data_list[1])) if data_list else None


def day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def area(label: Any, *, required: bool = False, rows: int = 4) -> Words:
    return Words(label=label, required=required, max_length=4000, widget=forms.Textarea({"rows": rows}))


def offer(form: forms.Form, name: str, found: Any) -> None:
    """What may be chosen in this field, known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = found


class SourcedForm(forms.Form):
    """Every change of a limit names what it stands on."""

    source_zh = Words(label=_("文件依据"), max_length=200, help_text=_("文件名称和文号，居民能看到。"))
    source_en = Words(label=_("文件依据的英文"), max_length=240, required=False)


class TimeRuleForm(SourcedForm):
    limit = LimitField(label=_("新的期限"))
    from_on = day(_("从哪一天起"), _("在这一天以前发生的事，仍按原来的期限。"))
    field_order = ("limit", "from_on", "source_zh", "source_en")


class UrgencyForm(SourcedForm):
    limit = LimitField(label=_("答复时限"))
    contact = LimitField(label=_("联系时限"), help_text=_("派办以后，多久之内要联系反映人。"))
    field_order = ("limit", "contact", "source_zh", "source_en")


class KindLimitsForm(SourcedForm):
    legal = LimitField(label=_("法定时限"))
    promised = LimitField(label=_("承诺时限"), help_text=_("告诉居民的就是这个时限，不能长于法定时限。"))
    field_order: tuple[str, ...] = ("legal", "promised", "source_zh", "source_en")


class KindWordsForm(forms.Form):
    name_zh = Words(label=_("名称"), max_length=60)
    name_en = Words(label=_("英文名称"), max_length=120)
    description_zh = Words(label=_("说明"), max_length=300, required=False)
    description_en = Words(label=_("英文说明"), max_length=400, required=False)
    keywords = Words(
        label=_("常用说法"), max_length=300, required=False, help_text=_("居民平时怎么说，用空格隔开；能按拼音查到。")
    )
    urgency = forms.ModelChoiceField(Urgency.objects.none(), label=_("紧急程度"))
    for_residents = forms.BooleanField(label=_("居民在网上可以选"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "urgency", Urgency.objects.order_by("rank"))


class NewKindForm(KindWordsForm, KindLimitsForm):
    code = Words(label=_("代码"), max_length=40, help_text=_("字母、数字、点和短横；定了就不再改。"))
    parent = Chosen(
        Kind.objects.none(), label=_("上一级"), required=False, widget=Searched, empty_label=_("没有，最上一级")
    )
    field_order = (
        "parent", "code", "name_zh", "name_en", "description_zh", "description_en", "keywords", "urgency", "legal",
        "promised", "source_zh", "source_en", "for_residents",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", kinds_open().filter(depth__lt=3))


class PairForm(forms.Form):
    """For which kind, and where, an office is to be named."""

    kind = Chosen(Kind.objects.none(), label=_("类别"), widget=Searched)
    place = Chosen(Place.objects.none(), label=_("地点"), widget=Searched)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds_open())
        places = Place.objects.filter(retired_on__isnull=True).exclude(level=Level.GROUP).defer("outline")
        offer(self, "place", places.order_by("code"))


class RouteForm(forms.Form):
    lead = Chosen(Office.objects.none(), label=_("主办单位"), widget=Searched)
    supporting = forms.ModelMultipleChoiceField(Office.objects.none(), label=_("协办单位"), required=False)
    from_on = day(_("从哪一天起"), _("已经派出的事留在原来的单位。"))
    source_zh = Words(label=_("文件依据"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lead", offices_open())
        offer(self, "supporting", offices_open())


class EndRouteForm(forms.Form):
    to_on = day(_("最后一天"), _("从下一天起，按范围更大的规则派办；没有的，由人来定。"))
    source_zh = Words(label=_("文件依据"), max_length=200)


class TemplateForm(forms.Form):
    kind = Chosen(
        Kind.objects.none(), label=_("类别"), required=False, widget=Searched, empty_label=_("所有类别都能用")
    )
    name_zh = Words(label=_("名称"), max_length=60)
    facts = area(_("事实"), required=True)
    reasons = area(_("理由"))
    rule = Words(label=_("依据"), max_length=300, required=False)
    promise = Words(label=_("承诺"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds_open())
        self.fields["facts"].help_text = _("要由承办人填的地方，写在花括号里。")
