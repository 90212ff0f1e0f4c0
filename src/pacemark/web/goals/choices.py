from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TargetBasis(models.TextChoices):
    """Where a target came from, the first that exists wins."""

    TYPED = "typed", _("Set by hand")
    QUARTER = "quarter", _("Share of the quarter")
    INTENTION = "intention", _("From what the rep is after")
    SPLIT = "split", _("Split from above")
    IMPORTED = "imported", _("From a workbook")
    COPIED = "copied", _("Copied from last period")
    GRADE = "grade", _("From the grade's quota")
    OWN_MEDIAN = "own_median", _("Own median month")
    GROUP_MEDIAN = "group_median", _("Peers' median month")


class Confidence(models.TextChoices):
    FIVE = "0.5", _("Even odds")
    EIGHT = "0.8", _("80 % sure")
    NINE = "0.9", _("90 % sure")


class Tier(models.TextChoices):
    """The ladder inside a grade; also the three levels of a target."""

    CORE = "core", pgettext_lazy("tier", "Core")
    HIGH = "high", pgettext_lazy("tier", "High")
    BENCHMARK = "benchmark", pgettext_lazy("tier", "Benchmark")


class IntentionKind(models.TextChoices):
    KEEP = "keep", _("Keep the grade")
    PROMOTE = "promote", _("Reach the next grade")


class Status(models.TextChoices):
    """Where a period is heading, from its pace."""

    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")
    AT_RISK = "at_risk", _("At risk")


class UnitLevel(models.TextChoices):
    ORGANIZATION = "organization", _("Organisation")
    REGION = "region", _("Region")
    TEAM = "team", _("Team")


class Span(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class SplitRule(models.TextChoices):
    """By what an amount from above is split over units or people."""

    STANDING = "standing", _("What stands with the people now")
    QUOTA = "quota", _("What the grades ask of them")
    LAST = "last", _("Revenue of the span before")


class SeasonBasis(models.TextChoices):
    LEARNED = "learned", _("Learned from history")
    FLAT = "flat", _("Flat")
    HAND = "hand", _("Set by hand")


class BatchKind(models.TextChoices):
    EDIT = "edit", _("Bulk edit")
    IMPORT = "import", _("Workbook")
    COPY = "copy", _("Copy of last period")
    SPLIT = "split", _("Split from above")


class BatchState(models.TextChoices):
    PREVIEWED = "previewed", _("Previewed")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    DROPPED = "dropped", _("Thrown away")


class AgreementState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ASKED = "asked", _("Asked about")
    AGREED = "agreed", _("Agreed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class StepKind(models.TextChoices):
    PROPOSE = "propose", _("Proposed")
    ASK = "ask", _("Asked")
    REVISE = "revise", _("Revised")
    AGREE = "agree", _("Agreed")
    REOPEN = "reopen", _("Reopened")
    WITHDRAW = "withdraw", _("Withdrawn")


class EditKind(models.TextChoices):
    """What a bulk edit does to each target."""

    SET = "set", _("Set to an amount")
    MULTIPLY = "multiply", _("Multiply by per cent")
    ADD = "add", _("Add an amount")
    SPREAD = "spread", _("Spread an amount over them")


class SpreadBy(models.TextChoices):
    """What an amount is spread in proportion to."""

    TARGETS = "targets", _("their targets now")
    EQUAL = "equal", _("equal parts")
    BOOKED = "booked", _("what they booked the month before")


class CopySource(models.TextChoices):
    """Which period targets are copied from."""

    MONTH = "month", _("the month before")
    QUARTER = "quarter", _("the quarter before")
    YEAR = "year", _("the year before")
