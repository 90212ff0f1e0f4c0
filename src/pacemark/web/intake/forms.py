"""What may be sent to the Data page: form and format only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from pacemark.web.intake.models import Profile


class ManyFilesInput(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, at least one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Clean each file."""
        files = data if isinstance(data, list | tuple) else [data]
        return [
            file for one in files if isinstance(file := super(ManyFilesField, self).clean(one, initial), UploadedFile)
        ]


class UploadForm(forms.Form):
    """Files to bring in, where they come from, and how they are mapped."""

    uploads = ManyFilesField(label=_("Files: CSV, XLSX or Parquet"))
    source = forms.CharField(label=_("Where they come from"), max_length=64, required=False)
    profile = forms.ModelChoiceField(
        label=_("Mapping"), queryset=Profile.objects.order_by("name"), required=False, empty_label=_("Guess it")
    )


class MappingForm(forms.Form):
    """A mapping as text, and the name to keep it under."""

    source = forms.CharField(label=_("Where the records come from"), max_length=64)
    text = forms.CharField(
        label=_("The mapping as text"), widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"})
    )
    is_text_used = forms.BooleanField(required=False, label=_("Use the text instead of the choices above"))
    name = forms.CharField(label=_("Keep this mapping as"), max_length=64, required=False)


_CHOSEN = re.compile(r"\((\d+)\)\s*$")


def people_chosen(data: Mapping[str, Any], people: list[dict[str, str]]) -> dict[str, int]:
    """Return label → rep id for those whom a person matched, written like ``Li Wei (42)``."""
    found = {}
    for number, label in enumerate(people):
        match = _CHOSEN.search(str(data.get(f"person-{number}", "")))
        if match:
            found[label["text"]] = int(match.group(1))
    return found
