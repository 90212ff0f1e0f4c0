"""What may be typed in on the people × months page: form and format only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.goals.choices import CopySource, EditKind, SpreadBy

MAX_WORKBOOK_BYTES = 10 * 1024 * 1024


class CellForm(forms.Form):
    """One person's target for one month, and the version that was on the screen."""

    amount = forms.DecimalField(label=_("Target"), min_value=0, max_digits=12, decimal_places=2)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class BulkEditForm(forms.Form):
    """A change of many targets; ``value`` is an amount, or a percentage where the kind multiplies."""

    kind = forms.ChoiceField(label=_("What to do"), choices=EditKind.choices)
    value = forms.DecimalField(
        label=_("Amount or per cent"),
        max_digits=15,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    weights = forms.ChoiceField(label=_("Spread by"), choices=SpreadBy.choices, required=False)

    def clean(self) -> dict[str, Any]:
        """Only adding may take something away."""
        cleaned = super().clean() or {}
        value = cleaned.get("value")
        if value is not None and value < 0 and cleaned.get("kind") != EditKind.ADD:
            self.add_error("value", _("Only adding takes a value below zero."))
        return cleaned


class CopyForm(forms.Form):
    """Where to copy targets from, and whether season and working days carry over."""

    source = forms.ChoiceField(label=_("Copy from"), choices=CopySource.choices)
    is_scaled = forms.BooleanField(label=_("Scale by season and working days"), required=False, initial=True)


class WorkbookForm(forms.Form):
    """A workbook of people × months."""

    workbook = forms.FileField(
        label=_("Workbook (XLSX)"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}), max_length=255
    )

    def clean_workbook(self) -> Any:
        """Refuse what is too large to be people × months."""
        sent = self.cleaned_data["workbook"]
        if sent.size > MAX_WORKBOOK_BYTES:
            raise forms.ValidationError(_("The workbook is larger than 10 MB."))
        return sent


class ApplyForm(forms.Form):
    """The confirmation of a preview."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    leaves_agreed_out = forms.BooleanField(label=_("Leave agreed plans as they are"), required=False)
