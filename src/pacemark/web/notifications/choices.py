from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")
    EMAIL = "email", _("E-mail")


class MessageKind(models.TextChoices):
    """What a message is about; each channel chooses which it wants."""

    DIGEST = "digest", _("Digest")
    ZERO_STREAK = "zero_streak", _("Zero streak")
    FIRST_DEAL = "first_deal", _("First deal")
    AGREEMENT = "agreement", _("Agreement waiting")
    COACHING = "coaching", _("Coaching due")
    CLOCK = "clock", _("Clock about to run out")
    WAITING_LEADS = "waiting", _("Leads waiting")
    CELEBRATION = "celebration", _("Celebration")
    TEST = "test", _("Test")


class MessageState(models.TextChoices):
    """QUEUED → SENDING → SENT. ``DOUBTFUL``: handed over, and no answer told what became of it."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DOUBTFUL = "doubtful", _("Arrival not known")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped")


class Answer(models.TextChoices):
    """What came of one attempt."""

    NONE = "", _("No answer yet")
    SENT = "sent", _("Taken")
    THROTTLED = "throttled", _("Too many at once")
    AGAIN = "again", _("Not reached")
    REFUSED = "refused", _("Refused")
    DOUBTFUL = "doubtful", _("No answer came")
