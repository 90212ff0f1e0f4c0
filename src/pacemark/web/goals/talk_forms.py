"""What may be typed in a talk about a plan: form and format only. ``seen`` is how many steps the page showed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.goals.choices import Confidence


class TalkForm(forms.Form):
    """Several of these stand on one page: each has ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.removesuffix('Form').lower()}-%s", **kwargs})


class SeenForm(TalkForm):
    """An act about a talk as it was seen."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class AskForm(SeenForm):
    """A rep's question."""

    reason = forms.CharField(label=_("What does not fit?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    wished = forms.DecimalField(
        label=_("The amount you would take (may stay empty)"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )


class ReviseForm(SeenForm):
    """A manager's next version."""

    amount = forms.DecimalField(label=_("Target"), min_value=0, max_digits=12, decimal_places=2)
    reason = forms.CharField(
        label=_("Why it is this amount"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(SeenForm):
    """Taking something back."""

    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ProposeForm(TalkForm):
    """Putting plans before their reps."""

    confidence = forms.ChoiceField(label=_("Confidence"), choices=Confidence.choices, initial=Confidence.FIVE)
    reason = forms.CharField(label=_("A word with it (may stay empty)"), max_length=1000, required=False)
