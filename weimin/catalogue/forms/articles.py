"""Forms of the knowledge base: they clean what officials type; verbs decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from weimin.county.models import Office

from ..models import Kind, Service
from ..queries import kinds_open, services_open


class KindSelect(forms.Select):
    """Each kind carries its pinyin and usual names, so that the search box finds it by initials."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        kind = getattr(value, "instance", None)
        if kind is not None:
            option["attrs"]["data-search"] = f"{kind.pinyin} {kind.keywords} {kind.name_zh}"
        return option


def _day(label: Any, hint: Any) -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


def _area(label: Any, rows: int, limit: int, *, required: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=limit, help_text=hint, widget=forms.Textarea({"rows": rows})
    )


def _line(label: Any, limit: int, *, required: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=limit, help_text=hint)


class SeenForm(forms.Form):
    """An act on an article as it was seen: one that was changed since is not touched."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class ArticleForm(SeenForm):
    title_zh = _line(_("问题"), 80, hint=_("像居民开口问的那样写，比如：身份证丢了怎么办？"))
    answer_zh = _area(
        _("解答"), 8, 2000, hint=_("一段一行，先说怎么办，再说为什么。会变的金额写明在哪里公布，不写死。")
    )
    source_zh = _line(_("依据"), 300, hint=_("文件名称和条款，不写网址。"))
    keywords = _line(_("常用说法"), 200, required=False, hint=_("居民会用的词，用空格隔开。"))
    title_en = _line(_("英文问题"), 160, required=False)
    answer_en = _area(_("英文解答"), 6, 4000, required=False, hint=_("没有英文时，英文页面显示中文。"))
    source_en = _line(_("英文依据"), 300, required=False)
    kind = forms.ModelChoiceField(
        Kind.objects.none(), label=_("类别"), required=False, to_field_name="code", empty_label=_("不属于哪一类"),
        widget=KindSelect(attrs={"data-combobox": True}),
    )  # fmt: skip
    office = forms.ModelChoiceField(Office.objects.none(), label=_("负责单位"), to_field_name="code", empty_label=None)
    services = forms.ModelMultipleChoiceField(
        Service.objects.none(), label=_("相关办事指南"), required=False, to_field_name="code",
        widget=forms.SelectMultiple({"size": 6}), help_text=_("按住 Ctrl 可以选几项。"),
    )  # fmt: skip
    valid_until = _day(_("下次复核"), _("到这一天还没复核，居民会看到提醒。最长两年。"))

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("kind", kinds_open()), ("office", offices), ("services", services_open())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = found


class ConfirmForm(SeenForm):
    valid_until = _day(_("下次复核"), _("到这一天还没复核，居民会看到提醒。最长两年。"))


class RetireForm(SeenForm):
    reason = _line(_("停用的理由"), 300, hint=_("比如：政策已停止执行，或并入另一条。"))
