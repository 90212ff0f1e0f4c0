"""What the rule owes so far. Exact fractions as text; each run's chunk replaces them in its own transaction."""

from __future__ import annotations

from django.db import models

from pacemark.web.organization.models import Rep, Team
from pacemark.web.resources.models.policies import Policy


class TeamAccount(models.Model):
    """A team's entitlement within a lead grade."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    lead_grade = models.CharField(max_length=50, blank=True, default="")
    entitled = models.CharField(max_length=200, help_text="an exact fraction, for example 355/113")
    received = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "team", "lead_grade"], name="team_account_once")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.lead_grade}"


class RepAccount(models.Model):
    """A rep's entitlement within a lead grade; over all grades it decides among team-mates."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="+")
    lead_grade = models.CharField(max_length=50, blank=True, default="")
    entitled = models.CharField(max_length=200, help_text="an exact fraction, for example 355/113")
    received = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "rep", "lead_grade"], name="rep_account_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.lead_grade}"


class LedgerState(models.Model):
    """The rest of a policy's ledger, and the lock that runs take turns on."""

    policy = models.OneToOneField(Policy, on_delete=models.PROTECT, primary_key=True, related_name="ledger")
    rest = models.JSONField(default=dict, help_text="absent, marks and the policy window, as the engine writes them")
    window_start = models.DateField(null=True, blank=True)
    shares = models.JSONField(default=dict, help_text="solved once per policy window: exact fractions by rep id")
    n_runs = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.policy_id}"
