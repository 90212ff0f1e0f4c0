"""The consent of a rep and a manager to a plan. Its steps and versions are only ever added to."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pacemark.web.goals.choices import AgreementState, Confidence, StepKind
from pacemark.web.goals.models.plans import RepPlan
from pacemark.web.organization.models import Rep


class Agreement(models.Model):
    """One rep and one sales month: where the talk stands. ``n_steps`` tells whether somebody else was quicker."""

    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="agreements")
    period_start = models.DateField()
    state = models.CharField(max_length=10, choices=AgreementState.choices)
    n_steps = models.PositiveIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "period_start"], name="agreement_once_a_month")]
        indexes = [models.Index(fields=["period_start", "state"], name="agreement_state")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.period_start} {self.state}"


class AgreementVersion(models.Model):
    """What was proposed, and since when it holds; the last one agreed holds until another is."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    plan = models.ForeignKey(RepPlan, on_delete=models.PROTECT, related_name="agreement_versions")
    target_minor = models.BigIntegerField()
    confidence = models.CharField(max_length=3, choices=Confidence.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="plans_proposed"
    )
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="plans_agreed"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    holds_from = models.DateField(null=True, blank=True, help_text="the business date on which both had agreed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "version"], name="agreement_version_once")]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.version}"


class AgreementStep(models.Model):
    """One thing said in the talk: proposed, asked, revised, agreed, reopened or withdrawn, by whom and why."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="steps")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=1000, blank=True, default="")
    wished_minor = models.BigIntegerField(null=True, blank=True, help_text="the amount that the rep asks for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="agreement_step_once")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.number} {self.kind}"
