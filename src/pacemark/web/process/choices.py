from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """The mission's four causes."""

    GOAL = "goal", _("Goal")
    EXECUTION = "execution", _("Attitude and execution")
    ABILITY = "ability", _("Ability")
    LUCK = "luck", _("Luck")


class QualityKind(models.TextChoices):
    """What is put up for review; never an accusation."""

    PADDING = "padding", _("Talks just past the threshold")
    REDIAL = "redial", _("Redials within minutes")
    BURST = "burst", _("Bursts of short dials")
    OFF_ROSTER = "off_roster", _("Dials outside the roster")
    NO_TALK = "no_talk", _("Opportunities without a talk")
    DEFERRED = "deferred", _("Deals just past the period's end")


class ReviewState(models.TextChoices):
    """What came of a look at it."""

    OPEN = "open", _("Please review")
    EXPLAINED = "explained", _("Explained")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class ActionState(models.TextChoices):
    """A coaching action. Late and missed follow from the dates."""

    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    EXCUSED = "excused", _("Excused")


class AuditVerdict(models.TextChoices):
    KEEP = "keep", _("Keep")
    WATCH = "watch", _("Watch")
    DROP = "drop", _("Drop")
    NOT_ENOUGH_DATA = "not_enough_data", _("Not enough data")
