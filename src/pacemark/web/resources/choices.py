from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyState(models.TextChoices):
    """A version goes one way: draft, replayed, active, retired."""

    DRAFT = "draft", _("Draft")
    REPLAYED = "replayed", _("Replayed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class RunKind(models.TextChoices):
    """What started a run."""

    API = "api", _("As leads arrived")
    BATCH = "batch", _("In a batch")
    MANUAL = "manual", _("By hand")


class RunState(models.TextChoices):
    OPEN = "open", _("Under way")
    DONE = "done", _("Done")


class DecisionKind(models.TextChoices):
    """What was decided about a lead."""

    RULE = "rule", _("Assigned by rule")
    STICKY = "sticky", _("To the owner it had")
    WAITS = "waits", _("Waits")
    MANUAL = "manual", _("Assigned by hand")
    TRANSFER = "transfer", _("Transferred")
    CLAIM = "claim", _("Claimed from the pool")
    RETURN = "return", _("Returned to the pool")
    SELF_SOURCED = "self", _("Self-sourced")


class WithholdingState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPLIED = "applied", _("In force")
    ENDED = "ended", _("Ended")
    LIFTED = "lifted", _("Lifted")
    REJECTED = "rejected", _("Rejected")


class AppealState(models.TextChoices):
    NONE = "", _("No appeal")
    OPEN = "open", _("Appealed")
    UPHELD = "upheld", _("Stands")
    GRANTED = "granted", _("Granted")


class DutyKind(models.TextChoices):
    """Why a rep says to be away."""

    AWAY = "away", _("Away")
    BUSY = "busy", _("Busy with customers")


class ContestState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Stays with its owner")
    MOVED = "moved", _("Goes to the other")


class ReplayState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class SourcingLevel(models.TextChoices):
    """For whom leads are self-sourced: no allocation, only accounting."""

    ORGANIZATION = "organization", _("Organisation")
    TEAM = "team", _("Team")
    REP = "rep", _("Rep")
