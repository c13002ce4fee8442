"""A box for a person's words: cleaned, and refused, in the same sentences as by every other way in."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.kernel.words import Mistake, clean_text


class Words(forms.CharField):
    """Text with a longest length. What cannot be kept is told here, on the page where it was written."""

    default_error_messages = {"required": _("这里还没有写内容。")}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = []  # ours say what to do; Django's only that it may not be

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return clean_text(text, limit=self.max_length or 0)
        except Mistake as mistake:
            raise forms.ValidationError(mistake.words(get_language() or "zh-hans"), code=mistake.code) from None
