"""What the four causes of everybody's months came to, kept for the pages that read them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pacemark.web.organization.models import Rep


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
