"""What may be typed about quality: a decision, the rep's own words, tolerances. Form and format only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.process.models import Tolerance

DECISION_WORDS = (
    ("explained", _("Explained: there is a good reason")),
    ("confirmed", _("Confirmed: we have agreed to do it differently")),
    ("dismissed", _("Dismissed: the count says nothing here")),
)


class DecisionForm(forms.Form):
    """What came of a look, and why."""

    state = forms.ChoiceField(label=_("Decision"), choices=DECISION_WORDS)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class WordForm(forms.Form):
    """What the rep says."""

    word = forms.CharField(label=_("What happened"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ToleranceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is still normal."""

    class Meta:
        model = Tolerance
        fields = [
            "min_excess_talks", "redial_minutes", "redials_a_day", "burst_seconds", "burst_dials",
            "burst_gap_seconds", "off_roster_dials", "no_talk_percent", "deferred_days", "streak_days",
            "unreported_deep_talks", "min_money_minor",
        ]  # fmt: skip
        labels = {
            "min_excess_talks": _("Talks beyond the smooth curve, at least"),
            "redial_minutes": _("A redial comes within (minutes)"),
            "redials_a_day": _("Redials a day that are normal"),
            "burst_seconds": _("A short dial talks under (seconds)"),
            "burst_dials": _("Short dials in a row, at least"),
            "burst_gap_seconds": _("From one dial of a row to the next, at most (seconds)"),
            "off_roster_dials": _("Dials outside the roster a week that are normal"),
            "no_talk_percent": _("Opportunities without a talk that are normal (%)"),
            "deferred_days": _("Working days before and after a month's end that are compared"),
            "streak_days": _("Zero streaks are said from (working days)"),
            "unreported_deep_talks": _("Deep talks with one lead that suggest an opportunity"),
            "min_money_minor": _("A finding is about at least (minor units)"),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what would list everybody or nobody by mistake."""
        data = super().clean() or self.cleaned_data
        for name in ("burst_dials", "deferred_days", "redial_minutes", "streak_days", "unreported_deep_talks"):
            if data.get(name) == 0:
                self.add_error(name, _("At least 1."))
        if (data.get("deferred_days") or 0) > MOST_DEFERRED_DAYS:
            self.add_error("deferred_days", _("At most 10: beyond it the middle of the month begins."))
        if (data.get("no_talk_percent") or 0) > 100:
            self.add_error("no_talk_percent", _("At most 100."))
        return data


MOST_DEFERRED_DAYS = 10
