"""Writing the ladder: tiers, what they are called, and newcomers' ramp. Atomic, attributed, with a trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.ladder import WHOLE_PERCENT, rising
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.models import GradeTier, RampMonth, TierLabel
from pacemark.web.goals.queries.tiers import tier_amounts
from pacemark.web.goals.refusals import refuse
from pacemark.web.organization.models import Grade
from pacemark.web.trail.services import record

LABEL_LENGTH = TierLabel._meta.get_field("label").max_length or 50
MOST_RAMP_MONTHS = 24


@transaction.atomic
def set_tiers(
    *, actor: User | None, grade_id: int, valid_from: date, amounts_minor: Mapping[Tier, int]
) -> list[GradeTier]:
    """Let amounts per quarter hold for a grade's tiers from a day on; together with the others they must rise."""
    grade = Grade.objects.select_for_update().get(pk=grade_id)
    if any(amount <= 0 for amount in amounts_minor.values()):
        raise refuse("tier_not_positive", "A tier's amount must be above zero.", "amount")
    if GradeTier.objects.filter(grade=grade, valid_from=valid_from, tier__in=amounts_minor).exists():
        message = f"{grade.name} has amounts from {valid_from.isoformat()} already; choose another day."
        raise refuse("tier_same_day", message, "valid_from")
    standing = tier_amounts(valid_from).get(grade_id)
    known = {tier: one.amount_minor for tier, one in standing.tiers.items()} if standing else {}
    if not rising({**known, **amounts_minor}):
        raise refuse("tiers_must_rise", "Tiers must rise: core, then high, then benchmark.", "amount")
    rows = [
        GradeTier(grade=grade, tier=tier, valid_from=valid_from, amount_minor=amount, set_by=actor)
        for tier, amount in amounts_minor.items()
    ]
    GradeTier.objects.bulk_create(rows)
    changes = {"valid_from": valid_from.isoformat(), **{str(tier): amount for tier, amount in amounts_minor.items()}}
    record(actor=actor, action="goals.tiers_set", subject=grade, changes=changes)
    return rows


@transaction.atomic
def rename_tiers(*, actor: User | None, labels: Mapping[Tier, str]) -> None:
    """Call the tiers by the organisation's own words; an empty one goes back to ours."""
    words = {tier: label.strip()[:LABEL_LENGTH] for tier, label in labels.items()}
    own = [label for label in words.values() if label]
    if len(set(own)) < len(own):
        raise refuse("tier_label_twice", "Two tiers must not have the same name.", "label")
    TierLabel.objects.filter(tier__in=words).delete()
    TierLabel.objects.bulk_create(TierLabel(tier=tier, label=label) for tier, label in words.items() if label)
    changes = {str(tier): label for tier, label in words.items()}
    record(actor=actor, action="goals.tiers_renamed", subject=("tiers", "labels"), changes=changes)


@transaction.atomic
def set_ramp(*, actor: User | None, shares_percent: Sequence[int]) -> None:
    """Say which share of the quota each month of tenure asks, the month of joining first; none means all of it."""
    if any(not 0 <= share <= WHOLE_PERCENT for share in shares_percent):
        raise refuse("ramp_out_of_range", "A share of the quota lies between 0 and 100 percent.", "share")
    if len(shares_percent) > MOST_RAMP_MONTHS:
        raise refuse("ramp_too_long", "A ramp ends within two years.", "share")
    before = list(RampMonth.objects.order_by("month_no").values_list("share_percent", flat=True))
    # An empty table would mean our defaults; "no ramp" is written as the whole quota from the first month on.
    shares = list(shares_percent) or [WHOLE_PERCENT]
    RampMonth.objects.all().delete()
    RampMonth.objects.bulk_create(
        RampMonth(month_no=number, share_percent=share) for number, share in enumerate(shares, start=1)
    )
    record(actor=actor, action="goals.ramp_set", subject=("ramp", "all"), changes={"shares": [before, shares]})
