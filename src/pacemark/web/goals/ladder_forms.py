"""What may be typed in about the ladder: form and format only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pacemark.web.goals.amount_fields import AmountField, amount_input
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.models import TierLabel
from pacemark.web.organization.forms import DateInput
from pacemark.web.organization.models import Grade

RAMP_MONTHS = 6


def _grades() -> Any:
    return Grade.objects.order_by("ordinal")


class GradeForm(forms.Form):
    """A new grade, or another name or place for one."""

    grade = forms.ModelChoiceField(
        label=_("Grade"), queryset=Grade.objects.none(), required=False, empty_label=_("A new grade")
    )
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=Grade._meta.get_field("name").max_length)
    step = forms.IntegerField(label=_("Place, 1 the lowest"), min_value=1, max_value=99, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["grade"].queryset = _grades()  # type: ignore[attr-defined]


class QuotaForm(forms.Form):
    """A grade's quota per quarter from a day on."""

    grade = forms.ModelChoiceField(label=_("Grade"), queryset=Grade.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    amount = AmountField(label=_("Quota per quarter"), widget=amount_input())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["grade"].queryset = _grades()  # type: ignore[attr-defined]


class TiersForm(forms.Form):
    """Amounts of a grade's tiers from a day on; an empty one stays as it is."""

    grade = forms.ModelChoiceField(label=_("Grade"), queryset=Grade.objects.none())
    valid_from = forms.DateField(label=_("From"), widget=DateInput())

    def __init__(self, *args: Any, labels: dict[str, str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["grade"].queryset = _grades()  # type: ignore[attr-defined]
        for tier in Tier:
            self.fields[tier.value] = AmountField(label=labels[tier.value], widget=amount_input(), required=False)

    def amounts(self) -> dict[Tier, int]:
        """Return what was typed, by tier."""
        return {tier: self.cleaned_data[tier.value] for tier in Tier if self.cleaned_data[tier.value] is not None}


class LabelsForm(forms.Form):
    """What the tiers are called here; an empty one is called as we call it."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for tier in Tier:
            length = TierLabel._meta.get_field("label").max_length
            self.fields[tier.value] = forms.CharField(label=tier.label, max_length=length, required=False)

    def labels(self) -> dict[Tier, str]:
        """Return the names by tier."""
        return {tier: self.cleaned_data[tier.value] for tier in Tier}


class RampForm(forms.Form):
    """The share of the quota in a newcomer's first months; the first empty one ends the ramp."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for number in range(1, RAMP_MONTHS + 1):
            label = _("Month %(n)s, percent") % {"n": number}
            self.fields[f"month_{number}"] = forms.IntegerField(label=label, required=False)

    def shares(self) -> list[int]:
        """Return the shares up to the first empty one."""
        shares = []
        for number in range(1, RAMP_MONTHS + 1):
            share = self.cleaned_data[f"month_{number}"]
            if share is None:
                break
            shares.append(share)
        return shares
