"""Targets and the plans computed from them. Versions follow each other; nothing is overwritten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.goals.choices import TargetBasis
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import Rep


class Target(models.Model):
    """One rep's amount for one sales month, set by hand; the highest version holds."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="targets")
    period_start = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "period_start", "version"], name="target_version_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.period_start} v{self.version}"


class RepPlan(models.Model):
    """A rep's chain for a sales month as computed on a day; the highest version is what pages show."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="plans")
    period_start = models.DateField()
    period_end = models.DateField(help_text="the last day that belongs to the period")
    as_of = models.DateField(help_text="the first day not yet known when this was computed")
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    computed_at = models.DateTimeField()
    team_id = models.BigIntegerField(default=0, help_text="on the first day of the period; 0 for none")
    role = models.CharField(max_length=10, choices=Role.choices)
    target_minor = models.BigIntegerField()
    target_basis = models.CharField(max_length=12, choices=TargetBasis.choices)
    is_feasible = models.BooleanField(help_text="at even odds, within the dials a day the person has shown")
    content_key = models.CharField(max_length=64, help_text="SHA-256 of the content")
    content = models.JSONField(help_text="rates, plans per confidence and their arithmetic, as the API gives them")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "period_start", "version"], name="rep_plan_version_once"),
            models.UniqueConstraint(
                fields=["rep", "period_start"], condition=Q(is_current=True), name="rep_plan_one_current"
            ),
        ]
        indexes = [models.Index(fields=["period_start", "is_current", "rep"], name="rep_plan_period")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.period_start} v{self.version}"
