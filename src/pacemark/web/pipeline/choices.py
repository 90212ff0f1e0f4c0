from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# The kind of touch that says: this customer arrived, or arrived again.
ARRIVAL = "arrival"


class Direction(models.IntegerChoices):
    OUTBOUND = 1, _("Outbound")
    INBOUND = 2, _("Inbound")
    MISSED = 3, _("Missed")


class OpportunityState(models.TextChoices):
    """``unqualified``: a record that a CRM opened without a reported buying intention; it counts nowhere."""

    UNQUALIFIED = "unqualified", _("Unqualified")
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class EventKind(models.TextChoices):
    """Kinds of records that a source delivers, in the order they are brought in."""

    LEADS = "leads", _("Leads")
    CALLS = "calls", _("Calls")
    OPPORTUNITIES = "opportunities", _("Opportunities")
    DEALS = "deals", _("Deals")
    REFUNDS = "refunds", _("Refunds")
    TOUCHES = "touches", _("Touches")


class Stage(models.IntegerChoices):
    """A cohort's stage, named by what a trial must become to succeed."""

    CONNECT = 1, _("Dial → connect")
    DEEP_TALK = 2, _("Connect → deep talk")
    OPPORTUNITY = 3, _("Deep talk → opportunity")
    WIN = 4, _("Opportunity → deal")


class HoldingBegan(models.TextChoices):
    """How a rep came to hold a lead."""

    ASSIGNED = "assigned", _("Assigned by rule")
    MANUAL = "manual", _("Assigned by hand")
    CLAIMED = "claimed", _("Claimed from the pool")
    TRANSFERRED = "transferred", _("Transferred")
    SELF_SOURCED = "self_sourced", _("Self-sourced")
    IMPORTED = "imported", _("Imported")


class HoldingEnded(models.TextChoices):
    """How a holding ended."""

    RETURNED = "returned", _("Returned by hand")
    RECYCLED = "recycled", _("Recycled by the clock")
    TRANSFERRED = "transferred", _("Transferred")
    WON = "won", _("Won")
    IMPORTED = "imported", _("By an import")
    LEFT = "left", _("Its owner left")
    ERASED = "erased", _("The customer was erased")


class RevealReason(models.TextChoices):
    """Why somebody who does not work a lead looks at its customer's name and number."""

    CALL = "call", _("To call the customer")
    QUALITY = "quality", _("To check a talk")
    DISPUTE = "dispute", _("To decide a dispute")
    REQUEST = "request", _("The customer asked for something")


class PoolEntered(models.TextChoices):
    """How a lead came into a pool."""

    RETURNED = "returned", _("Returned by hand")
    RECYCLED = "recycled", _("Recycled by the clock")
    NEW = "new", _("New, without an owner")
    LEFT = "left", _("Its owner left")
