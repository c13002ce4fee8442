"""What residents fill in. Forms clean words; verbs decide and keep."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Question
from weimin.county.models import Place
from weimin.county.models.places import Level
from weimin.households.models import Resident

from ..states import Grade, Identity, Request, Resolved
from .files import SeveralFiles, Voice
from .words import Words

REQUESTS = [
    (Request.HELP, _("想请人来解决一件事")),
    (Request.ENQUIRY, _("想问清楚一件事")),
    (Request.COMPLAINT, _("对办事或服务不满意")),
    (Request.REPORT, _("举报违法违规的事")),
    (Request.SUGGESTION, _("提一个建议")),
    (Request.PRAISE, _("表扬")),
]
IDENTITIES = [
    (Identity.HANDLER, _("姓名和电话只给承办人看，方便上门和回话（办得最快）")),
    (Identity.HIDDEN, _("承办人也看不到姓名和电话，只有受理中心知道，由中心转话（会慢一些）")),
    (Identity.ANONYMOUS, _("匿名：谁也不知道您是谁，我们没法回话，您凭编号和查询码自己来看")),
]


class WhatForm(forms.Form):
    """Page 1: the words, written or spoken. Whoever only speaks is written down as having done so."""

    text = Words(
        label=_("您遇到了什么事？"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("像跟人说话一样写：什么事，从什么时候开始，您希望怎么办。"),
    )
    voice = Voice(
        label=_("不方便写，就录一段话"),
        required=False,
        help_text=_("最长 3 分钟。录了可以先听，不满意就去掉重录。"),
        error_messages={"empty": _("这段录音是空的，请重录一次。")},
    )
    request = forms.ChoiceField(
        label=_("您希望我们做什么？"), choices=REQUESTS, widget=forms.RadioSelect, initial=Request.HELP
    )

    def __init__(self, *args: Any, spoken: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._spoken = spoken  # a recording was kept before

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        if "text" not in kept or "voice" not in kept or kept["text"]:
            return kept
        if not (kept["voice"] or self._spoken):
            self.add_error("text", _("请写下您遇到的事，一句话也可以；或者录一段话。"))
            return kept
        return {**kept, "text": str(_("反映人录了一段话，请听录音。"))}


class PlaceSelect(forms.Select):
    """Each village carries its pinyin and aliases, so that the search box finds it by initials."""

    search: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if words := self.search.get(str(value)):
            option["attrs"]["data-search"] = words
        return option


class WhereForm(forms.Form):
    """Page 2: the village, the spot, the photos, and what this kind of matter must be asked."""

    place = forms.ChoiceField(
        label=_("在哪个村或社区？"),
        widget=PlaceSelect(attrs={"data-combobox": True}),
        error_messages={
            "required": _("请选一个村或社区；不确定的，选乡镇也可以。"),
            "invalid_choice": _("没有这个地点，请从列表里选一个村或社区。"),
        },
    )
    address = forms.CharField(
        label=_("具体在哪里？"), required=False, max_length=200, help_text=_("比如：村委会往东 200 米，桥头水井旁。")
    )
    files = SeveralFiles(  # type: ignore[assignment]  # Django takes declared fields off the class
        label=_("照片、录音或 PDF"), required=False
    )

    def __init__(self, *args: Any, places: list[Place], questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["place"]
        assert isinstance(chosen, forms.ChoiceField) and isinstance(chosen.widget, PlaceSelect)
        chosen.choices = [("", "———"), *_by_township(places)]
        chosen.widget.search = {place.code: f"{place.pinyin} {place.aliases} {place.name_zh}" for place in places}
        for question in questions:
            self.fields[f"q_{question.code}"] = _field_of(question)

    def details(self) -> dict[str, Any]:
        """The answers to the kind's own questions, by their code."""
        asked = {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("q_")}
        return {code: value for code, value in asked.items() if value not in ("", None, [])}


def _by_township(places: list[Place]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Townships in order, each with itself first, for who knows no more, and then its villages."""
    names = {place.code: place.name for place in places if place.level == Level.TOWNSHIP}
    groups = []
    for code, inside in groupby(places, key=lambda place: place.code[:9]):
        choices = [
            (p.code, _("%(township)s（不确定哪个村）") % {"township": p.name} if p.level == Level.TOWNSHIP else p.name)
            for p in inside
        ]
        groups.append((names.get(code, code), choices))
    return groups


def _field_of(question: Question) -> forms.Field:
    chinese = (get_language() or "zh").startswith("zh")
    common: dict[str, Any] = {
        "label": question.text_zh if chinese else question.text_en,
        "required": question.required,
        "error_messages": {"required": _("请回答这个问题。")},
    }
    choices = [(value["key"], value["zh"] if chinese else value["en"]) for value in question.values]
    kinds = Question.Datatype
    match question.datatype:
        case kinds.SINGLE:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case kinds.MULTI:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case kinds.NUMBER:
            return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case kinds.TEXT:
            return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **common)
        case _:
            return forms.CharField(max_length=200, **common)


class ReachForm(forms.Form):
    """Page 3: how far the name goes, and where the answer is to be sent."""

    identity = forms.ChoiceField(
        label=_("您的姓名给谁看？"), choices=IDENTITIES, widget=forms.RadioSelect, initial=Identity.HANDLER
    )
    name = forms.CharField(label=_("怎么称呼您？"), required=False, max_length=60)
    phone = forms.CharField(
        label=_("电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("电子邮箱"), required=False, error_messages={"invalid": _("邮箱写得不完整，应当像 name@example.com。")}
    )
    contact_address = forms.CharField(label=_("联系地址"), required=False, max_length=200)
    reach_by = forms.ChoiceField(
        label=_("希望我们怎样回话？"),
        choices=Resident.Reach.choices,
        widget=forms.RadioSelect,
        initial=Resident.Reach.PHONE,
    )

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        if kept.get("identity") == Identity.ANONYMOUS:
            return {**kept, "name": "", "phone": "", "email": "", "contact_address": ""}
        if not self.errors and not (kept.get("phone") or kept.get("email") or kept.get("contact_address")):
            self.add_error("phone", _("请至少留一个联系方式：电话、邮箱或地址；也可以选择匿名。"))
        return kept


class FollowForm(forms.Form):
    """Back to a matter: by the PIN of the receipt, or by a code that was sent."""

    number = forms.CharField(
        label=_("编号"), max_length=40, help_text=_("在回执上，像 QS-2611-000123-7。大小写、横线都不要紧。"),
        error_messages={"required": _("请填编号。")},
    )  # fmt: skip
    pin = forms.CharField(
        label=_("查询码或验证码"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("回执上的 6 位数字。找不到了，可以点“把验证码发给我”。"),
    )

    def clean_pin(self) -> str:
        return "".join(sign for sign in self.cleaned_data["pin"] if sign.isdigit())


class AddForm(forms.Form):
    words = Words(label=_("想补充的话"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    files = SeveralFiles(  # type: ignore[assignment]  # Django takes declared fields off the class
        label=_("照片、录音或 PDF"), required=False
    )

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or self.cleaned_data
        if not kept.get("words") and not kept.get("files"):
            self.add_error("words", _("请写几句话，或者选一张照片。"))
        return kept


class RateForm(forms.Form):
    resolved = forms.ChoiceField(
        label=_("事情解决了吗？"), choices=Resolved.choices, widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。"), "invalid_choice": _("请选一项。")},
    )  # fmt: skip
    grade = forms.TypedChoiceField(
        label=_("您对办理满意吗？"), choices=Grade.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。"), "invalid_choice": _("请选一项。")},
    )  # fmt: skip
    words = Words(label=_("还想说的话"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class ReopenForm(forms.Form):
    reason = Words(
        label=_("哪里还没有解决？"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请说一说哪里还没有解决。")},
    )  # fmt: skip


class AppealForm(forms.Form):
    words = Words(
        label=_("您为什么不同意这个答复？"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("请写下您不同意的理由。")},
    )  # fmt: skip


class WithdrawForm(forms.Form):
    reason = Words(label=_("为什么撤回？"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
