from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HookEvent(models.TextChoices):
    """What a program elsewhere may be told of. The words are part of the API: never changed, only added to."""

    LEAD_ASSIGNED = "lead.assigned", _("A lead got an owner")
    PLAN_AGREED = "plan.agreed", _("A plan was agreed")
    OFFER_MADE = "offer.made", _("The next tier was offered")
    OFFER_ANSWERED = "offer.answered", _("An offer was answered")
    REVIEW_AGREED = "review.agreed", _("A review was agreed")
    TEST = "test", _("Test")


class DeliveryState(models.TextChoices):
    """QUEUED → SENDING → SENT; back to QUEUED after each failure, FAILED after the last."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class ReceiptState(models.TextChoices):
    """What became of something that was posted to us."""

    TAKEN = "taken", _("Taken in")
    REFUSED = "refused", _("Refused")
