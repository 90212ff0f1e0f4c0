"""What may be typed about a success case."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _


class CaseForm(forms.Form):
    """A proposal: whose success, at which stage, by which habit, in which days, and why one thinks so."""

    star = forms.TypedChoiceField(coerce=int, label=_("Whose success"))
    stage = forms.ChoiceField(label=_("At which stage"))
    practice = forms.ChoiceField(label=_("What is done differently"))
    title = forms.CharField(max_length=200, required=False, label=_("In a few words"))
    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    words = forms.CharField(
        max_length=2000, required=False, label=_("How it is done"), widget=forms.Textarea(attrs={"rows": 4})
    )

    def offer(self, *, stars: Sequence[tuple[int, str]], stages: dict[str, str], practices: dict[str, str]) -> CaseForm:
        """Offer the people in sight, the stages and the habits."""
        for name, choices in (("star", stars), ("stage", stages.items()), ("practice", practices.items())):
            chosen = self.fields[name]
            if isinstance(chosen, forms.ChoiceField):
                chosen.choices = [(str(key), label) for key, label in choices]
        return self


class AdoptForm(forms.Form):
    """Who takes a practice up, from which day on."""

    rep = forms.IntegerField(min_value=1)
    since = forms.DateField()


class LeaveForm(forms.Form):
    """Who stops, after which day."""

    rep = forms.IntegerField(min_value=1)
    until = forms.DateField()
