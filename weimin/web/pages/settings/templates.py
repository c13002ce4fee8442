"""Answer templates: words to begin an answer with."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from weimin.catalogue.forms.settings import TemplateForm
from weimin.catalogue.models import AnswerTemplate
from weimin.catalogue.permissions import template_to_keep
from weimin.catalogue.queries import templates_all
from weimin.catalogue.services import keep_template, remove_template
from weimin.county.duties import Duty
from weimin.county.permissions import StaffRequest, keeps_or_looks, needs
from weimin.county.pinyin import search_words
from weimin.kernel import clock
from weimin.kernel.words import first_words

from . import reach
from .changing import Change, change_page
from .tables import Cell, Column, Row, Table, show_table

COLUMNS = (
    Column("name", _("名称")),
    Column("kind", _("类别")),
    Column("facts", _("事实"), wide=True),
    Column("rule", _("依据")),
    Column("promise", _("承诺")),
)
TITLE = _("答复模板")


@require_GET
@keeps_or_looks
def templates(request: StaffRequest) -> HttpResponse:
    """Every template, those of a kind under their kind."""
    table = Table(
        "templates",
        TITLE,
        _("写答复时从模板开始，花括号里的由承办人填。居民收到的每一句仍由承办人负责。"),
        COLUMNS,
        _("写好第一个模板以后，会列在这里。"),
        new=(reverse("web:settings_template_new"), _("新写模板")),
    )
    return show_table(request, table, [_row(template) for template in templates_all()])


def _row(template: AnswerTemplate) -> Row:
    kind = template.kind
    cells = (
        Cell(template.name_zh),
        Cell(kind.name if kind else str(_("所有类别"))),
        Cell(first_words(template.facts, 60)),
        Cell(template.rule or "—"),
        Cell(template.promise or "—"),
    )
    words = " ".join((template.name_zh, search_words(template.name_zh), template.facts, template.rule))
    if kind is not None:
        words += f" {kind.name_zh} {kind.name_en} {kind.pinyin}"
    return Row(reverse("web:settings_template", args=[template.pk]), cells, words)


@require_http_methods(["GET", "POST"])
@needs(Duty.CONFIGURE)
def new(request: StaffRequest) -> HttpResponse:
    """A template that was not there."""
    now = clock.now()
    form = TemplateForm(request.POST or None)
    change = Change(
        title=_("新写模板"),
        form=form,
        act=lambda d: keep_template(None, **d, by=request.actor, now=now),
        preview=lambda d: reach.of_template(d["kind"]),
        back=reverse("web:settings_templates"),
        back_label=TITLE,
        done=reverse("web:settings_templates"),
    )
    return change_page(request, change)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def template(request: StaffRequest, template: int) -> HttpResponse:
    """New words for a template."""
    here, now = template_to_keep(template), clock.now()
    names = ("name_zh", "facts", "reasons", "rule", "promise")
    initial = {"kind": here.kind_id, **{name: getattr(here, name) for name in names}}
    change = Change(
        form=TemplateForm(request.POST or None, initial=initial),
        act=lambda d: keep_template(template_to_keep(template), **d, by=request.actor, now=now),
        preview=lambda d: reach.of_template(d["kind"]),
        done=reverse("web:settings_template", args=[template]),
        **_frame(here, "settings_template"),
    )
    return change_page(request, change)


@require_http_methods(["GET", "POST"])
@keeps_or_looks
def remove(request: StaffRequest, template: int) -> HttpResponse:
    """A template that should no longer be offered."""
    here, now = template_to_keep(template), clock.now()
    change = Change(
        form=forms.Form(request.POST if request.method == "POST" else None),
        act=lambda _d: remove_template(template_to_keep(template), by=request.actor, now=now),
        preview=lambda _d: reach.of_template(here.kind),
        done=reverse("web:settings_templates"),
        **_frame(here, "settings_template_remove"),
    )
    return change_page(request, change)


def _frame(here: AnswerTemplate, address: str) -> dict[str, Any]:
    """What both pages of a template show around their form."""
    tabs = (("settings_template", _("改写")), ("settings_template_remove", _("删去")))
    return {
        "title": here.name_zh,
        "back": reverse("web:settings_templates"),
        "back_label": TITLE,
        "about": (f"template:{here.pk}",),
        "tabs": tuple((reverse(f"web:{name}", args=[here.pk]), label, name == address) for name, label in tabs),
    }
