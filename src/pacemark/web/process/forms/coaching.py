"""What may be typed about coaching: form and format only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CoachingForm(forms.Form):
    """An action for one rep."""

    what = forms.CharField(label=_("What will be done"), max_length=500)
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    evidence_asked = forms.CharField(
        label=_("What will show that it was done (may stay empty)"), max_length=500, required=False
    )
    stage = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    finding = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class EvidenceForm(forms.Form):
    """What shows that it was done. It may come empty: then nothing is done, and the page says so."""

    evidence = forms.CharField(label=_("Evidence"), max_length=2000, required=False)


class ExcuseForm(forms.Form):
    """Why an action is left out."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
