"""Amounts asked: of a rep for a month or quarter, of a unit for any span. The highest version holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.goals.choices import BatchKind, BatchState, SeasonBasis, Span, TargetBasis, UnitLevel
from pacemark.web.organization.models import Rep


class Target(models.Model):
    """One rep's amount for one sales month."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="targets")
    period_start = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    basis = models.CharField(max_length=12, choices=TargetBasis.choices, default=TargetBasis.TYPED)
    is_held = models.BooleanField(default=False, help_text="set by hand: a new split of the quarter leaves it alone")
    reason = models.CharField(max_length=500, blank=True, default="")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "period_start", "version"], name="target_version_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="target_not_negative"),
        ]
        indexes = [models.Index(fields=["period_start", "rep", "version"], name="target_period")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.period_start} v{self.version}"


class QuarterTarget(models.Model):
    """One rep's amount for one quarter, which its months add up to."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="quarter_targets")
    quarter_start = models.DateField(help_text="first day of the quarter's first sales month")
    version = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    basis = models.CharField(max_length=12, choices=TargetBasis.choices, default=TargetBasis.TYPED)
    reason = models.CharField(max_length=500, blank=True, default="")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "quarter_start", "version"], name="quarter_target_version_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="quarter_target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.quarter_start} v{self.version}"


class UnitTarget(models.Model):
    """What is asked of the organisation, a region or a team, from above; the people's sum is shown beside it."""

    level = models.CharField(max_length=12, choices=UnitLevel.choices)
    unit_id = models.BigIntegerField(default=0, help_text="region or team; 0 for the organisation")
    span = models.CharField(max_length=8, choices=Span.choices)
    first_day = models.DateField(help_text="first day of the month, quarter or year")
    version = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500, blank=True, default="")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "unit_id", "span", "first_day", "version"], name="unit_target_version_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="unit_target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.unit_id} {self.span} {self.first_day} v{self.version}"


class SeasonSet(models.Model):
    """Season weights of the twelve months from a quarter on; the last saved for a first day holds."""

    valid_from = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    weights = models.JSONField(help_text="twelve texts, January first, exact decimals or fractions")
    basis = models.CharField(max_length=8, choices=SeasonBasis.choices)
    note = models.CharField(max_length=500, blank=True, default="", help_text="why, in the words of who set it")
    n_months = models.PositiveSmallIntegerField(default=0, help_text="months of history they were learned from")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["valid_from", "version"], name="season_set_version_once")]

    def __str__(self) -> str:
        return f"{self.valid_from} v{self.version}"


class TargetBatch(models.Model):
    """Many targets changed at once: previewed first, then applied whole or thrown away."""

    kind = models.CharField(max_length=10, choices=BatchKind.choices)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREVIEWED)
    file_name = models.CharField(max_length=255, blank=True, default="")
    changes = models.JSONField(help_text="rows of rep, month, old and new minor units, version seen, and what is wrong")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="target_batches"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    n_done = models.PositiveIntegerField(default=0, help_text="how far applying and planning anew has come")
    n_all = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
