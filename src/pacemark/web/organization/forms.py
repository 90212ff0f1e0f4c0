"""What may be typed in about the organisation: form and format only."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.models import User
from pacemark.web.organization.choices import DayKind, Role
from pacemark.web.organization.models import CalendarDay, Grade, Leave, Organization, Team, WorkingPattern

WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class DateInput(forms.DateInput):
    """The browser's own date field; it speaks ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Settings that an owner may change."""

    class Meta:
        model = Organization
        fields = [
            "name", "time_zone", "currency", "default_region", "sales_month_start_day", "revenue_basis",
            "connect_seconds", "effective_seconds", "deep_talk_seconds",
        ]  # fmt: skip
        labels = {
            "name": _("Organisation"),
            "time_zone": _("Time zone"),
            "currency": _("Currency (three letters)"),
            "default_region": _("Country of bare phone numbers (two letters)"),
            "sales_month_start_day": _("Sales month starts on day"),
            "revenue_basis": _("Revenue counts"),
            "connect_seconds": _("A connect talks at least (seconds)"),
            "effective_seconds": _("An effective dial talks at least (seconds)"),
            "deep_talk_seconds": _("A deep talk lasts at least (seconds)"),
        }

    def clean_time_zone(self) -> str:
        """Accept the names that the time-zone database knows."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("No time zone has this name; write one such as Asia/Shanghai."))
        return zone

    def clean(self) -> dict[str, Any]:
        """Hold the thresholds in their order."""
        data = super().clean() or self.cleaned_data
        asked = [data.get(f"{name}_seconds") for name in ("connect", "effective", "deep_talk")]
        seconds = [value for value in asked if value is not None]
        if seconds != sorted(seconds):
            raise forms.ValidationError(_("The thresholds must rise: connect, effective dial, deep talk."))
        return data


class CalendarDayForm(forms.Form):
    """One day that is not what its weekday says."""

    date = forms.DateField(label=_("Date"), widget=DateInput())
    kind = forms.ChoiceField(
        label=_("Is"), choices=[*DayKind.choices, ("", _("An ordinary day again"))], required=False
    )
    name = forms.CharField(
        label=_("Name"), max_length=CalendarDay._meta.get_field("name").max_length or 100, required=False
    )


class MoveForm(forms.Form):
    """A rep's new team, grade and role from a day on."""

    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.order_by("name"), required=False)
    grade = forms.ModelChoiceField(label=_("Grade"), queryset=Grade.objects.order_by("ordinal"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Told from the records")), *Role.choices], required=False)


class LeaveForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days away, both ends included."""

    class Meta:
        model = Leave
        fields = ["first_day", "last_day", "kind"]
        widgets = {"first_day": DateInput(), "last_day": DateInput()}
        labels = {"first_day": _("First day"), "last_day": _("Last day"), "kind": _("Kind")}

    def clean(self) -> dict[str, Any]:
        """Let a leave end on or after the day it begins."""
        data = super().clean() or self.cleaned_data
        if data.get("first_day") and data.get("last_day") and data["last_day"] < data["first_day"]:
            raise forms.ValidationError(_("The last day must not lie before the first."))
        return data


class AccountForm(forms.Form):
    """The account that a rep signs in with."""

    user = forms.ModelChoiceField(
        label=_("Account"),
        queryset=User.objects.filter(is_active=True).order_by("username"),
        required=False,
        empty_label=_("no account"),
    )


class TeamPatternForm(forms.Form):
    """Which working pattern a team follows."""

    team = forms.ModelChoiceField(queryset=Team.objects.all(), widget=forms.HiddenInput)
    pattern = forms.ModelChoiceField(
        label=_("Working pattern"), queryset=WorkingPattern.objects.order_by("name"), required=False
    )
