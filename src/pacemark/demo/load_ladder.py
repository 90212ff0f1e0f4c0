"""Sets the ladder up: tiers, newcomers' ramp, seasons, what some reps are after, and amounts from above."""

from __future__ import annotations

from datetime import date

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.ladder import DEFAULT_RAMP
from pacemark.web.goals.bridge.units import Stretch, UnitKey
from pacemark.web.goals.choices import IntentionKind, Span, SplitRule, Tier, UnitLevel
from pacemark.web.goals.models import UnitTarget
from pacemark.web.goals.queries.quarters import quarter_first
from pacemark.web.goals.queries.splits import split_down
from pacemark.web.goals.queries.units import stretch_after, stretch_of, unit_board
from pacemark.web.goals.services.intentions import choose_intention
from pacemark.web.goals.services.ladder import set_ramp, set_tiers
from pacemark.web.goals.services.seasons import learn_seasons
from pacemark.web.goals.services.units import apply_split, set_unit_amounts
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.grade_services import set_quota
from pacemark.web.organization.models import Grade, GradeQuota, Membership
from pacemark.web.organization.queries import organization

OPERATIONS = "ops"
ORGANIZATION: UnitKey = (UnitLevel.ORGANIZATION, 0)
# A handful of choices tell the story; the others are asked what their grade asks.
N_CHOICES = 24
EVERY_SO_MANY_CLIMB = 3
# From above a little more is asked than people add up to, as it is.
ABOVE_PERCENT = 105
ROUND_MINOR = 1_000_000
TIER_PERCENT = {Tier.CORE: 100, Tier.HIGH: 125, Tier.BENCHMARK: 160}


def write_ladder() -> None:
    """Write it once, before the first plans are made: they follow what stands here."""
    if UnitTarget.objects.exists():
        return
    settings = organization()
    today = local_today(settings.time_zone)
    actor = User.objects.filter(username=OPERATIONS).first()
    first = quarter_first(today)
    set_ramp(actor=actor, shares_percent=list(DEFAULT_RAMP.values()))
    learn_seasons(today)
    stretch = stretch_of(f"{first.year}-Q1", settings.sales_month_start_day)
    while stretch.first < first:
        stretch = stretch_after(stretch)
    _top_tiers(actor, stretch)
    _choices(actor, stretch.first)
    _amounts(actor, stretch)


def _top_tiers(actor: User | None, stretch: Stretch) -> None:
    """Set the highest grade's tiers by hand, and raise the lowest grade's quota from the next quarter on."""
    grades = list(Grade.objects.order_by("ordinal"))
    quotas = dict(GradeQuota.objects.order_by("valid_from").values_list("grade_id", "quota_minor"))
    if not grades or grades[-1].pk not in quotas:
        return
    top = quotas[grades[-1].pk]
    amounts = {tier: top * percent // 100 for tier, percent in TIER_PERCENT.items()}
    set_tiers(actor=actor, grade_id=grades[-1].pk, valid_from=stretch.first, amounts_minor=amounts)
    raised = quotas[grades[0].pk] * ABOVE_PERCENT // 100
    set_quota(actor=actor, grade_id=grades[0].pk, valid_from=stretch_after(stretch).first, quota_minor=raised)


def _choices(actor: User | None, first: date) -> None:
    rows = Membership.objects.filter(valid_to__isnull=True, grade__isnull=False).order_by("rep_id")
    for number, rep_id in enumerate(rows.values_list("rep_id", flat=True)[:N_CHOICES]):
        kind = IntentionKind.PROMOTE if number % EVERY_SO_MANY_CLIMB == 1 else IntentionKind.KEEP
        try:
            choose_intention(actor=actor, rep_id=rep_id, quarter_start=first, kind=kind)
        except EngineError:
            # Whoever stands on the highest grade has no next one; they keep it.
            choose_intention(actor=actor, rep_id=rep_id, quarter_start=first, kind=IntentionKind.KEEP)


def _amounts(actor: User | None, stretch: Stretch) -> None:
    """Ask an amount of the organisation, split it over the regions, and one region's over its teams."""
    board = unit_board(stretch)
    people_minor = board.rows[0].people_minor
    if not people_minor:
        return
    asked = people_minor * ABOVE_PERCENT // 100 // ROUND_MINOR * ROUND_MINOR
    set_unit_amounts(actor=actor, span=Span.QUARTER, first=stretch.first, amounts={ORGANIZATION: asked})
    _split(actor, stretch, ORGANIZATION)
    _split(actor, stretch, board.rows[0].node.below[0])


def _split(actor: User | None, stretch: Stretch, key: UnitKey) -> None:
    board = unit_board(stretch)
    row = board.row(key)
    if row is not None and row.asked is not None and row.people_minor:
        rule = SplitRule.STANDING
        seen = split_down(board, row, rule).seen
        apply_split(actor=actor, key=key, stretch=stretch, rule=rule, seen=seen)
