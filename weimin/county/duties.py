"""Duties: what a post may do. Everything a page, an endpoint or a verb asks of a person is one of these words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Duty(models.TextChoices):
    TAKE_IN = "TAKE_IN", _("登记")  # write down what a resident says by phone, at the counter, on a visit
    CLASSIFY = "CLASSIFY", _("分类")  # kind, place, urgency; refuse; merge
    DISPATCH = "DISPATCH", _("派办")  # give a matter to one lead office and its helpers
    HANDLE = "HANDLE", _("承办")  # accept or return, contact, pause, answer
    APPROVE = "APPROVE", _("审批延期")  # approve one extension, above the handler
    LEAD = "LEAD", _("值班领导")  # decide what was returned twice; receive escalations
    CALL_BACK = "CALL_BACK", _("回访")  # ask the resident independently of the handling office
    PUBLISH = "PUBLISH", _("公开")  # make the redacted public copy, or withdraw it
    REVIEW = "REVIEW", _("复查复核")  # decide appeals
    CONFIGURE = "CONFIGURE", _("规则维护")  # kinds, limits, routing, calendar, templates, posts
    AUDIT = "AUDIT", _("审计")  # read the ledger and who read what; change nothing


# Who holds one of these opens residents' names and numbers, so a second factor is asked at sign-in.
SEES_PERSONAL_DATA = frozenset(set(Duty) - {Duty.CONFIGURE})
