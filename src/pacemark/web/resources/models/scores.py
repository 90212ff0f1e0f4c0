"""Scores with their parts, withholding with its way out, and duty as people switch it themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pacemark.web.organization.models import Rep, Team
from pacemark.web.resources.choices import AppealState, DutyKind, WithholdingState
from pacemark.web.resources.models.policies import PolicyVersion


class ScoreCycle(models.Model):
    """One publishing of scores: the window they were counted over, and the version whose weights were used."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="score_cycles")
    first_day = models.DateField()
    last_day = models.DateField()
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class Score(models.Model):
    """A rep's or a team's score with all its parts: actual, what this mix of leads gives others, shrunk, weight."""

    cycle = models.ForeignKey(ScoreCycle, on_delete=models.CASCADE, related_name="scores")
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, null=True, blank=True, related_name="scores")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="scores")
    value = models.FloatField(null=True, help_text="empty: not enough data, a newcomer is protected")
    place = models.PositiveIntegerField(null=True, help_text="rank among reps of the team, or among teams")
    parts = models.JSONField(help_text="per metric: actual, expected for this mix, n, shrunk ratio, weight, points")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "rep"], condition=Q(rep__isnull=False), name="score_once_a_rep"),
            models.UniqueConstraint(fields=["cycle", "team"], condition=Q(rep__isnull=True), name="score_once_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id or self.team_id}: {self.value}"


class WithholdingRule(models.Model):
    """When weak process is answered with fewer leads; the highest version holds."""

    version = models.PositiveIntegerField(unique=True)
    is_on = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False, help_text="else a person applies what the rule proposes")
    metric = models.CharField(max_length=40, default="first_call_share", help_text="a code of the process metrics")
    bar_percent = models.PositiveSmallIntegerField(default=70)
    within_hours = models.PositiveSmallIntegerField(default=24)
    min_leads = models.PositiveSmallIntegerField(default=10, help_text="fewer say nothing")
    base_percent = models.PositiveSmallIntegerField(default=50)
    reward_percent = models.PositiveSmallIntegerField(default=0)
    working_days = models.PositiveSmallIntegerField(default=3)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"v{self.version}"


class Withholding(models.Model):
    """A share reduced for a time (限发): trigger, amount, start, end, the way out, and an appeal."""

    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="withholdings")
    state = models.CharField(max_length=8, choices=WithholdingState.choices, default=WithholdingState.PROPOSED)
    rule = models.ForeignKey(WithholdingRule, on_delete=models.PROTECT, null=True, related_name="+")
    trigger = models.JSONField(help_text="metric, value, bar, n: what was seen")
    base_percent = models.PositiveSmallIntegerField(help_text="what is left of the base part")
    reward_percent = models.PositiveSmallIntegerField(help_text="what is left of the reward part")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the first day it no longer holds; it ends by itself")
    way_out = models.CharField(max_length=500, blank=True, default="")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    appeal = models.CharField(max_length=8, choices=AppealState.choices, blank=True, default=AppealState.NONE)
    appeal_text = models.CharField(max_length=1000, blank=True, default="")
    appeal_answer = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="withholding_ends_after_start"),
            models.CheckConstraint(
                condition=Q(base_percent__lte=100, reward_percent__lte=100), name="withholding_at_most_all"
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="withholding_state")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.starts_on}"


class DutyToggle(models.Model):
    """A rep says to be away, until saying otherwise or until an hour."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="duty_toggles")
    kind = models.CharField(max_length=6, choices=DutyKind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep"], condition=Q(ended_at__isnull=True), name="duty_toggle_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.kind}"
