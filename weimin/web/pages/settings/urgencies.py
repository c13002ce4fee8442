"""Urgency classes: how long each may take, how soon the resident is called."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.forms.settings import UrgencyForm
from weimin.catalogue.models import Urgency
from weimin.catalogue.permissions import urgency_to_keep
from weimin.catalogue.queries import promises_cut
from weimin.catalogue.services import set_urgency_limits
from weimin.county.permissions import StaffRequest, keeps_or_looks
from weimin.county.pinyin import search_words
from weimin.county.templatetags.weimin import local
from weimin.kernel import clock

from . import reach
from .changing import Change, change_page
from .rules import by_length, limit_words
from .tables import Cell, Column, Row, Table, show_table

TABLE = Table(
    "urgencies",
    _("紧急程度"),
    _("越急的事时限越短。分类时工作人员可以改判紧急程度，改判后按这里的时限答复。"),
    (
        Column("rank", _("次序")),
        Column("name", _("紧急程度"), wide=True),
        Column("limit", _("答复时限")),
        Column("contact", _("联系时限")),
        Column("source", _("文件依据"), wide=True),
        Column("code", _("代码")),
    ),
    _("录入目录以后，各等紧急程度会列在这里。"),
)


@require_GET
@keeps_or_looks
def urgencies(request: StaffRequest) -> HttpResponse:
    """The classes, the most urgent first."""
    rows = [_row(urgency) for urgency in Urgency.objects.order_by("rank")]
    return show_table(request, TABLE, rows)


def _row(urgency: Urgency) -> Row:
    cells = (
        Cell(str(urgency.rank), urgency.rank),
        Cell(urgency.name),
        Cell(limit_words(urgency.limit), by_length(urgency.limit)),
        Cell(limit_words(urgency.contact_limit), by_length(urgency.contact_limit)),
        Cell(local(urgency, "source")),
        Cell(urgency.code),
    )
    words = " ".join((urgency.name_zh, urgency.name_en, urgency.code, urgency.source_zh, search_words(urgency.name_zh)))
    return Row(reverse("web:settings_urgency", args=[urgency.code]), cells, words)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def urgency(request: StaffRequest, urgency: str) -> HttpResponse:
    """One class: its limits, and what they would do to the matters of it."""
    here, now = urgency_to_keep(urgency), clock.now()
    change = Change(
        title=here.name,
        form=UrgencyForm(request.POST or None, initial={"limit": here.limit, "contact": here.contact_limit}),
        act=lambda d: set_urgency_limits(urgency_to_keep(urgency), **d, by=request.actor, now=now),
        preview=lambda d: reach.of_urgency(here, contact=d["contact"], now=now, cut=promises_cut(here, d["limit"])),
        back=reverse("web:settings_urgencies"),
        back_label=TABLE.title,
        done=reverse("web:settings_urgency", args=[urgency]),
        about=(f"urgency:{urgency}",),
        facts=(
            (_("答复时限"), limit_words(here.limit)),
            (_("联系时限"), limit_words(here.contact_limit)),
            (_("文件依据"), local(here, "source")),
        ),
    )
    return change_page(request, change)
