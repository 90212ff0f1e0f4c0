from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TargetBasis(models.TextChoices):
    """Where a target came from, the first that exists wins."""

    TYPED = "typed", _("Set by hand")
    GRADE = "grade", _("From the grade's quota")
    OWN_MEDIAN = "own_median", _("Own median month")
    GROUP_MEDIAN = "group_median", _("Peers' median month")


class Confidence(models.TextChoices):
    FIVE = "0.5", _("Even odds")
    EIGHT = "0.8", _("80 % sure")
    NINE = "0.9", _("90 % sure")
