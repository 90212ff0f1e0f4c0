from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class CaseState(models.TextChoices):
    """A success case goes from candidate over tried to verified or refuted; noise is said too."""

    NOISE = "noise", _("Noise")
    CANDIDATE = "candidate", _("Candidate")
    TRIED = "tried", _("Being tried")
    VERIFIED = "verified", _("Verified")
    REFUTED = "refuted", _("Refuted")


class ReviewLevel(models.TextChoices):
    TEAM = "team", _("Team")
    REGION = "region", _("Region")
    ORGANIZATION = "organization", _("Organisation")


class ReviewStage(models.TextChoices):
    DRAFT = "draft", _("Draft")
    AGREED = "agreed", _("Agreed")
    ARCHIVED = "archived", _("Archived")


class ReviewActionState(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class Worked(models.TextChoices):
    """Whether an action of the last review helped, by the data."""

    UNKNOWN = "", _("Not known yet")
    YES = "yes", _("It worked")
    NO = "no", _("It did not work")


class CelebrationKind(models.TextChoices):
    FIRST_DEAL = "first_deal", _("First deal")
    TIER = "tier", _("Tier reached")
    TARGET = "target", _("Target met")
    TEAM_OF_WEEK = "team_of_week", _("Team of the week")
