"""The organisation: its settings, regions, teams, reps through time, and its working time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from pacemark.web.organization.choices import DayKind, RevenueBasis, Role
from pacemark.web.organization.held import hold_no_longer


def _five_days() -> list[list[int]]:
    return [[0, 1, 2, 3, 4]]


class Organization(models.Model):
    """The one row of settings that an owner may change."""

    name = models.CharField(max_length=200, blank=True, default="")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    sales_month_start_day = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    revenue_basis = models.CharField(max_length=8, choices=RevenueBasis.choices, default=RevenueBasis.SIGNING)
    connect_seconds = models.PositiveIntegerField(default=1)
    effective_seconds = models.PositiveIntegerField(default=30)
    deep_talk_seconds = models.PositiveIntegerField(default=180)
    default_region = models.CharField(max_length=2, default="CN", help_text="country that bare phone numbers belong to")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, whoever writes; what this request has read before no longer stands."""
        hold_no_longer()
        super().save(*args, **kwargs)


class Region(models.Model):
    """A group of teams under one director."""

    name = models.CharField(max_length=100, unique=True)
    director = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="regions_directed"
    )

    def __str__(self) -> str:
        return self.name


class WorkingPattern(models.Model):
    """Which weekdays are worked, in a cycle of weeks, and from when to when."""

    name = models.CharField(max_length=100, unique=True)
    weeks = models.JSONField(default=_five_days, help_text="one list of weekdays (0 = Monday) per week of the cycle")
    anchor_monday = models.DateField(help_text="a Monday on which the first week of the cycle begins")
    shift_start = models.TimeField()
    shift_end = models.TimeField()
    follows_calendar = models.BooleanField(default=True, help_text="public holidays and make-up days apply")

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Reps under one manager."""

    name = models.CharField(max_length=100, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="teams")
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="teams_managed"
    )
    working_pattern = models.ForeignKey(WorkingPattern, on_delete=models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Grade(models.Model):
    """A step of the career ladder (职级)."""

    name = models.CharField(max_length=50, unique=True)
    ordinal = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return self.name


class GradeQuota(models.Model):
    """A grade's quarterly quota (职级任务) from a date on."""

    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="quotas")
    valid_from = models.DateField()
    quota_minor = models.BigIntegerField(help_text="per quarter, in minor currency units")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grade", "valid_from"], name="grade_quota_once_a_day"),
            models.CheckConstraint(condition=Q(quota_minor__gte=0), name="grade_quota_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.grade_id} {self.valid_from}"


class Rep(models.Model):
    """One who dials and sells (销售). Team, grade and role are dated in :class:`Membership`."""

    employee_no = models.CharField(max_length=64, unique=True, null=True, blank=True)
    name = models.CharField(max_length=150)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="rep"
    )
    hired_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True, help_text="the first day no longer employed")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="name and number were cleared")

    class Meta:
        indexes = [models.Index(fields=["name"], name="rep_name")]

    def __str__(self) -> str:
        return self.name


class RepAlias(models.Model):
    """A name or number by which a source knows a rep."""

    source = models.CharField(max_length=64)
    label = models.CharField(max_length=150)
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "label"], name="rep_alias_once")]

    def __str__(self) -> str:
        return self.label


class Membership(models.Model):
    """A rep's team, grade and role from one day until the next row's day."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="the first day it no longer holds")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "valid_from"], name="membership_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="membership_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["team", "valid_from"], name="membership_team")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.valid_from}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a make-up workday (调休)."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=DayKind.choices)
    name = models.CharField(max_length=100, blank=True, default="")
    is_provisional = models.BooleanField(default=False, help_text="expected, not yet announced")

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class Leave(models.Model):
    """Days a rep is away, both ends included."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()
    kind = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="leave_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.first_day}"


class RosterDay(models.Model):
    """One day of one rep's roster, over the team's pattern."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="roster_days")
    date = models.DateField()
    is_working = models.BooleanField()
    shift_start = models.TimeField(null=True, blank=True)
    shift_end = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "date"], name="roster_day_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.date}"
