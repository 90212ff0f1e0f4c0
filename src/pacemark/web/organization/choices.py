from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The part of the chain a rep works. Empty means: told from the records."""

    FULL_CYCLE = "full_cycle", _("Full-cycle")
    SETTER = "setter", _("Setter")
    CLOSER = "closer", _("Closer")


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("Public holiday")
    MAKE_UP = "make_up", _("Make-up workday")


class RevenueBasis(models.TextChoices):
    SIGNING = "signing", _("By signing")
    CASH = "cash", _("By cash")
