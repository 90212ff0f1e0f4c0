"""Plans as computed, what is left of them each night, and drafts of what might be. Nothing is overwritten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.goals.choices import Status, TargetBasis
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import Rep


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


class PlanBasis(models.Model):
    """What the plans of one making share, kept once: how long wins and losses take."""

    period_start = models.DateField()
    as_of = models.DateField(help_text="the first day not yet known when the plans were made")
    win_lag = models.JSONField(help_text="share of the wins that have come within 0, 1, 2, … days")
    loss_lag = models.JSONField(null=True, help_text="the same of losses; null where they are not dated")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period_start", "as_of"], name="plan_basis_once")]

    def __str__(self) -> str:
        return f"{self.period_start} as of {self.as_of}"


class Replan(models.Model):
    """What was left of a rep's plan when a day began: status, projection, chance, and the chain for the rest."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="replans")
    period_start = models.DateField()
    as_of = models.DateField(help_text="the first day not yet known when this was computed")
    plan = models.ForeignKey(RepPlan, on_delete=models.PROTECT, related_name="replans")
    computed_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices)
    target_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    projection_minor = models.BigIntegerField(help_text="the mean of where the period ends at the pace shown")
    projection_low_minor = models.BigIntegerField(help_text="one in ten ends below")
    projection_high_minor = models.BigIntegerField(help_text="one in ten ends above")
    chance = models.FloatField(null=True, help_text="of reaching the target at the pace shown, 0 to 1; null: not known")
    is_feasible = models.BooleanField(help_text="the rest fits into the days left at even odds")
    content = models.JSONField(help_text="the chain for what is left, per confidence, as the API gives it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "period_start", "as_of"], name="replan_once_a_day"),
            models.CheckConstraint(
                condition=Q(chance__isnull=True) | Q(chance__gte=0, chance__lte=1), name="replan_chance_is_a_share"
            ),
        ]
        indexes = [models.Index(fields=["period_start", "as_of", "rep"], name="replan_period")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.period_start} as of {self.as_of}"


class PlanDraft(models.Model):
    """What if: somebody's plan under other assumptions, kept by the one who tried it. It changes nothing."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="plan_drafts")
    period_start = models.DateField()
    name = models.CharField(max_length=100)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plan_drafts")
    kept_at = models.DateTimeField(auto_now_add=True)
    assumptions = models.JSONField(help_text="what was moved, as typed")
    answer = models.JSONField(help_text="what came of it, as shown")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "period_start", "kept_by", "name"], name="plan_draft_name_once")
        ]

    def __str__(self) -> str:
        return self.name
