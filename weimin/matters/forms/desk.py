"""Forms of the desk: they clean what officials type; verbs decide."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind, Urgency
from weimin.catalogue.queries import kinds_open
from weimin.county.models import Office, Place
from weimin.county.models.places import Level
from weimin.county.queries import offices_open
from weimin.households.models import Resident
from weimin.kernel import numbers
from weimin.kernel.words import Mistake
from weimin.language.exposing import found

from ..models import Appeal, Matter
from ..states import Channel, ContactOutcome, Identity, PauseReason, Request, Resolved, State
from .found import KindField, PlaceField, SuggestedSelect
from .words import Words


def area(label: Any, *, required: bool = True, limit: int = 4000, rows: int = 5, hint: Any = "") -> Words:
    return Words(
        label=label, required=required, max_length=limit, help_text=hint, widget=forms.Textarea({"rows": rows})
    )


def _offer(form: forms.Form, name: str, found: QuerySet[Any]) -> None:
    """What may be chosen in this field, known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = found


_GAP = re.compile(r"[{｛][^{}｛｝\n]{0,60}[}｝]")  # {日期} of a template, for the handler to fill in


class FilterForm(forms.Form):
    """Filters of a queue, all optional."""

    q = forms.CharField(label=_("查找"), required=False, max_length=80)
    township = forms.ModelChoiceField(
        Place.objects.none(), label=_("乡镇"), required=False, to_field_name="code", empty_label=_("所有乡镇")
    )
    kind = forms.ModelChoiceField(
        Kind.objects.none(), label=_("类别"), required=False, to_field_name="code", empty_label=_("所有类别")
    )
    urgency = forms.ModelChoiceField(
        Urgency.objects.none(), label=_("紧急程度"), required=False, to_field_name="code", empty_label=_("所有紧急程度")
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("所有状态")), *State.choices])
    sort = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[("", _("默认次序")), ("due", _("先到期的在前")), ("newest", _("新收到的在前"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "township", Place.objects.filter(level=Level.TOWNSHIP).order_by("code"))
        _offer(self, "kind", kinds_open())
        _offer(self, "urgency", Urgency.objects.order_by("rank"))


class EntryForm(forms.Form):
    """One screen for a call or a visitor, in the order in which people speak: who, what, where, how to reach."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    channel = forms.ChoiceField(
        label=_("渠道"),
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.COUNTER, Channel.VISIT, Channel.MEETING)],
    )
    resident = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("姓名"), required=False, max_length=60)
    phone = forms.CharField(label=_("电话"), required=False, max_length=30)
    identity = forms.ChoiceField(label=_("姓名公开到哪里"), choices=Identity.choices, initial=Identity.HANDLER)
    text = area(_("反映的事情"), rows=6, hint=_("照原话记，最多 4000 字。"))
    request = forms.ChoiceField(label=_("诉求"), choices=Request.choices, initial=Request.HELP)
    kind = KindField(label=_("类别"), max_length=40, help_text=_("汉字、拼音或首字母"))
    place = PlaceField(label=_("村或社区"), max_length=14, help_text=_("汉字、拼音或首字母"))
    address = forms.CharField(label=_("具体位置"), required=False, max_length=200)
    reach_by = forms.ChoiceField(label=_("怎样联系"), choices=Resident.Reach.choices, initial=Resident.Reach.PHONE)


class ActForm(forms.Form):
    """An act on one matter as it was seen: a matter that has moved on since is not touched."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter = matter
        self.prepare()

    def prepare(self) -> None:
        """Choices that depend on the matter."""


class ClassifyForm(ActForm):
    kind = KindField(label=_("类别"), max_length=40)
    urgency = forms.ModelChoiceField(
        Urgency.objects.none(), label=_("紧急程度"), required=False, empty_label=_("按类别的规定")
    )
    place = PlaceField(label=_("村或社区"), max_length=14)
    request = forms.ChoiceField(label=_("诉求"), choices=Request.choices)

    def prepare(self) -> None:
        _offer(self, "urgency", Urgency.objects.order_by("rank"))


class DispatchForm(ActForm):
    office = forms.ModelChoiceField(
        Office.objects.none(), label=_("主办单位"), empty_label=_("选一个单位"), widget=SuggestedSelect
    )
    supporting = forms.ModelMultipleChoiceField(Office.objects.none(), label=_("协办单位"), required=False)
    words = area(_("给承办单位的话"), required=False, limit=1000, rows=2)

    def prepare(self) -> None:
        _offer(self, "office", offices_open())
        _offer(self, "supporting", offices_open())


class AskHelpForm(ActForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("协办单位"))
    words = area(_("请他们做什么"), limit=1000, rows=3)

    def prepare(self) -> None:
        _offer(self, "office", offices_open().exclude(pk__in=[self.matter.lead_id]))


class PlainForm(ActForm):
    """Nothing more to say."""


class ReasonForm(ActForm):
    reason = area(_("理由"), limit=1000, rows=3)


class NoteForm(ActForm):
    words = area(_("补充"), limit=2000)
    internal = forms.BooleanField(label=_("只给工作人员看"), required=False)


class SupportForm(ActForm):
    report = area(_("协办意见"), limit=2000)


class WordsForm(ActForm):
    words = area(_("说明"), required=False, limit=1000, rows=3)


class KeepPromiseForm(ActForm):
    words = area(_("怎样兑现的"), limit=1000, rows=3)


class ContactForm(ActForm):
    at = forms.DateTimeField(
        label=_("联系时间"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("没有这个日期或时间，请核对。")},
    )
    channel = forms.ChoiceField(
        label=_("联系方式"), choices=[("PHONE", _("电话")), ("VISIT", _("上门")), ("MESSAGE", _("短信"))]
    )
    outcome = forms.ChoiceField(label=_("结果"), choices=ContactOutcome.choices)
    words = area(_("谈了什么"), required=False, limit=1000, rows=3)


class LimitForm(ActForm):
    days = forms.IntegerField(label=_("多少个工作日"), min_value=1, max_value=60)


class PauseForm(LimitForm):
    reason = forms.ChoiceField(label=_("法定原因"), choices=PauseReason.choices)
    words = area(_("向居民说明"), limit=1000, rows=3)


class ExtendForm(LimitForm):
    reason = area(_("为什么要延期（会告诉居民）"), limit=1000, rows=3)


class ReplyForm(ActForm):
    facts = area(_("查明了什么、办了什么"))
    reasons = area(_("理由"))
    rule = forms.CharField(label=_("依据"), max_length=300)
    appeal_route = forms.CharField(label=_("不服怎么办"), max_length=300)

    def clean(self) -> dict[str, Any]:
        """A template's gaps are filled in before it is sent."""
        cleaned = super().clean() or {}
        for field in ("facts", "reasons", "rule", "promise", "appeal_route"):
            if gaps := _GAP.findall(str(cleaned.get(field, ""))):
                words = _("这里还有没填的空：%(gaps)s") % {"gaps": " ".join(gaps)}
                self.add_error(field, words)
        return cleaned


class AnswerForm(ReplyForm):
    promise = forms.CharField(label=_("还要办什么（承诺）"), max_length=300, required=False)
    promise_due_on = forms.DateField(
        label=_("哪天办好"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"invalid": _("没有这个日期或时间，请核对。")},
    )
    field_order = ("version", "facts", "reasons", "rule", "promise", "promise_due_on", "appeal_route")


class MergeForm(ReasonForm):
    main = forms.CharField(label=_("并入哪一件（编号）"), max_length=30)
    field_order = ("version", "main", "reason")

    def clean_main(self) -> str:
        try:
            return str(numbers.parse(self.cleaned_data["main"]))
        except Mistake as mistake:
            raise forms.ValidationError(mistake.words(get_language() or "zh-hans")) from None


class CallBackForm(ActForm):
    reached = forms.TypedChoiceField(
        label=_("接通了吗"), coerce=lambda word: word == "yes", choices=[("yes", _("接通了")), ("no", _("没有接通"))]
    )
    resolved = forms.ChoiceField(label=_("解决了吗"), required=False, choices=[("", "—"), *Resolved.choices])
    satisfied = forms.TypedChoiceField(
        label=_("满意吗"),
        required=False,
        empty_value=None,
        coerce=lambda word: word == "yes",
        choices=[("", "—"), ("yes", _("满意")), ("no", _("不满意"))],
    )
    words = area(_("回访记录"), required=False, limit=1000, rows=3)


class PublishForm(ActForm):
    title = forms.CharField(label=_("标题"), max_length=80)
    asked = area(_("群众反映（去掉姓名、电话、门牌）"), limit=2000, rows=8)
    done = area(_("办理结果"), limit=2000, rows=8)
    looked = forms.BooleanField(label=_("还有像电话、姓名、门牌的内容，我逐条看过，可以公开"), required=False)

    def clean(self) -> dict[str, Any]:
        """Whoever leaves something in the words that may lead to a person says that it was looked at."""
        cleaned = super().clean() or {}
        left = [one.words for field in ("title", "asked", "done") for one in found(cleaned.get(field, ""))]
        if left and not cleaned.get("looked"):
            words = _("文字里还有：%(left)s。请去掉；确实可以公开的，勾选后再提交。") % {"left": " ".join(left[:5])}
            self.add_error("looked", words)
        return cleaned


class DecideForm(ActForm):
    outcome = forms.ChoiceField(label=_("决定"), choices=Appeal.Outcome.choices)
    facts = area(_("查明的事实"))
    reasons = area(_("理由"))
    rule = forms.CharField(label=_("依据"), max_length=300)
