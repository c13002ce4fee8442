"""The form of a year's holiday notice: lines as in docs/operate/calendar.md, written or ticked."""

import csv
from datetime import date
from io import StringIO
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..notice_days import COLUMNS, HOLIDAYS, as_lines, named_day, read_notice
from ..services.calendar import NoticeDay

LONGEST = 20_000


class NoticeForm(forms.Form):
    source = forms.CharField(label=_("通知文号或来源"), max_length=200)
    lines = forms.CharField(
        label=_("放假和调休的日子"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_("一天一行：日期、上班 yes 或放假 no、中文名称、英文名称，用逗号隔开。可以从表格里粘贴。"),
    )
    holiday = forms.ChoiceField(label=_("这些日子叫什么"), required=False, choices=HOLIDAYS)
    works = forms.ChoiceField(
        label=_("勾选的日子"), required=False, choices=[("no", _("放假休息")), ("yes", _("调休上班"))]
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.days: list[NoticeDay] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.days, errors = _read(cleaned.get("lines", ""), self.year)
        if errors:
            self.add_error("lines", forms.ValidationError(errors))
        elif not self.days:
            self.add_error("lines", _("还没有写任何一天。"))
        return cleaned

    def with_ticked(self, ticked: list[str]) -> str:
        """The lines with the ticked days added, or changed where they were written already."""
        written, _errors = _read(str(self.data.get("lines", ""))[:LONGEST], self.year)
        days = {row.day: row for row in written}
        for day in _ticked(ticked, self.year):
            days[day] = named_day(day, works=self.data.get("works") == "yes", holiday=self.data.get("holiday", ""))
        return as_lines(days.values())


def _read(text: str, year: int) -> tuple[list[NoticeDay], list[str]]:
    """Lines from a file or a spreadsheet; a heading may stand above them and is not asked for."""
    text = text.replace("\t", ",").replace("，", ",").strip()
    headed = text.lower().startswith(COLUMNS[0])
    table = csv.DictReader(StringIO(text if headed else f"{','.join(COLUMNS)}\n{text}"))
    rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in table]
    return read_notice(rows, year=year, first=2 if headed else 1)


def _ticked(words: list[str], year: int) -> list[date]:
    found = []
    for word in words:
        try:
            day = date.fromisoformat(word)
        except ValueError:
            continue
        if day.year == year:
            found.append(day)
    return found
