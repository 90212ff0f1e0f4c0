"""Findings, what is put up for review, metrics under audit, and coaching."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pacemark.web.organization.models import Rep, Team
from pacemark.web.process.choices import ActionState, AuditVerdict, Cause, QualityKind, ReviewState


class Tolerance(models.Model):
    """What is still normal (水至清则无鱼); the highest version holds."""

    version = models.PositiveIntegerField(unique=True)
    min_money_minor = models.BigIntegerField(default=0, help_text="a finding below says nothing")
    min_excess_talks = models.PositiveSmallIntegerField(default=10)
    redial_minutes = models.PositiveSmallIntegerField(default=10)
    redials_a_day = models.PositiveSmallIntegerField(default=20)
    burst_seconds = models.PositiveSmallIntegerField(default=5)
    burst_dials = models.PositiveSmallIntegerField(default=10, help_text="short dials in a row")
    burst_gap_seconds = models.PositiveSmallIntegerField(default=20, help_text="from one dial of a run to the next")
    off_roster_dials = models.PositiveSmallIntegerField(default=20, help_text="in a week")
    no_talk_percent = models.PositiveSmallIntegerField(default=20)
    deferred_days = models.PositiveSmallIntegerField(default=3, help_text="after a period's end")
    streak_days = models.PositiveSmallIntegerField(default=3, help_text="working days without a deal that are said")
    unreported_deep_talks = models.PositiveSmallIntegerField(default=2, help_text="with one lead and no opportunity")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"v{self.version}"


class Finding(models.Model):
    """Where a gap came from: the stage, its money, the cause, how sure, and the evidence. Counted anew each time."""

    key = models.CharField(
        max_length=120, unique=True, help_text="who, what against what, stage: counted anew it stays one"
    )
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, null=True, blank=True, related_name="findings")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="findings")
    first_day = models.DateField()
    last_day = models.DateField()
    stage = models.CharField(max_length=40)
    money_minor = models.BigIntegerField(help_text="below 0: lost against the plan or the period before")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    verdict = models.CharField(max_length=20, help_text="skill, not_ruled_out, not_enough_data")
    p = models.FloatField(null=True)
    q = models.FloatField(null=True, help_text="p with all stages and people considered")
    evidence = models.JSONField(help_text="counts, rates, lead mix, trials still needed, ids of calls to listen to")
    counted_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["is_current", "team", "first_day"], name="finding_team")]

    def __str__(self) -> str:
        return self.key


class QualityItem(models.Model):
    """Something of a rep's window that deserves a look; the decision on it is kept."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="quality_items")
    kind = models.CharField(max_length=12, choices=QualityKind.choices)
    first_day = models.DateField()
    last_day = models.DateField()
    evidence = models.JSONField(help_text="counts, test and bars of the histogram, ids of the records")
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    word = models.CharField(max_length=500, blank=True, default="", help_text="what the rep says about it")
    word_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "kind", "first_day", "last_day"], name="quality_item_once_a_window")
        ]
        indexes = [models.Index(fields=["state", "last_day"], name="quality_item_state")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.kind} {self.first_day}"


class MetricAudit(models.Model):
    """One metric's audit of one month."""

    month_start = models.DateField()
    metric = models.CharField(max_length=60)
    verdict = models.CharField(max_length=16, choices=AuditVerdict.choices)
    numbers = models.JSONField(help_text="discrimination, stability, independence, validity, intervals, n")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month_start", "metric"], name="metric_audit_once_a_month")]

    def __str__(self) -> str:
        return f"{self.metric} {self.month_start}"


class MonitoredMetric(models.Model):
    """Whether a metric is watched, and a target, from a day on; the latest row of a metric holds."""

    metric = models.CharField(max_length=60)
    valid_from = models.DateField()
    is_watched = models.BooleanField()
    is_target = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True, default="")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "valid_from"], name="monitored_metric_once_a_day")]

    def __str__(self) -> str:
        return f"{self.metric} {self.valid_from}"


class CoachingAction(models.Model):
    """What a manager will do with a rep, until when, and the evidence that it happened. Without evidence: not done."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="coaching_actions"
    )
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="coaching_actions")
    finding = models.ForeignKey(Finding, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    stage = models.CharField(max_length=40, blank=True, default="")
    what = models.CharField(max_length=500)
    evidence_asked = models.CharField(max_length=500, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=ActionState.choices, default=ActionState.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=2000, blank=True, default="")
    excuse = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(done_on__isnull=False) & ~Q(evidence="")),
                name="coaching_done_has_evidence",
            )
        ]
        indexes = [
            models.Index(fields=["owner", "due_on"], name="coaching_owner_due"),
            models.Index(fields=["rep", "due_on"], name="coaching_rep_due"),
        ]

    def __str__(self) -> str:
        return self.what


class LookedAt(models.Model):
    """That a leader looked at a team's gaps on a day: daily follow-through, shown beside the execution rate."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "team", "day"], name="looked_at_once_a_day"),
            models.CheckConstraint(condition=Q(last_at__gte=F("first_at")), name="looked_at_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.team_id} {self.day}"


class RepCauses(models.Model):
    """One rep's sales month up to a day: what was asked, what came, and why, in money; counted anew each time."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="causes")
    first_day = models.DateField(help_text="of the sales month")
    last_day = models.DateField(help_text="what has been counted up to")
    is_setter = models.BooleanField(default=False, help_text="its money is what opportunities are worth, not booked")
    target_minor = models.BigIntegerField(null=True, help_text="due by then; empty where no plan stands")
    actual_minor = models.BigIntegerField()
    goal_minor = models.BigIntegerField(default=0)
    execution_minor = models.BigIntegerField(default=0)
    ability_minor = models.BigIntegerField(default=0)
    luck_minor = models.BigIntegerField(default=0)
    detail = models.JSONField(help_text="factors of plan and period, parts, and each stage with its verdict")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "first_day"], name="rep_causes_once_a_month"),
            models.CheckConstraint(
                condition=Q(target_minor__isnull=True)
                | Q(
                    actual_minor=F("target_minor") + F("goal_minor") + F("execution_minor") + F("ability_minor")
                    + F("luck_minor")
                ),
                name="rep_causes_add_up",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["first_day", "rep"], name="rep_causes_month")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.first_day}"
