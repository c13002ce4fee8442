"""What every template may use: icons, controls, dates as people say them, text in the reader's language."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from weimin.county.duties import Duty
from weimin.kernel import clock

register = template.Library()

SPRITE = "vendor/bootstrap-icons/icons.svg"

# Tone and shape of each state. The word itself comes from the room that owns the state; here is only how it looks.
LOOKS = {
    "RECEIVED": ("moving", "inbox"),
    "CLASSIFIED": ("moving", "tag"),
    "DISPATCHED": ("moving", "arrow-right-circle"),
    "HANDLED": ("moving", "circle-half"),
    "ANSWERED": ("done", "chat-left-text"),
    "RATED": ("done", "star"),
    "PUBLISHED": ("done", "globe2"),
    "CLOSED": ("done", "check-circle"),
    "RETURNED": ("soon", "arrow-return-left"),
    "PAUSED": ("rest", "pause-circle"),
    "MERGED": ("rest", "intersect"),
    "WITHDRAWN": ("rest", "arrow-counterclockwise"),
    "REFUSED": ("rest", "slash-circle"),
    "APPEALED": ("soon", "arrow-up-circle"),
    "DUE_SOON": ("soon", "hourglass-split"),
    "OVERDUE": ("late", "exclamation-triangle-fill"),
}
# The shape of each act on a timeline.
ACT_ICONS = {
    "RECEIVE": "inbox",
    "CLASSIFY": "tag",
    "DISPATCH": "arrow-right-circle",
    "ACCEPT": "circle-half",
    "RETURN": "arrow-return-left",
    "CONTACT": "telephone",
    "NOTE": "journal-text",
    "ASK_HELP": "people",
    "SUPPORT": "people",
    "PAUSE": "pause-circle",
    "RESUME": "clock",
    "EXTEND": "calendar3",
    "CHASE": "hourglass-split",
    "ESCALATE": "exclamation-triangle-fill",
    "ANSWER": "chat-left-text",
    "KEEP_PROMISE": "check-circle",
    "RATE": "star",
    "CALL_BACK": "telephone",
    "REOPEN": "arrow-repeat",
    "CLOSE": "check-circle",
    "PUBLISH": "globe2",
    "UNPUBLISH": "lock",
    "MERGE": "intersect",
    "SPLIT": "arrow-right-circle",
    "WITHDRAW": "arrow-counterclockwise",
    "REFUSE": "slash-circle",
    "APPEAL": "arrow-up-circle",
    "DECIDE": "building",
    "HAND_OVER": "person",
    "RECOMPUTE": "calendar3",
    "KEEP": "pencil-square",
    "CONFIRM": "check-circle",
    "RETIRE": "slash-circle",
    "UNDO": "arrow-counterclockwise",
}
CLOCK_ICONS = {
    "late": "exclamation-triangle-fill",
    "soon": "hourglass-split",
    "rest": "pause-circle",
    "done": "check-circle",
}
WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One icon of the sprite. It says nothing to a screen reader: the word stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static(SPRITE), name)


@register.filter
def state_tone(state: str) -> str:
    return LOOKS[str(state)][0]


@register.filter
def state_icon(state: str) -> str:
    return LOOKS[str(state)][1]


@register.filter
def act_icon(act: str) -> str:
    return ACT_ICONS.get(str(act), "circle")


@register.filter
def clock_icon(tone: str) -> str:
    return CLOCK_ICONS.get(tone, "clock")


@register.filter
def local(thing: Any, name: str) -> str:
    """A bilingual field in the reader's language; the Chinese one where the English is empty."""
    chinese, english = getattr(thing, f"{name}_zh", ""), getattr(thing, f"{name}_en", "")
    return english or chinese if _language() == "en" else chinese


@register.filter
def duty_words(duties: Iterable[str]) -> str:
    """What a post or a key may do, in the reader's words, in the order of the work."""
    words = [str(duty.label) for duty in Duty if duty in set(duties)]
    return (", " if _language() == "en" else "、").join(words)


@register.filter
def weekday(when: date) -> str:
    """周三 / Wed"""
    return WEEKDAYS["en"][when.weekday()] if _language() == "en" else f"周{WEEKDAYS['zh'][when.weekday()]}"


@register.simple_tag
def weekday_heads() -> list[str]:
    """Monday to Sunday, as short as a small calendar needs them."""
    return [name[:2] for name in WEEKDAYS[_language() if _language() == "en" else "zh"]]


@register.filter
def month_name(month: int) -> str:
    """3 月 / Mar"""
    return MONTHS[month - 1] if _language() == "en" else f"{month} 月"


@register.filter
def day(when: date | datetime | None) -> str:
    """9 月 30 日（周三） / Wed 30 Sep; with the year only when it is not the present one."""
    if when is None:
        return ""
    shown = clock.county_day(when) if isinstance(when, datetime) else when
    other_year = shown.year != clock.county_day(clock.now()).year
    if _language() == "en":
        year = f" {shown.year}" if other_year else ""
        return f"{WEEKDAYS['en'][shown.weekday()]} {shown.day} {MONTHS[shown.month - 1]}{year}"
    year = f"{shown.year} 年 " if other_year else ""
    return f"{year}{shown.month} 月 {shown.day} 日（周{WEEKDAYS['zh'][shown.weekday()]}）"


@register.filter
def month(first: date) -> str:
    """11 月 / Nov"""
    return MONTHS[first.month - 1] if _language() == "en" else f"{first.month} 月"


@register.filter
def moment(when: datetime | None) -> str:
    """The day, and the time of day."""
    return f"{day(when)} {when.astimezone(clock.COUNTY_TIME):%H:%M}" if when else ""


@register.filter
def stamp(when: datetime | None) -> str:
    """A moment as tables sort it: 2026-09-30 16:20, in county time."""
    return f"{when.astimezone(clock.COUNTY_TIME):%Y-%m-%d %H:%M}" if when else ""


@register.simple_tag
def control(field: BoundField, hint: str = "", autofocus: bool = False, bare: bool = False) -> SafeString:
    """The field's widget, dressed, and tied to its hint and error for those who listen to the page."""
    attrs: dict[str, Any] = {"class": _dress(field)}
    described = [f"{field.auto_id}_hint"] if hint else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    if described and not field.use_fieldset:
        attrs["aria-describedby"] = " ".join(described)
    if autofocus:
        attrs["autofocus"] = True
    if bare:
        attrs["placeholder"] = False  # a label says it better, and stays when one types
    return field.as_widget(attrs=attrs)


def _dress(field: BoundField) -> str:
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        dress = "form-check-input"
    elif isinstance(widget, forms.Select):
        dress = "form-select"
    else:
        dress = "form-control"
    return f"{dress} {own}".strip()


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(takes_context=True)
def text_size(context: template.Context) -> str:
    """The word "large" where the reader asked for it: by this page's link, or by the choice kept in a cookie."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return "normal"
    asked = request.GET.get("text") or request.COOKIES.get("text")
    return "large" if asked == "large" else "normal"
