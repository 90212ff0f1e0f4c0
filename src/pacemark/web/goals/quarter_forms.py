"""What may be typed in about a rep's quarter: form and format only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.goals.amount_fields import AmountField, amount_input
from pacemark.web.goals.choices import IntentionKind
from pacemark.web.goals.models import Target
from pacemark.web.goals.pages.quarter_page import QuarterPage

REASON_LENGTH = Target._meta.get_field("reason").max_length


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, required=False)


class MonthsForm(forms.Form):
    """The open months of a quarter: amounts, and which of them later splits leave alone."""

    def __init__(self, page: QuarterPage, data: Any = None) -> None:
        super().__init__(data)
        self.months = [row for row in page.rows if not row.is_closed]
        self.fields["reason"] = _reason()
        for row in self.months:
            self.fields[f"m-{row.period.label}"] = AmountField(
                widget=amount_input(), required=False, label=row.period.label
            )
            self.fields[f"h-{row.period.label}"] = forms.BooleanField(required=False)

    def edits(self) -> tuple[dict[date, int], set[date]]:
        """Return the months that were changed with their amounts, and the months that later splits leave alone.

        An amount that somebody types is left alone; a tick does the same for one that stays as it is.
        """
        amounts, held = {}, set()
        for row in self.months:
            amount = self.cleaned_data[f"m-{row.period.label}"]
            if amount is None:
                continue
            is_held = self.cleaned_data[f"h-{row.period.label}"] or amount != row.standing_minor
            if is_held:
                held.add(row.period.first)
            if amount != row.standing_minor or is_held != row.is_held:
                amounts[row.period.first] = amount
        return amounts, held


class QuarterForm(forms.Form):
    """The amount of a whole quarter."""

    amount = AmountField(label=_("Quarter"), widget=amount_input())
    reason = _reason()


class IntentionForm(forms.Form):
    """What a rep is after."""

    kind = forms.ChoiceField(choices=IntentionKind.choices)
    reason = _reason()
