"""Whose a lead is, until when, and how it came and went. Every path writes these through ``holding_services``."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pacemark.web.organization.models import Rep, Team
from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded, PoolEntered
from pacemark.web.pipeline.models import Lead


class Pool(models.Model):
    """A public pool (公海): the organisation's, or one team's."""

    name = models.CharField(max_length=100, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="pools")
    claims_per_day = models.PositiveIntegerField(null=True, blank=True, help_text="per rep; a claim returned counts")
    views_per_day = models.PositiveIntegerField(null=True, blank=True, help_text="leads a rep may look at in a day")

    def __str__(self) -> str:
        return self.name


class RecycleRule(models.Model):
    """How long a lead is protected, what prolongs it, and what happens then; the highest version holds for new ones."""

    version = models.PositiveIntegerField(unique=True)
    is_on = models.BooleanField(default=True, help_text="off: nothing is recycled, due dates stay as they are")
    counts_working_days = models.BooleanField(default=False)
    default_days = models.PositiveSmallIntegerField(default=10)
    extension_days = models.PositiveSmallIntegerField(default=3, help_text="counted from each real activity")
    maximum_days = models.PositiveSmallIntegerField(default=20)
    self_sourced_days = models.PositiveSmallIntegerField(default=30)
    remind_days_before = models.PositiveSmallIntegerField(default=2)
    escalate_days_before = models.PositiveSmallIntegerField(default=1, help_text="the manager learns of it")
    cooldown_days = models.PositiveSmallIntegerField(default=7, help_text="for the one who let it go")
    team_cooldown_days = models.PositiveSmallIntegerField(default=0)
    max_locks = models.PositiveSmallIntegerField(default=10, help_text="leads one rep may exempt at a time")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"v{self.version}"


class Holding(models.Model):
    """One rep's time with one lead. A lead has at most one that has not ended."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="holdings")
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="holdings")
    began_how = models.CharField(max_length=12, choices=HoldingBegan.choices)
    began_at = models.DateTimeField()
    began_on = models.DateField(help_text="local business date; protection counts from it")
    rule = models.ForeignKey(RecycleRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True, help_text="recycled when this day has passed; empty: never")
    last_activity_on = models.DateField(null=True, blank=True)
    is_locked = models.BooleanField(default=False)
    is_self_sourced = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True, blank=True)
    escalated_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=HoldingEnded.choices, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(ended_at__isnull=True), name="holding_one_owner"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="holding_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["rep", "began_on"], name="holding_rep_day"),
            models.Index(fields=["rep"], condition=Q(ended_at__isnull=True), name="holding_open"),
            models.Index(fields=["due_on"], condition=Q(ended_at__isnull=True, is_locked=False), name="holding_due"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.rep_id}"


class PoolEntry(models.Model):
    """One lead's time in a pool. A lead is in at most one, and not while somebody holds it."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="pool_entries")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="entries")
    entered_at = models.DateTimeField()
    entered_how = models.CharField(max_length=12, choices=PoolEntered.choices)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(left_at__isnull=True), name="pool_entry_one_pool")
        ]
        indexes = [models.Index(fields=["pool", "entered_at"], condition=Q(left_at__isnull=True), name="pool_entry_in")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.pool_id}"


class Cooldown(models.Model):
    """A rep or a team that may not have a lead again before a day."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="cooldowns")
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    until = models.DateField(help_text="the first day it may be had again")

    class Meta:
        indexes = [models.Index(fields=["lead", "until"], name="cooldown_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.until}"


class ClaimDay(models.Model):
    """How often a rep has claimed or looked on one day; raised by a conditional update, so that limits hold."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    claims = models.PositiveIntegerField(default=0)
    views = models.PositiveIntegerField(default=0)
    seen = models.JSONField(default=list, help_text="pool leads looked at, where the pool limits that")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "day"], name="claim_day_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.day}"
