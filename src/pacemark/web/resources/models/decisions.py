"""Runs with all they were decided from, one record per decision, leads that wait, and contested leads. Ids only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.choices import ContestState, DecisionKind, RunKind, RunState
from pacemark.web.resources.models.policies import PolicyVersion


class KeptDesk(models.Model):
    """Whom leads could be dealt to and by what rule, shared by all runs of single leads that saw the same."""

    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the content")
    content = models.JSONField(help_text="reps, teams, policy and shares, as a batch keeps them in its inputs")

    def __str__(self) -> str:
        return self.key


class Run(models.Model):
    """One call of the allocator under a key. The same key returns what stands here and writes nothing."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=RunKind.choices)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="runs")
    state = models.CharField(max_length=6, choices=RunState.choices, default=RunState.OPEN)
    inputs_key = models.CharField(
        max_length=64, help_text="SHA-256 of what was asked: the same key, other content: 409"
    )
    desk = models.ForeignKey(KeptDesk, on_delete=models.PROTECT, null=True, related_name="runs", db_index=False)
    inputs = models.JSONField(help_text="the order of leads, counters; of a batch the desk and the ledger before")
    n_leads = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0, help_text="leads of chunks that are committed")
    answer = models.JSONField(default=dict, help_text="counts, fairness, and what the caller was told")
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key


class Decision(models.Model):
    """Why a lead went where it went: ids and numbers, no personal data; never changed."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, db_constraint=False, related_name="decisions")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="decisions", db_index=False)
    kind = models.CharField(max_length=8, choices=DecisionKind.choices)
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    lead_grade = models.CharField(max_length=50, blank=True, default="")
    place = models.PositiveIntegerField(default=0, help_text="in the order of the run")
    decided_at = models.DateTimeField()
    evidence = models.JSONField(default=dict, help_text="the winning key and its numbers, what differed from the run")

    class Meta:
        indexes = [
            models.Index(fields=["run", "place"], name="decision_run_place"),
            models.Index(fields=["rep", "decided_at"], name="decision_rep_time"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind}"


class WaitingLead(models.Model):
    """A lead nobody could take, and why. It leaves when it is assigned."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="waiting")
    since = models.DateTimeField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.JSONField(help_text="codes and numbers by rep id, or the code for everyone")
    alerted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["since"], name="waiting_since")]

    def __str__(self) -> str:
        return f"{self.lead_id}"


class Contest(models.Model):
    """Two reps claim one customer (撞单). A manager decides, with the evidence on the page."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="contests")
    raised_by = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="+")
    against = models.ForeignKey(Rep, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    evidence = models.JSONField(default=dict, help_text="ids of what stood when it was raised, by kind of record")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=ContestState.choices, default=ContestState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead"], condition=Q(state="open"), name="contest_one_open")]
        indexes = [models.Index(fields=["state", "raised_at"], name="contest_state")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.state}"
