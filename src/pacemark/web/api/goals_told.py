"""What goals look like. Money is in minor units, in documents as they were kept in major ones."""

from __future__ import annotations

from datetime import date

from pacemark.web.api.shapes import Told, columns_of, kept, shape_of, via
from pacemark.web.goals.bridge.units import Asked as AskedOfUnit
from pacemark.web.goals.choices import IntentionKind, SeasonBasis, TargetBasis, Tier, UnitLevel
from pacemark.web.goals.models import AgreementStep, Intention, PlanDraft, RepPlan
from pacemark.web.goals.models import Replan as ReplanRow
from pacemark.web.goals.queries.agreements import AgreementView
from pacemark.web.goals.queries.tiers import TierAmount
from pacemark.web.overview.week_page import WeekPage

Pair = list[float]
PLAN_ROW = columns_of(RepPlan, "version", "as_of", "target_minor", "is_current", name="PlanRow")
WEEK = shape_of(WeekPage, name="Week", rep_id=int, currency=str)


class Pace(Told):
    """Work a day or week, exact and as it is shown."""

    exact: float
    rounded: int


class PlanAt(Told):
    """A plan at one confidence: work by stage, null where the stage is another's or ``reason`` says why."""

    odds: float | None
    method: str
    dials: float | None
    connects: float | None
    deep_talks: float | None
    opportunities_from_talks: float | None
    opportunities: float | None
    deals: float | None
    pipeline: float | None
    per_day: dict[str, Pace | None]
    per_week: dict[str, Pace | None]
    feasible: bool | None
    reachable: float | None
    reachable_odds: float | None
    reason: str | None


class Estimate(Told):
    """A deal value: seen, and leaning on peers where it was seen seldom; ``peers`` is the middle half of a group."""

    raw: float | None
    tried: float
    mean: float
    interval: Pair
    from_peers: float
    peers: Pair | None


class Rate(Estimate):
    """A rate, 0 to 1."""

    won: float


class OpenPipeline(Told):
    """How many opportunities are open, and the chance that one is won in the period."""

    count: int
    chance: float


class Carried(Told):
    """What a plan carries along, so that each night can go on from it."""

    betas: dict[str, Pair]
    value: list[float]
    capacity_opportunities: float | None
    pace: dict[str, float] | None
    weekdays: list[float] | None


class Plan(Told):
    """A plan as ``pacemark goals plan --json`` prints it, by confidence; money in major units."""

    rep: str
    rep_id: int
    employee_no: str
    team: str
    team_id: int
    grade: str
    role: str
    period: str
    as_of: date
    currency: str
    minor_units: int
    target: float
    target_basis: TargetBasis
    booked: float
    days: int
    days_per_week: float
    capacity_dials_per_day: float | None
    rates: dict[str, Rate]
    deal_value: Estimate
    expected_amount: float
    pipeline_conversion: float
    closing_share: float
    open_pipeline: OpenPipeline
    expected_from_open: float
    direct_opportunities: float
    marks: list[str]
    carried: Carried
    plans: dict[str, PlanAt]


class PlanVersion(Plan):
    """A plan, and which version it is."""

    version: int


class RateLeft(Told):
    """A rate as it is believed now."""

    mean: float
    peers: Pair | None


class Mean(Told):
    """What is believed on average."""

    mean: float


class Projection(Mean):
    """Where the period ends at the pace shown; one in ten below ``low``, one in ten above ``high``."""

    low: float
    high: float


class ReplanTold(Told):
    """What is left of a plan: status, projection, chance, and the chain for the rest; money in major units."""

    rep_id: int
    role: str
    currency: str
    minor_units: int
    target: float
    target_basis: TargetBasis
    capacity_dials_per_day: float | None
    expected_amount: float
    plan_version: int
    period: str
    as_of: date
    booked: float
    opportunities_target: float | None
    sourced: float | None
    day: int
    days_all: int
    days: int
    days_per_week: float
    pro_rata: float
    pace: float | None
    status: str
    closing_share: float
    open_pipeline: OpenPipeline
    expected_from_open: float
    direct_opportunities: float
    weekdays: list[float] | None
    rates: dict[str, RateLeft]
    deal_value: Mean
    pipeline_conversion: float
    projection: Projection
    chance: float
    shown_per_day: float
    plans: dict[str, PlanAt]


class Step(columns_of(AgreementStep, "number", "kind", "at", "reason", "wished_minor")):  # type: ignore[misc]
    """One thing said in the talk, and the version that it is about."""

    by: int | None = via("by_id")
    version: int = via("version", "version")
    target_minor: int = via("version", "target_minor")
    confidence: str = via("version", "confidence")


class PlanOfRep(Told):
    """One rep's plan (null: none yet), its versions, and the talk about it."""

    rep_id: int
    period: str
    version: int | None
    plan: kept(Plan) | None  # type: ignore[valid-type]
    versions: list[PLAN_ROW]  # type: ignore[valid-type]
    agreement: AgreementView | None
    said: list[Step]


class ReplanOfRep(Told):
    """What is left for one rep; null before the first night."""

    rep_id: int
    period: str
    replan: kept(ReplanTold) | None  # type: ignore[valid-type]


class DraftAnswer(Told):
    """What came of a what-if: work in numbers as shown, odds by confidence, and whether it fits (null: not known)."""

    needs: dict[str, str]
    odds: dict[str, float | None]
    fits: bool | None


DRAFT = columns_of(
    PlanDraft, "name", assumptions=kept(dict[str, str | None]), answer=kept(DraftAnswer),
)  # fmt: skip


class Drafts(Told):
    """What one kept."""

    period: str
    items: list[DRAFT]  # type: ignore[valid-type]


class TargetSet(Told):
    """What is asked now, beside what is booked."""

    rep_id: int
    period: str
    amount_minor: int
    version: int
    booked_minor: int


class MonthAsked(Told):
    """One month of a quarter; nothing but the month: nothing is asked of it."""

    period: str
    amount_minor: int | None
    basis: TargetBasis | None = None
    version: int | None = None
    is_held: bool | None = None
    is_closed: bool | None = None


class QuarterRow(Told):
    """A rep's quarter: its own amount (null: the sum of its months)."""

    rep_id: int
    amount_minor: int | None
    sum_minor: int
    version: int
    months: list[MonthAsked]


class MonthTold(Told):
    """One month of a rep's quarter."""

    period: str = via("period", "label")
    weight: float
    workdays: int
    amount_minor: int | None = via("standing_minor")
    booked_minor: int
    is_held: bool
    is_closed: bool
    ramp_percent: int | None


class WishedMonth(Told):
    """What a wish asks of a month, and the odds."""

    period: str = via("period", "label")
    amount_minor: int
    chance: float | None


class WishTold(Told):
    """What one may be after in a quarter."""

    kind: IntentionKind
    grade: str = via("grade_name")
    amount_minor: int | None
    is_current: bool
    months: list[WishedMonth]


class IntentionTold(columns_of(Intention, "version", "kind", "amount_minor")):  # type: ignore[misc]
    """What was chosen, and by whom."""

    by: int | None = via("set_by_id")


class QuarterOfRep(Told):
    """One rep's quarter as its page shows it."""

    rep_id: int
    period: str = via("label")
    amount_minor: int | None = via("own_minor")
    sum_minor: int
    is_over: bool
    months: list[MonthTold] = via("rows")
    wishes: list[WishTold]
    intentions: list[IntentionTold]


class UnitTold(Told):
    """What is asked of a unit, and what the units below and the people add up to."""

    level: UnitLevel = via("node", "level")
    unit_id: int = via("node", "unit_id")
    name: str = via("node", "name")
    asked: AskedOfUnit | None
    below_minor: int | None
    below_difference_minor: int | None
    people_minor: int
    people_difference_minor: int | None
    n_people: int


class SeasonMonthTold(Told):
    """How strong a month is: in use, and as history says."""

    period: str = via("period", "label")
    weight: float
    learned: float
    workdays: int
    is_closed: bool


class Seasons(Told):
    """What each month of the year weighs; ``reason`` says why history cannot tell."""

    period: str = via("quarter_label")
    basis: SeasonBasis = via("in_use", "basis")
    valid_from: date | None = via("in_use", "valid_from")
    version: int = via("in_use", "version")
    learned_from_months: int = via("learned", "n_months")
    trust: float = via("learned", "trust")
    reason: str | None = via("learned", "reason")
    months: list[SeasonMonthTold]


class QuotaTold(Told):
    """A grade's quota from a day on."""

    valid_from: date
    quota_minor: int


class GradeTold(Told):
    """A grade with its quotas through time and its tiers."""

    grade_id: int
    name: str
    quota_minor: int | None
    quotas: list[QuotaTold]
    tiers: dict[Tier, TierAmount | None]
    past_quarters: int


class LadderTold(Told):
    """Grades, what tiers are called, and how much of a quota is asked of newcomers by month."""

    as_of: date
    labels: dict[Tier, str]
    ramp_percent: dict[int, int]
    grades: list[GradeTold]


REPLAN = columns_of(
    ReplanRow, "rep_id", "as_of", "status", "target_minor", "booked_minor", "projection_minor", "projection_low_minor",
    "projection_high_minor", "chance", "is_feasible", name="ReplanRow",
)  # fmt: skip
