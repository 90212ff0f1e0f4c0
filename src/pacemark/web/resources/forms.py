"""What may be typed in about policies, replays and withholding: form and format only."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.organization.forms import DateInput
from pacemark.web.organization.models import Team
from pacemark.web.resources.queries.policies import METRICS

METRIC_WORDS = {
    "win_rate": _("Win rate"),
    "talk_to_opportunity": _("Leads that become opportunities"),
    "first_call": _("First call within 24 hours"),
}
ORDERS = (
    ("first_pick", _("The best leads go to the best, first")),
    ("balanced", _("Good and weak leads are dealt evenly")),
    ("best_fit", _("Matched by expected value")),
    ("arrival", _("As leads arrive")),
)


def _whole(label: Any, *, most: int = 1_000_000, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=required)


class PolicyForm(forms.Form):
    """A version of the rule."""

    base = _whole(_("Shared equally, percent"), most=100, required=True)
    floor = _whole(_("Floor per person"), required=True)
    ceiling = _whole(_("Ceiling per person"))
    expected_leads = _whole(_("Leads expected in the window"))
    window = forms.ChoiceField(
        label=_("Floor and ceiling are for"),
        choices=(("batch", _("each batch")), ("day", _("a day")), ("week", _("a week")), ("month", _("a month"))),
    )
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS)
    make_up = _whole(_("Made up for after leave, at most"), required=True)
    cap_holdings = _whole(_("Leads held at once, at most"))
    cap_day = _whole(_("Leads a day, at most"))
    cap_month = _whole(_("Leads a month, at most"))

    def __init__(self, *args: Any, content: dict[str, Any], teams: list[Team], **given: Any) -> None:
        given["initial"] = _initial(content, teams)
        super().__init__(*args, **given)
        self._teams, self._content = teams, content
        for metric in METRICS:
            label = _("Weight: %(metric)s") % {"metric": METRIC_WORDS[metric]}
            self.fields[f"weight_{metric}"] = _whole(label, most=100, required=True)
        for team in teams:
            label = _("%(team)s: multiplier") % {"team": team.name}
            self.fields[f"multiplier_{team.pk}"] = forms.DecimalField(
                label=label, min_value=0, max_value=100, max_digits=8, decimal_places=3
            )
            self.fields[f"rank_{team.pk}"] = _whole(_("%(team)s: rank") % {"team": team.name}, most=10_000)

    def content(self) -> dict[str, Any]:
        """Return what was typed as a version keeps it; what the form does not know stays."""
        data = self.cleaned_data
        policy: dict[str, Any] = {
            **self._content["policy"],
            "base": f"{data['base']}/100", "reward": f"{100 - data['base']}/100", "floor": data["floor"],
            "ceiling": data["ceiling"], "order": data["order"], "make_up": data["make_up"], "window": data["window"],
            "expected_leads": data["expected_leads"],
        }  # fmt: skip
        return {
            "policy": {key: value for key, value in policy.items() if value is not None},
            "teams": [self._team(team.pk) for team in self._teams],
            "caps": {name: data[f"cap_{name}"] for name in ("holdings", "day", "month")},
            "weights": {metric: data[f"weight_{metric}"] for metric in METRICS},
        }

    def _team(self, pk: int) -> dict[str, Any]:
        row: dict[str, Any] = {"id": str(pk), "multiplier": str(self.cleaned_data[f"multiplier_{pk}"])}
        rank = self.cleaned_data[f"rank_{pk}"]
        return row if rank is None else {**row, "rank": rank}


def _initial(content: dict[str, Any], teams: list[Team]) -> dict[str, Any]:
    from_policy = content["policy"]
    base = (
        Fraction(str(from_policy["base"])) if "base" in from_policy else 1 - Fraction(str(from_policy.get("reward", 0)))
    )
    percent = round(base * 100)
    named = {team["id"]: team for team in content.get("teams") or []}
    return {
        "base": percent, "floor": from_policy.get("floor", 0), "ceiling": from_policy.get("ceiling"),
        "expected_leads": from_policy.get("expected_leads"), "window": from_policy.get("window", "batch"),
        "order": from_policy.get("order", "first_pick"), "make_up": from_policy.get("make_up", 0),
        **{f"cap_{name}": limit for name, limit in (content.get("caps") or {}).items()},
        **{f"weight_{metric}": (content.get("weights") or {}).get(metric, 0) for metric in METRICS},
        **{f"multiplier_{team.pk}": named.get(str(team.pk), {}).get("multiplier", "1") for team in teams},
        **{f"rank_{team.pk}": named.get(str(team.pk), {}).get("rank") for team in teams},
    }  # fmt: skip


class WindowForm(forms.Form):
    """Past days to replay."""

    first = forms.DateField(label=_("From"), widget=DateInput())
    last = forms.DateField(label=_("To"), widget=DateInput())
