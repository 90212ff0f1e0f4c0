"""Rules of distribution as versions, their replays, and who works self-sourced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.resources.choices import PolicyState, ReplayState, SourcingLevel


class Policy(models.Model):
    """A rule of distribution by name; what it says stands in its versions."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """What a policy says. Edited only as a draft; at most one version of a policy is active."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PolicyState.choices, default=PolicyState.DRAFT)
    content = models.JSONField(help_text="shares, floor, order, score weights, eligibility, teams: as calc reads it")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="policies_made"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    active_from = models.DateTimeField(null=True, blank=True)
    active_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "version"], name="policy_version_once"),
            models.UniqueConstraint(fields=["policy"], condition=Q(state="active"), name="policy_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.version}"


class Replay(models.Model):
    """Past arrivals under a version. It writes only its own summary here."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="replays")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=ReplayState.choices, default=ReplayState.QUEUED)
    n_done = models.PositiveIntegerField(default=0)
    n_all = models.PositiveIntegerField(default=0)
    is_cancel_asked = models.BooleanField(default=False)
    summary = models.JSONField(
        default=dict, help_text="per rep and team: leads, mix, waiting, deviation, fairness, deals"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.first_day}"


class SelfSourcing(models.Model):
    """From a day on, a rep, a team or everyone finds their own customers; the latest row of a level and id holds."""

    level = models.CharField(max_length=12, choices=SourcingLevel.choices)
    unit_id = models.BigIntegerField(default=0, help_text="rep or team; 0 for the organisation")
    valid_from = models.DateField()
    is_on = models.BooleanField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "unit_id", "valid_from"], name="self_sourcing_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.unit_id} {self.valid_from}"
