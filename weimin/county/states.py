"""Words for what is done to the county's own order, as the ledger names them and as people read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Deed(models.TextChoices):
    """One verb each."""

    FOUND_COUNTY = "county.found_county", _("建立县的单位、岗位和人员")
    ADD_POST = "county.add_post", _("新设岗位")
    CHANGE_POST = "county.change_post", _("更改岗位")
    RETIRE_POST = "county.retire_post", _("撤销岗位")
    APPOINT = "county.appoint", _("任命")
    END_HOLDING = "county.end_holding", _("免职")
    HAND_OVER = "post.hand_over", _("移交事项")
    ADD_OFFICE = "county.add_office", _("新设单位")
    CHANGE_OFFICE = "county.change_office", _("更改单位")
    RETIRE_OFFICE = "county.retire_office", _("撤销单位")
    ADD_OFFICIAL = "county.add_official", _("登记人员")
    CHANGE_OFFICIAL = "county.change_official", _("更改人员资料")
    RECORD_LEAVE = "county.record_leave", _("登记请假")
    CANCEL_LEAVE = "county.cancel_leave", _("销假")
    CREATE_ACCOUNT = "county.create_account", _("建账号")
    RESET_PASSWORD = "county.reset_password", _("重设密码")
    RESET_SECOND_FACTOR = "county.reset_second_factor", _("重置第二道验证")
    SEED_YEARS = "county.seed_years", _("录入历年日历")
    ENTER_YEAR = "county.enter_year", _("录入放假通知")
    ISSUE_TOKEN = "county.issue_token", _("发放密钥")
    REVOKE_TOKEN = "county.revoke_token", _("吊销密钥")
