"""Credit, offers, success cases, reviews, and celebrations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pacemark.web.goals.choices import Tier
from pacemark.web.organization.models import Region, Rep, Team
from pacemark.web.pipeline.models import Deal
from pacemark.web.results.choices import (
    CaseState,
    CelebrationKind,
    OfferState,
    ReviewActionState,
    ReviewLevel,
    ReviewStage,
    Worked,
)


class CreditShare(models.Model):
    """A rep's part of a deal, in hundredths of a per cent; a deal's parts add up to 10,000. Without rows: its owner."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="credit_shares")
    rep = models.ForeignKey(Rep, on_delete=models.PROTECT, related_name="credit_shares")
    share_bp = models.PositiveIntegerField(help_text="basis points")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "rep"], name="credit_share_once"),
            models.CheckConstraint(condition=Q(share_bp__gt=0, share_bp__lte=10_000), name="credit_share_is_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.rep_id} {self.share_bp}"


class TierOffer(models.Model):
    """The next tier, offered to whoever reached the one before. Next quarter's base does not move."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="tier_offers")
    quarter_start = models.DateField()
    tier = models.CharField(max_length=10, choices=Tier.choices)
    amount_minor = models.BigIntegerField(help_text="the tier's amount")
    booked_minor = models.BigIntegerField(help_text="when it was offered")
    content = models.JSONField(help_text="distance, deals needed, odds, the work it takes: as the calculator answers")
    state = models.CharField(max_length=8, choices=OfferState.choices, default=OfferState.OFFERED)
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "quarter_start", "tier"], name="tier_offer_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.tier}"


class QuarterOutlook(models.Model):
    """Where a rep's running quarter ends at the pace shown, and what their ladder asks; worked out each night."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="quarter_outlooks")
    quarter_start = models.DateField()
    as_of = models.DateField(help_text="the first day not yet known when this was computed")
    target_minor = models.BigIntegerField(null=True, help_text="what the quarter's months ask; null: nothing")
    booked_minor = models.BigIntegerField(help_text="before that day, split credit left out")
    mean_minor = models.BigIntegerField(help_text="the mean of where the quarter ends")
    low_minor = models.BigIntegerField(help_text="one in ten ends below")
    high_minor = models.BigIntegerField(help_text="one in ten ends above")
    chance = models.FloatField(null=True, help_text="of reaching the target, 0 to 1; null: not known")
    ladder = models.JSONField(
        default=dict, help_text="the rungs, what stands open and the rates: the input of `ladder`"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rep", "quarter_start"], name="quarter_outlook_once")]
        indexes = [models.Index(fields=["quarter_start", "rep"], name="quarter_outlook_period")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.quarter_start} as of {self.as_of}"


class OverviewSheet(models.Model):
    """What the overview of a scope and span says, kept so that thousands of people need not be added up each time."""

    scope = models.CharField(max_length=200, help_text="all, or the teams seen")
    label = models.CharField(max_length=24, help_text="the month or quarter")
    mark = models.CharField(max_length=200, help_text="changes with what it is counted from")
    made_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "label"], name="overview_sheet_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.label}"


class SuccessCase(models.Model):
    """What somebody does differently, in numbers, and what became of it when others tried."""

    title = models.CharField(max_length=200)
    practice = models.CharField(max_length=60, help_text="a code of a measured habit, or 'other'")
    stage = models.CharField(max_length=40)
    star = models.ForeignKey(Rep, on_delete=models.SET_NULL, null=True, blank=True, related_name="success_cases")
    is_by_system = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    first_day = models.DateField(help_text="of the comparison")
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=CaseState.choices)
    content = models.JSONField(help_text="habits compared, the case's arithmetic, lead mix")
    trial_from = models.DateField(null=True, blank=True)
    trial = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.title


class CaseAdoption(models.Model):
    """Somebody takes a practice up, from a day on."""

    case = models.ForeignKey(SuccessCase, on_delete=models.CASCADE, related_name="adoptions")
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="case_adoptions")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "rep"], name="case_adoption_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rep_id}"


class Review(models.Model):
    """The look back that ends a cycle (复盘): computed from data, with people's words, agreed and archived."""

    key = models.CharField(max_length=80, unique=True, help_text="level, id and days: one review per cycle")
    level = models.CharField(max_length=12, choices=ReviewLevel.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    first_day = models.DateField()
    last_day = models.DateField()
    stage = models.CharField(max_length=8, choices=ReviewStage.choices, default=ReviewStage.DRAFT)
    content = models.JSONField(help_text="plan, done, deviation, causes, last actions and whether they worked")
    words = models.JSONField(default=dict, blank=True, help_text="what people added, by section")
    written_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["level", "last_day"], name="review_level_day")]

    def __str__(self) -> str:
        return f"{self.level} {self.team_id or self.region_id} {self.first_day}"


class ReviewAction(models.Model):
    """What a review decided: who does what until when; the next review says whether it worked."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="actions")
    what = models.CharField(max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="review_actions"
    )
    due_on = models.DateField()
    metric = models.CharField(max_length=60, blank=True, default="", help_text="what should move; empty: not measured")
    state = models.CharField(max_length=8, choices=ReviewActionState.choices, default=ReviewActionState.OPEN)
    worked = models.CharField(max_length=4, choices=Worked.choices, blank=True, default=Worked.UNKNOWN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    settled_on = models.DateField(null=True, blank=True, help_text="when it was done or dropped")

    def __str__(self) -> str:
        return self.what


class Celebration(models.Model):
    """A moment worth telling (喜报). It names a person only where that person allows it."""

    kind = models.CharField(max_length=12, choices=CelebrationKind.choices)
    key = models.CharField(max_length=120, unique=True, help_text="so that a moment is told once")
    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, null=True, blank=True, related_name="celebrations")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="celebrations")
    day = models.DateField()
    content = models.JSONField(help_text="the numbers on the card, each from the records")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class CelebrationConsent(models.Model):
    """Whether a rep lets their name stand on cards; without a row it is asked first."""

    rep = models.OneToOneField(Rep, on_delete=models.CASCADE, primary_key=True, related_name="celebration_consent")
    is_given = models.BooleanField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rep_id}"
