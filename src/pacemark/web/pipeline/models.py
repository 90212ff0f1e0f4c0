"""Events as their sources tell them, keyed (source, external id), current version here and older ones beside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.choices import Direction, EventKind, OpportunityState


class Source(models.Model):
    """A system that delivers records, by the name its import gave."""

    name = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.name


class Segment(models.Model):
    """A lead source (channel) and lead grade: what rates are compared within."""

    channel = models.CharField(max_length=100, blank=True, default="")
    lead_grade = models.CharField(max_length=50, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "lead_grade"], name="segment_once")]

    def __str__(self) -> str:
        return f"{self.channel} · {self.lead_grade}"


class Event(models.Model):
    """What every record carries: where it came from, its id there (text), its content's key and version."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=128)
    content_key = models.BigIntegerField(default=0, help_text="63-bit hash of the content; 0: only referred to so far")
    version = models.PositiveSmallIntegerField(default=1)
    batch_id = models.BigIntegerField(null=True, blank=True, help_text="the import that wrote this version")

    class Meta:
        abstract = True


class EventVersion(models.Model):
    """A version that a later import replaced."""

    kind = models.CharField(max_length=16, choices=EventKind.choices)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=128)
    version = models.PositiveSmallIntegerField()
    content = models.JSONField(help_text="the row as it stood; phones only as their hashes")
    replaced_at = models.DateTimeField()
    replaced_by_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "external_id", "version"], name="event_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} v{self.version}"


class Lead(Event):
    """A customer card (名片)."""

    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True,
        help_text="what its own record states, else what its first opened opportunity states",
    )  # fmt: skip
    stated_segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    owner = models.ForeignKey(Rep, on_delete=models.SET_NULL, null=True, blank=True, related_name="leads")
    name = models.CharField(max_length=200, blank=True, default="")
    phone_encrypted = models.CharField(max_length=200, blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    phone_last4_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True, help_text="local business date")
    next_contact_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    # The database fills these: imports write leads without naming them.
    tags = models.JSONField(
        default=list, blank=True, db_default=Value([], models.JSONField()),
        help_text="texts: territory, language, product",
    )  # fmt: skip
    is_blocked = models.BooleanField(default=False, db_default=False, help_text="not to be contacted (勿扰)")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="personal values were cleared, and stay so")
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="duplicates",
        help_text="the live lead of the same phone; this one is kept as a record",
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="lead_once")]
        # What came on a day and from where is counted from the first alone.
        indexes = [
            models.Index(
                fields=["arrived_on", "segment"], condition=Q(duplicate_of__isnull=True), name="lead_arrivals"
            ),
            models.Index(fields=["duplicate_of"], condition=Q(duplicate_of__isnull=False), name="lead_duplicates"),
        ]

    def __str__(self) -> str:
        return self.external_id


class Call(Event):
    """One call. ``answered`` is the mapped status where the source has one, else empty."""

    # The keys are joined from the tables they point to when calls are written; checking each again triples a bulk load.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, blank=True, db_index=False, db_constraint=False)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, db_index=False, db_constraint=False)
    rep = models.ForeignKey(Rep, models.SET_NULL, null=True, blank=True, db_index=False, db_constraint=False)
    occurred_at = models.DateTimeField()
    business_date = models.DateField()
    local_hour = models.PositiveSmallIntegerField()
    direction = models.PositiveSmallIntegerField(choices=Direction.choices, default=Direction.OUTBOUND)
    answered = models.BooleanField(null=True, blank=True)
    talk_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="call_once")]
        indexes = [models.Index(fields=["lead", "occurred_at"], name="call_lead_time")]

    def __str__(self) -> str:
        return self.external_id


class Opportunity(Event):
    """A lead with a reported buying intention (商机), or the record that a CRM keeps in its place."""

    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, blank=True)
    owner = models.ForeignKey(Rep, on_delete=models.SET_NULL, null=True, blank=True, related_name="opportunities")
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        help_text="as the record states it; rates are compared within the lead's segment",
    )  # fmt: skip
    state = models.CharField(max_length=12, choices=OpportunityState.choices)
    opened_at = models.DateTimeField()
    opened_on = models.DateField(help_text="local business date")
    reported_at = models.DateTimeField(
        null=True, blank=True, help_text="when the intention was reported; empty where the source only tells the intake"
    )
    closed_on = models.DateField(null=True, blank=True)
    expected_minor = models.BigIntegerField(null=True, blank=True)
    sourced_by = models.ForeignKey(
        Rep, on_delete=models.SET_NULL, null=True, blank=True, related_name="opportunities_sourced"
    )
    sourced_call = models.ForeignKey(Call, on_delete=models.SET_NULL, null=True, blank=True, db_constraint=False)
    sourced_on = models.DateField(null=True, blank=True, help_text="business date of the deep talk that led to it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="opportunity_once"),
            models.CheckConstraint(
                condition=Q(expected_minor__isnull=True) | Q(expected_minor__gte=0), name="expected_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["owner", "opened_on"], name="opportunity_owner_day")]

    def __str__(self) -> str:
        return self.external_id


class Deal(Event):
    """A win (成交). Without an amount it counts as a deal with revenue 0 and stays out of the deal value."""

    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, blank=True)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.SET_NULL, null=True, blank=True)
    owner = models.ForeignKey(Rep, on_delete=models.SET_NULL, null=True, blank=True, related_name="deals")
    signed_on = models.DateField(help_text="local business date")
    is_undated = models.BooleanField(default=False, help_text="the source gave no date; the opening date stands in")
    amount_minor = models.BigIntegerField(null=True, blank=True, help_text="contract value")
    cash_minor = models.BigIntegerField(null=True, blank=True, help_text="paid so far")
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="deal_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=0), name="deal_amount_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["owner", "signed_on"], name="deal_owner_day")]

    def __str__(self) -> str:
        return self.external_id


class Refund(Event):
    """Money given back (退费), counted on its own day against the deal's owner."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="refunds")
    refunded_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="refund_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
        ]

    def __str__(self) -> str:
        return self.external_id


class Touch(Event):
    """A contact with a lead that is not a call: a form, a message, the same person arriving again."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="touches")
    rep = models.ForeignKey(Rep, on_delete=models.SET_NULL, null=True, blank=True)
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="touch_once")]

    def __str__(self) -> str:
        return self.external_id
