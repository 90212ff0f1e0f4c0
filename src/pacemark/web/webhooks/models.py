"""Programs elsewhere: those that are told what happened here, and those that tell us what happened there."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pacemark.web.pipeline.choices import EventKind
from pacemark.web.webhooks.choices import DeliveryState, HookEvent, ReceiptState


class Signed(models.Model):
    """What both ends share: a name and a secret, sealed like phones; after a change the former holds for a day."""

    name = models.CharField(max_length=64, unique=True)
    secret_encrypted = models.CharField(max_length=500)
    former_encrypted = models.CharField(max_length=500, blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Receiver(Signed):
    """A program that is told. Its address may hold a key, so it is sealed too."""

    address_encrypted = models.CharField(max_length=3000)
    address_hint = models.CharField(max_length=100, help_text="the host: what may be shown of it")
    wants = models.JSONField(default=list, help_text="codes of the events it is told of")
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="after a failure nothing is sent until then")


class Mark(models.Model):
    """How far one kind of event has been looked through for a receiver.

    What lies beyond ``floor`` is looked at again each time: a transaction that began early may end late.
    """

    receiver = models.ForeignKey(Receiver, on_delete=models.CASCADE, related_name="marks")
    event = models.CharField(max_length=20, choices=HookEvent.choices)
    floor = models.BigIntegerField()
    mark = models.BigIntegerField(help_text="the floor to be, once it is old enough")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receiver", "event"], name="hook_mark_once")]

    def __str__(self) -> str:
        return f"{self.receiver_id} {self.event}"


class Delivery(models.Model):
    """One event for one receiver. Its key is told with every try, so that repeats are known as such."""

    receiver = models.ForeignKey(Receiver, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=20, choices=HookEvent.choices)
    body = models.TextField(help_text="JSON of ids and numbers, exactly as it is signed")
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    queued_at = models.DateTimeField(db_index=True)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=64, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=100, blank=True, default="", help_text="a code, or HTTP and its status")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receiver", "key"], name="delivery_once")]
        indexes = [models.Index(fields=["state", "not_before"], name="delivery_due")]

    def __str__(self) -> str:
        return self.key


class DeliveryTry(models.Model):
    """One try, for the log."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="of HTTP; null: no answer")
    detail = models.CharField(max_length=100, blank=True, default="")
    took_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.at}"


class Caller(Signed):
    """A program that tells: a call centre, a CRM. Its name is the source of what it posts."""

    kind = models.CharField(max_length=16, choices=EventKind.choices)
    mapping = models.TextField(blank=True, default="", help_text="a profile's text; empty: our own field names")


class Receipt(models.Model):
    """What somebody posted in a caller's name, taken or refused."""

    caller = models.ForeignKey(Caller, on_delete=models.CASCADE, related_name="receipts")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReceiptState.choices)
    reason = models.CharField(max_length=60, blank=True, default="", help_text="a code")
    counts = models.JSONField(default=dict, help_text="accepted, updated, unchanged, refused")

    class Meta:
        indexes = [models.Index(fields=["caller", "at"], name="receipt_log")]

    def __str__(self) -> str:
        return f"{self.caller_id} {self.at}"
