"""What may be typed in the Results room."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.results.choices import OfferState, ReviewActionState

ROWS = 5
SETTLED = (ReviewActionState.DONE, ReviewActionState.DROPPED)


class CreditForm(forms.Form):
    """Who is credited with how many percent: so many rows, empty ones left out. People by number or name."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Draw one person and one part per row."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for row in range(ROWS):
            self.fields[f"rep_{row}"] = forms.CharField(max_length=150, required=False, label=_("Person"))
            self.fields[f"share_{row}"] = forms.DecimalField(required=False, label=_("Part, %"), max_digits=9)

    def parts(self) -> list[tuple[str, Decimal]]:
        """Return what was typed; a person without a part has none of it."""
        found = []
        for row in range(ROWS):
            rep, share = self.cleaned_data.get(f"rep_{row}"), self.cleaned_data.get(f"share_{row}")
            if rep or share:
                found.append((str(rep or ""), share if share is not None else Decimal(0)))
        return found

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields row by row."""
        return [(self[f"rep_{row}"], self[f"share_{row}"]) for row in range(ROWS)]


class DecisionForm(forms.Form):
    """What the rep says to an offer."""

    state = forms.ChoiceField(choices=[(one.value, one.label) for one in (OfferState.ACCEPTED, OfferState.DECLINED)])


class ConsentForm(forms.Form):
    """A rep's word about their name on cards."""

    is_given = forms.TypedChoiceField(choices=(("yes", ""), ("no", "")), coerce=lambda word: word == "yes")


class WordsForm(forms.Form):
    """What somebody adds to a section of a review."""

    section = forms.CharField(max_length=20)
    text = forms.CharField(max_length=2000, label=_("Your words"), widget=forms.Textarea(attrs={"rows": 2}))


class ActionForm(forms.Form):
    """An action of a review."""

    what = forms.CharField(label=_("What will be done"), max_length=500)
    owner = forms.TypedChoiceField(label=_("Who"), coerce=int)
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    metric = forms.ChoiceField(label=_("What should move"), required=False)

    def __init__(self, *args: object, owners: Sequence[tuple[int, str]], metrics: Sequence[tuple[str, str]]) -> None:
        """Offer the unit's people, and what actions are measured by."""
        super().__init__(*args)  # type: ignore[arg-type]
        owner, metric = self.fields["owner"], self.fields["metric"]
        if isinstance(owner, forms.ChoiceField) and isinstance(metric, forms.ChoiceField):
            owner.choices, metric.choices = list(owners), list(metrics)


class SettleForm(forms.Form):
    """What became of an action."""

    state = forms.ChoiceField(choices=[(one.value, one.label) for one in SETTLED])
