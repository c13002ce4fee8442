"""All settings on one page, in two groups, one sentence each."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from weimin.county.duties import Duty
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
    (
        _("人员和日历"),
        (
            ("web:settings_posts", _("岗位"), _("谁在哪个岗位上，管什么，谁代班，手上有多少件。")),
            ("web:settings_officials", _("人员"), _("同志们的任职、请假和账号。")),
            ("web:settings_offices", _("单位名录"), _("单位的名称、电话和办公时间。")),
            ("web:settings_calendar", _("工作日历"), _("每年的放假和调休，期限按它来算。")),
            ("web:settings_keys", _("接口密钥"), _("哪些程序能以哪个岗位的名义进来。")),
            ("web:settings_webhooks", _("事件推送"), _("事项有进展时，自动告诉哪些程序。")),
            ("web:settings_partners", _("外部系统"), _("和别的市县的 Open311 系统互相转送。")),
        ),
    ),
)
FOR_KEEPERS = {"web:settings_officials", "web:settings_offices"}  # whoever only audits may not open these


@require_GET
@keeps_or_looks
def index(request: StaffRequest) -> HttpResponse:
    """Where every rule of the county can be found and changed."""
    hidden = set() if request.actor.has(Duty.CONFIGURE) else FOR_KEEPERS
    groups = [(title, [table for table in tables if table[0] not in hidden]) for title, tables in GROUPS]
    context = {"queue": "settings", "queue_counts": queue_counts(request.actor), "groups": groups}
    return show(request, "index.html", context)
