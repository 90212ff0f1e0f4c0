"""What is known from before the event log: monthly totals that somebody typed or brought along."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pacemark.web.organization.models import Rep, Team


class MonthlyTotal(models.Model):
    """Revenue of one month, of a team or of one rep, from before there were events; seasons are learned from it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="monthly_totals")
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, null=True, blank=True, related_name="monthly_totals")
    month_start = models.DateField(help_text="first day of the sales month")
    revenue_minor = models.BigIntegerField(help_text="net of refunds, in minor currency units")
    active_reps = models.PositiveIntegerField(default=1, help_text="people who sold in that month")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "month_start"], condition=Q(rep__isnull=True), name="monthly_total_once_a_team"
            ),
            models.UniqueConstraint(
                fields=["rep", "month_start"], condition=Q(rep__isnull=False), name="monthly_total_once_a_rep"
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(rep__isnull=False), name="monthly_total_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id or self.rep_id} {self.month_start}"
