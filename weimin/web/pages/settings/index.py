"""All settings on one page, in two groups, one sentence each."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from weimin.county.permissions import StaffRequest, keeps_or_looks
from weimin.matters.pages.desk.shared import queue_counts

from .tables import show

# Every table of settings: the name of its address, its title, one sentence. In two groups, in the order shown.
GROUPS = (
    (
        _("事项怎么办"),
        (
            ("web:settings_kinds", _("类别"), _("居民能反映什么，法定和承诺的时限各是多久。")),
            ("web:settings_urgencies", _("紧急程度"), _("急到什么程度，多久联系、多久答复。")),
            ("web:settings_rules", _("时限规则"), _("退回、延期、评价、公开、复查各有多少天。")),
            ("web:settings_routes", _("派办规则"), _("哪一类、在哪里，由哪个单位主办，谁协办。")),
            ("web:settings_templates", _("答复模板"), _("写答复时可以从哪些话开始。")),
        ),
    ),
    (_("人员和日历"), ()),
)


@require_GET
@keeps_or_looks
def index(request: StaffRequest) -> HttpResponse:
    """Where every rule of the county can be found and changed."""
    groups = [(title, tables) for title, tables in GROUPS if tables]
    context = {"queue": "settings", "queue_counts": queue_counts(request.actor), "groups": groups}
    return show(request, "index.html", context)
