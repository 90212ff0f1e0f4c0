"""What may be typed in about units: form and format only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.goals.amount_fields import AmountField, amount_input
from pacemark.web.goals.choices import SplitRule, UnitLevel
from pacemark.web.goals.models import UnitTarget

REASON_LENGTH = UnitTarget._meta.get_field("reason").max_length


class UnitForm(forms.Form):
    """Which unit is meant."""

    level = forms.ChoiceField(choices=UnitLevel.choices)
    unit = forms.IntegerField(min_value=0)

    def key(self) -> tuple[str, int]:
        """Return level and id."""
        return (self.cleaned_data["level"], self.cleaned_data["unit"])


class UnitAmountForm(UnitForm):
    """A unit's amount in a span."""

    amount = AmountField(label=_("Amount"), widget=amount_input())
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, required=False)


class SplitForm(UnitForm):
    """A unit's amount over the level below."""

    rule = forms.ChoiceField(label=_("In proportion to"), choices=SplitRule.choices, required=False)
    seen = forms.CharField(max_length=64, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, required=False)

    def chosen_rule(self) -> SplitRule:
        """Return the rule; what stands now where none is chosen: it already holds ramps, grades and agreements."""
        return SplitRule(self.cleaned_data["rule"] or SplitRule.STANDING)
