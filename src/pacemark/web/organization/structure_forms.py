"""What may be typed in about regions, teams, working patterns and people: form and format only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.choices import Role
from pacemark.web.organization.forms import WEEKDAYS, DateInput
from pacemark.web.organization.models import Grade, Region, Rep, Team, WorkingPattern

MAX_WEEKS = 4


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _leaders(*roles: AccessRole) -> Any:
    return User.objects.filter(is_active=True, access_role__in=roles).order_by("display_name")


class RegionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A region and its director."""

    director = forms.ModelChoiceField(
        label=_("Director"), queryset=_leaders(AccessRole.DIRECTOR), required=False, empty_label=_("nobody yet")
    )

    class Meta:
        model = Region
        fields = ["name", "director"]
        labels = {"name": _("Region")}


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team, where it belongs, who leads it, and when it works."""

    manager = forms.ModelChoiceField(
        label=_("Manager"), queryset=_leaders(AccessRole.MANAGER), required=False, empty_label=_("nobody yet")
    )
    region = forms.ModelChoiceField(
        label=_("Region"), queryset=Region.objects.order_by("name"), required=False, empty_label="—"
    )
    working_pattern = forms.ModelChoiceField(
        label=_("Working pattern"), queryset=WorkingPattern.objects.order_by("name"), required=False,
        empty_label=_("Monday to Friday"),
    )  # fmt: skip

    class Meta:
        model = Team
        fields = ["name", "region", "manager", "working_pattern"]
        labels = {"name": _("Team")}


class PatternForm(forms.ModelForm):  # type: ignore[type-arg]
    """A working pattern: up to four weeks that follow each other (单休, 大小周), and the shift."""

    class Meta:
        model = WorkingPattern
        fields = ["name", "anchor_monday", "shift_start", "shift_end", "follows_calendar"]
        labels = {
            "name": _("Working pattern"),
            "anchor_monday": _("The first week begins on Monday"),
            "shift_start": _("Shift starts"),
            "shift_end": _("Shift ends"),
            "follows_calendar": _("Public holidays and make-up days apply"),
        }
        widgets = {"anchor_monday": DateInput(), "shift_start": TimeInput(), "shift_end": TimeInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weeks = self.instance.weeks if self.instance.pk else [[0, 1, 2, 3, 4]]
        for number in range(MAX_WEEKS):
            self.fields[f"week_{number + 1}"] = forms.TypedMultipleChoiceField(
                label=_("Week %(n)s") % {"n": number + 1},
                choices=list(enumerate(WEEKDAYS)),
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=weeks[number] if number < len(weeks) else [],
            )

    def clean_anchor_monday(self) -> Any:
        """Hold the cycle's first day to a Monday."""
        day = self.cleaned_data["anchor_monday"]
        if day.weekday() != 0:
            raise forms.ValidationError(_("This day is not a Monday."))
        return day

    def clean(self) -> dict[str, Any]:
        """Gather the weeks; weeks left empty at the end are not part of the cycle."""
        data = super().clean() or self.cleaned_data
        weeks = [sorted(data.pop(f"week_{number + 1}", None) or []) for number in range(MAX_WEEKS)]
        while weeks and not weeks[-1]:
            weeks.pop()
        if not weeks:
            raise forms.ValidationError(_("Tick at least one day of the first week."))
        data["weeks"] = weeks
        return data


class RepForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who a rep is; empty numbers are none, so that two people may have none."""

    class Meta:
        model = Rep
        fields = ["name", "employee_no", "hired_on", "left_on"]
        labels = {
            "name": _("Name"),
            "employee_no": _("Employee no."),
            "hired_on": _("Joined on"),
            "left_on": _("Left on (first day no longer here)"),
        }
        widgets = {"hired_on": DateInput(), "left_on": DateInput()}

    def clean_employee_no(self) -> str | None:
        """Keep an empty number as none."""
        return (self.cleaned_data["employee_no"] or "").strip() or None

    def clean(self) -> dict[str, Any]:
        """Let nobody leave before joining."""
        data = super().clean() or self.cleaned_data
        if data.get("hired_on") and data.get("left_on") and data["left_on"] < data["hired_on"]:
            raise forms.ValidationError(_("The day of leaving lies before the day of joining."))
        return data


class NewRepForm(RepForm):
    """A rep who joins, with a first team, grade and role."""

    class Meta(RepForm.Meta):
        fields = ["name", "employee_no"]

    joined_on = forms.DateField(label=_("Joined on"), widget=DateInput())
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.order_by("name"), required=False)
    grade = forms.ModelChoiceField(label=_("Grade"), queryset=Grade.objects.order_by("ordinal"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Told from the records")), *Role.choices], required=False)


class RosterForm(forms.Form):
    """One day of one rep's roster."""

    day = forms.DateField(label=_("Date"), widget=DateInput())
    is_working = forms.TypedChoiceField(
        label=_("Is"),
        choices=[("yes", _("a working day")), ("no", _("a day off")), ("", _("as the pattern says"))],
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        required=False,
    )
