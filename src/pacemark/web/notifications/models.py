"""Channels out of the house, the messages queued for them, and every attempt to send one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pacemark.web.notifications.choices import Answer, ChannelKind, MessageKind, MessageState
from pacemark.web.organization.models import Team


class Channel(models.Model):
    """A group robot or a mailbox. Its address and secret are encrypted like phones."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    address_encrypted = models.CharField(max_length=2000)
    address_digest = models.CharField(
        max_length=64, default="", db_index=True, help_text="keyed; one limit per address"
    )
    address_hint = models.CharField(max_length=40, default="", help_text="what may be shown of it")
    secret_encrypted = models.CharField(max_length=1000, blank=True, default="")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="channels")
    language = models.CharField(max_length=10, default="zh-hans")
    wants = models.JSONField(default=list, help_text="codes of the kinds of messages it takes")
    digest_at = models.TimeField(null=True, blank=True, help_text="local; never on the half-hour, when all robots talk")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message for one channel. Its key keeps a moment from being told twice."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind.choices)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="Markdown, at most 20 KB")
    picture = models.BinaryField(null=True, help_text="PNG, for the channels that take pictures")
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, help_text="that reached nobody; being throttled is none")
    holder = models.CharField(max_length=64, blank=True, default="", help_text="who sends, or sent, it")
    leased_until = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True, help_text="noted just before the first byte leaves")
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="message_once")]
        indexes = [models.Index(fields=["state", "not_before"], name="message_due")]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One try at sending; the vendor's limit is counted over these."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    address_digest = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="when it began; once answered, when the answer came")
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.NONE)
    detail = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["address_digest", "at"], name="attempt_window")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.at}"
