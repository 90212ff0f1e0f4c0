"""What may be typed in on the Goals pages: form and format only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TargetForm(forms.Form):
    """A person's target for one sales month, in major units."""

    amount = forms.DecimalField(label=_("Target"), min_value=0, max_digits=12, decimal_places=2)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
