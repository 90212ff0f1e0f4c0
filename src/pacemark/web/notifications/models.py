"""Channels out of the house, and the messages queued for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pacemark.web.notifications.choices import ChannelKind, MessageKind, MessageState
from pacemark.web.organization.models import Team


class Channel(models.Model):
    """A group robot or a mailbox. Its address and secret are encrypted like phones."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    address_encrypted = models.CharField(max_length=2000)
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
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="message_once")]
        indexes = [models.Index(fields=["state", "not_before"], name="message_due")]

    def __str__(self) -> str:
        return self.title
