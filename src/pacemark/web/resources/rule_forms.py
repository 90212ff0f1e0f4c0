"""What may be typed in about withholding, the clock, the pool, people's leads, and one lead: form and format only."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.organization.forms import DateInput
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline.choices import RevealReason
from pacemark.web.pipeline.holding_models import Pool, RecycleRule
from pacemark.web.resources.models import WithholdingRule
from pacemark.web.ui.wording import words_for

_BETWEEN_TAGS = re.compile(r"[,，、;；\n]+")


def _offer(field: forms.Field, choices: list[tuple[Any, Any]]) -> None:
    """Set what a field offers: people are known only when the form is made."""
    field.choices = choices  # type: ignore[attr-defined]


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day and a time of day."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class WithholdingRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """When weak process is answered with fewer leads."""

    class Meta:
        model = WithholdingRule
        fields = [
            "is_on", "is_automatic", "bar_percent", "within_hours", "min_leads", "base_percent", "reward_percent",
            "working_days",
        ]  # fmt: skip
        labels = {
            "is_on": _("The rule is on"),
            "is_automatic": _("It applies by itself; otherwise a manager applies what it proposes"),
            "bar_percent": _("New leads called in time, at least (percent)"),
            "within_hours": _("In time is within (hours)"),
            "min_leads": _("Says nothing about fewer leads than"),
            "base_percent": _("Left of the equal part (percent)"),
            "reward_percent": _("Left of the reward part (percent)"),
            "working_days": _("Ends by itself after (working days)"),
        }


class RecycleRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """How long a lead is protected, and what happens then."""

    class Meta:
        model = RecycleRule
        fields = [
            "is_on", "counts_working_days", "default_days", "extension_days", "maximum_days", "self_sourced_days",
            "remind_days_before", "escalate_days_before", "cooldown_days", "team_cooldown_days", "max_locks",
        ]  # fmt: skip
        labels = {
            "is_on": _("The clock is on; off keeps all due days and recycles nothing"),
            "counts_working_days": _("Count working days only"),
            "default_days": _("Protected for (days)"),
            "extension_days": _("Each real contact protects for (days from it)"),
            "maximum_days": _("Never longer than (days)"),
            "self_sourced_days": _("Self-sourced leads are protected for (days)"),
            "remind_days_before": _("Remind the rep (days before)"),
            "escalate_days_before": _("Tell the manager (days before)"),
            "cooldown_days": _("Whoever let it go cannot claim it for (days)"),
            "team_cooldown_days": _("Nor can the team for (days)"),
            "max_locks": _("Leads one rep may lock"),
        }

    def clean(self) -> dict[str, Any]:
        """Hold the longest protection above the first."""
        data = super().clean() or self.cleaned_data
        default, longest = data.get("default_days"), data.get("maximum_days")
        if default is not None and longest is not None and longest < default:
            self.add_error("maximum_days", words_for("resources.maximum_below_default"))
        return data


class PoolForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a pool allows a rep on one day."""

    class Meta:
        model = Pool
        fields = ["claims_per_day", "views_per_day"]
        labels = {
            "claims_per_day": _("Claims a day and rep (empty: no limit)"),
            "views_per_day": _("Leads a rep may look at in a day (empty: no limit)"),
        }


class SkillsForm(forms.Form):
    """The tags a rep takes."""

    tags = forms.CharField(label=_("Skills, with commas between"), max_length=2000, required=False)

    def listed(self) -> list[str]:
        """Return the tags one by one."""
        return [tag.strip() for tag in _BETWEEN_TAGS.split(self.cleaned_data["tags"]) if tag.strip()]


class SourcingForm(forms.Form):
    """Who finds their own customers, from which day on."""

    who = forms.ChoiceField(label=_("Who"))
    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    is_on = forms.TypedChoiceField(
        label=_("Leads"), coerce=lambda text: text == "1",
        choices=(("1", _("find their own; nothing is dealt to them")), ("0", _("are dealt leads by the rule"))),
    )  # fmt: skip

    def __init__(self, *args: Any, members: list[Member], **given: Any) -> None:
        super().__init__(*args, **given)
        teams = {member.team_id: member.team_name for member in members if member.team_id}
        choices: list[tuple[Any, Any]] = [("organization-0", _("Everybody"))]
        choices += [(f"team-{pk}", name) for pk, name in teams.items()]
        choices += [(f"rep-{member.rep_id}", f"{member.name} · {member.team_name}") for member in members]
        _offer(self.fields["who"], choices)

    def unit(self) -> tuple[str, int]:
        """Return the level and the id that were chosen."""
        level, _dash, pk = self.cleaned_data["who"].rpartition("-")
        return level, int(pk)


class NoteForm(forms.Form):
    """When to contact a customer next, and a line about them."""

    next_contact_at = forms.DateTimeField(
        label=_("Next contact"), required=False, widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class RevealForm(forms.Form):
    """Why somebody who does not work a lead looks at the name and the number."""

    reason = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Why do you look?")), *RevealReason.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip


class GiveForm(forms.Form):
    """Who gets a lead by hand."""

    rep = forms.TypedChoiceField(label=_("Give it to"), coerce=int)
    reason = forms.CharField(label=_("Reason, if it goes beyond a limit"), max_length=500, required=False)

    def __init__(self, *args: Any, members: list[Member], **given: Any) -> None:
        super().__init__(*args, **given)
        _offer(self.fields["rep"], [(member.rep_id, f"{member.name} · {member.team_name}") for member in members])
