"""Kinds of matter: their words, their limits, and taking them off the list."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.forms.settings import KindLimitsForm, KindWordsForm, NewKindForm
from weimin.catalogue.models import Kind
from weimin.catalogue.permissions import kind_to_keep
from weimin.catalogue.services import add_kind, retire_kind, set_kind_limits, set_kind_words
from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs
from weimin.county.templatetags.weimin import day, local
from weimin.kernel import clock

from . import reach
from .changing import Change, change_page
from .reach import Preview
from .rules import by_length, limit_words
from .tables import Cell, Column, Row, Table, show_table

COLUMNS = (
    Column("name", _("类别"), wide=True),
    Column("under", _("上一级")),
    Column("urgency", _("紧急程度")),
    Column("legal", _("法定时限")),
    Column("promised", _("承诺时限")),
    Column("residents", _("居民可选")),
    Column("retired", _("停用日期")),
    Column("code", _("代码")),
)
TITLE = _("类别")


@require_GET
@keeps_or_looks
def kinds(request: StaffRequest) -> HttpResponse:
    """Every kind, retired ones too."""
    table = Table(
        "kinds",
        TITLE,
        _("居民反映的事归到哪一类，就按那一类的时限答复。"),
        COLUMNS,
        _("新增类别或者导入历史记录以后，类别会列在这里。"),
        new=(reverse("web:settings_kind_new"), _("新增类别")),
    )
    found = Kind.objects.select_related("urgency", "parent").order_by("code")
    return show_table(request, table, [_row(kind) for kind in found])


def _row(kind: Kind) -> Row:
    cells = (
        Cell(kind.name),
        Cell(kind.parent.name if kind.parent else "—"),
        Cell(kind.urgency.name, kind.urgency.rank),
        Cell(limit_words(kind.legal), by_length(kind.legal)),
        Cell(limit_words(kind.promised), by_length(kind.promised)),
        Cell(str(_("是") if kind.for_residents else _("否"))),
        Cell(kind.retired_on.isoformat() if kind.retired_on else "—"),
        Cell(kind.code),
    )
    words = " ".join((kind.name_zh, kind.name_en, kind.code, kind.keywords, kind.pinyin))
    return Row(reverse("web:settings_kind", args=[kind.code]), cells, words)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """A kind that was not there."""
    now = clock.now()
    change = Change(
        title=_("新增类别"),
        form=NewKindForm(request.POST or None, initial={"for_residents": True}),
        act=lambda d: add_kind(
            d["code"], **{name: value for name, value in d.items() if name != "code"}, by=request.actor, now=now
        ),
        preview=lambda _d: Preview([str(_("保存后，居民和工作人员就能选这一类；在办的事项不变。"))]),
        back=reverse("web:settings_kinds"),
        back_label=TITLE,
        done=reverse("web:settings_kinds"),
    )
    return change_page(request, change)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def kind(request: StaffRequest, code: str) -> HttpResponse:
    """What a kind is called, how it is found, how urgent it is."""
    here, now = kind_to_keep(code), clock.now()
    names = ("name_zh", "name_en", "description_zh", "description_en", "keywords", "for_residents")
    initial = {"urgency": here.urgency_id, **{name: getattr(here, name) for name in names}}
    return _page(
        request,
        here,
        "settings_kind",
        KindWordsForm(request.POST or None, initial=initial),
        lambda d: set_kind_words(kind_to_keep(code), **d, by=request.actor, now=now),
        lambda d: reach.of_kind_words(here, urgency=d["urgency"]),
    )


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def limits(request: StaffRequest, code: str) -> HttpResponse:
    """How long a kind may take, by law and by promise."""
    here, now = kind_to_keep(code), clock.now()
    return _page(
        request,
        here,
        "settings_kind_limits",
        KindLimitsForm(request.POST or None, initial={"legal": here.legal, "promised": here.promised}),
        lambda d: set_kind_limits(kind_to_keep(code), **d, by=request.actor, now=now),
        lambda d: reach.of_kind_limits(here, promised=d["promised"]),
    )


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def retire(request: StaffRequest, code: str) -> HttpResponse:
    """Taking a kind off the list from today."""
    here, now = kind_to_keep(code), clock.now()
    return _page(
        request,
        here,
        "settings_kind_retire",
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _d: retire_kind(kind_to_keep(code), by=request.actor, now=now),
        lambda _d: reach.of_retiring(here),
    )


_TABS = (
    ("settings_kind", _("名称和说明")),
    ("settings_kind_limits", _("时限")),
    ("settings_kind_retire", _("停用这一类")),
)


def _page(
    request: StaffRequest,
    here: Kind,
    address: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    preview: Callable[[dict[str, Any]], Preview],
) -> HttpResponse:
    """One of the three pages of a kind: the same facts and the same history on each."""
    retired = _("%(day)s起停用") % {"day": day(here.retired_on)} if here.retired_on else _("在用")
    change = Change(
        title=here.name,
        form=form,
        act=act,
        preview=preview,
        back=reverse("web:settings_kinds"),
        back_label=TITLE,
        done=reverse(f"web:{address}", args=[here.code]),
        about=(f"kind:{here.code}", f"urgency:{here.urgency.code}"),
        facts=(
            (_("代码"), here.code),
            (_("紧急程度"), here.urgency.name),
            (_("法定时限"), limit_words(here.legal)),
            (_("承诺时限"), limit_words(here.promised)),
            (_("文件依据"), local(here, "source")),
            (_("现状"), retired),
        ),
        tabs=tuple((reverse(f"web:{name}", args=[here.code]), label, name == address) for name, label in _TABS),
    )
    return change_page(request, change)
