"""What may be typed in about seasons: form and format only."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.goals.models import SeasonSet

MONTHS_IN_YEAR = 12
_WEIGHT = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,6})?")


class WeightField(forms.CharField):
    """A season weight as an exact decimal: 1.2 is six fifths, never a binary float."""

    def clean(self, value: Any) -> Any:
        """Return the exact number."""
        text = str(super().clean(value)).strip().lstrip("×x")
        if not _WEIGHT.fullmatch(text):
            raise forms.ValidationError(_("Write weights as numbers, for example 1.2."), code="invalid")
        return Fraction(text)


class SeasonForm(forms.Form):
    """Twelve weights, January first, and why."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for number in range(1, MONTHS_IN_YEAR + 1):
            self.fields[f"w-{number}"] = WeightField()
        length = SeasonSet._meta.get_field("note").max_length
        self.fields["note"] = forms.CharField(label=_("Reason"), max_length=length, required=False)

    def weights(self) -> list[Fraction]:
        """Return what was typed."""
        return [self.cleaned_data[f"w-{number}"] for number in range(1, MONTHS_IN_YEAR + 1)]
