"""The ladder inside a grade, what a rep intends for a quarter, and how newcomers grow into a quota."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.goals.choices import IntentionKind, Tier
from pacemark.web.organization.models import Grade, Rep


class GradeTier(models.Model):
    """A tier's amount per quarter in a grade from a day on; without a row, the grade's own P50, P75 or P90."""

    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="tiers")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    valid_from = models.DateField()
    amount_minor = models.BigIntegerField(help_text="per quarter, in minor currency units")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grade", "tier", "valid_from"], name="grade_tier_once_a_day"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="grade_tier_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.grade_id} {self.tier} {self.valid_from}"


class TierLabel(models.Model):
    """What an organisation calls a tier; without a row it is 中间力量, 高绩效 or 标杆."""

    tier = models.CharField(max_length=10, choices=Tier.choices, unique=True)
    label = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.label


class RampMonth(models.Model):
    """The share of the quota that is asked of a newcomer in a month of tenure (爬坡); later months ask all of it."""

    month_no = models.PositiveSmallIntegerField(unique=True, help_text="1 is the month of joining")
    share_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share_percent__lte=100), name="ramp_month_at_most_all"),
            models.CheckConstraint(condition=Q(month_no__gte=1), name="ramp_month_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.month_no}: {self.share_percent} %"


class Intention(models.Model):
    """What a rep is after in a quarter: keep the grade (保职级) or reach the next; the highest version holds."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="intentions")
    quarter_start = models.DateField(help_text="first day of the quarter's first sales month")
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=IntentionKind.choices)
    amount_minor = models.BigIntegerField(help_text="what that asks in the quarter, when it was chosen")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "quarter_start", "version"], name="intention_version_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="intention_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.quarter_start} v{self.version}"
