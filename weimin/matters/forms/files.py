"""A box for several files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Cleans to a list of files, empty where none was chosen. What a file is, `uploads` judges by its content."""

    widget = SeveralFilesInput(attrs={"accept": "image/*,audio/*,application/pdf", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files and self.required:
            raise forms.ValidationError(_("请选择文件。"))
        return list(files)


class VoiceInput(forms.FileInput):
    """A telephone opens its recorder for this; with recorder.js the page records itself."""


class Voice(forms.FileField):
    widget = VoiceInput(attrs={"accept": "audio/*", "capture": True})
