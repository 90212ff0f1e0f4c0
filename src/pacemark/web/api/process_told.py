"""What was found of people, causes of their months, quality and coaching: how it looks. Rates are 0 to 1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pacemark.web.api.shapes import Told, columns_of, kept, shape_of, via
from pacemark.web.pipeline.queries.records import RecordRow
from pacemark.web.pipeline.queries.rep_days import DayCounts
from pacemark.web.pipeline.queries.unreported import Unreported
from pacemark.web.process.bridge.gaps import Streak, WorkGap
from pacemark.web.process.choices import Cause
from pacemark.web.process.models import CoachingAction, MonitoredMetric, QualityItem
from pacemark.web.process.queries.audit import MetricState

Factors = dict[str, float | None]


class CallToHear(Told):
    """A call that lets one hear what a finding is about, by its source's id."""

    id: str
    day: date
    seconds: int
    lead: str


class Evidence(Told):
    """What a finding stands on, as far as it was counted for its stage.

    Of a stage its numbers, of leads how easy they were and ``of`` which stage, of work what was asked and done.
    """

    won: float | None = None
    tried: float | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    usual: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    certainty: float | None = None
    dispersion: float | None = None
    expected: float | None = None
    p: float | None = None
    q: float | None = None
    lasting: float | None = None
    ease: float | None = None
    more_trials: float | None = None
    money_minor: float | None = None
    money_per_success: float | None = None
    ability: str | None = None
    calls: list[CallToHear] = []
    of: str = ""
    done: float | None = None
    asked: float | None = None
    capacity: float | None = None
    leads_minor: int | None = None
    counts: dict[str, list[float | None]] = {}
    is_new: bool = False


class FindingTold(Told):
    """One finding, of a rep or of a team's leads (``rep_id`` null). ``money`` is in major units, below 0: lost."""

    id: int
    rep_id: int | None
    team_id: int | None
    who: str
    first: date
    last: date
    minor_units: int
    stage: str
    money: float
    cause: Cause
    verdict: str
    p: float | None
    q: float | None
    evidence: kept(Evidence)  # type: ignore[valid-type]


class StageTold(Told):
    """One stage of a person as it was judged: what was counted, what is usual with such leads, and what it costs."""

    won: float | None
    tried: float | None
    rate: float | None
    low: float | None
    high: float | None
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    certainty: float | None
    dispersion: float | None
    expected: float | None
    p: float | None
    q: float | None
    lasting: float | None
    ease: float | None
    more_trials: float | None
    money_minor: float | None
    money_per_success: float | None
    verdict: str


class Judged(Told):
    """One person's sales month: both sides of the chain, what each step changes, and each stage; minor units."""

    rep_id: int
    first: date
    last: date
    minor_units: int
    is_setter: bool
    target_minor: int | None
    actual_minor: int
    causes_minor: dict[Cause, int] | None
    role: str
    evidence: list[date]
    is_new: bool
    plan: Factors
    fair: Factors
    done: Factors
    steps: dict[str, int]
    parts: dict[str, int]
    stages: dict[str, kept(StageTold)]  # type: ignore[valid-type]
    findings: list[FindingTold]


class NotJudged(Told):
    """A sales month in which nothing was counted of the person."""

    rep_id: int
    first: date
    last: None
    target_minor: None
    actual_minor: None
    causes_minor: None
    stages: dict[str, None]
    findings: list[FindingTold]


class TeamJudged(Told):
    """A team's sales month: its people's, and what was found of their leads."""

    team_id: int
    team: str
    first: date
    people: list[Judged]
    findings_of_team: list[FindingTold]


class PersonGaps(Told):
    """One person: done, and what is due against it by kind of work."""

    rep_id: int
    name: str
    done: DayCounts
    deep_talks_adjusted: float | None
    gaps: dict[str, WorkGap]
    streak: Streak | None


class TeamGaps(Told):
    """A team's work in a span up to now, and what else waits."""

    team_id: int
    team: str
    span: str
    first: date
    at: datetime
    agreements_waiting: int
    agreements_asked: int
    overdue_leads: int
    unreported_leads: list[Unreported]
    team_streak: Streak | None
    people: list[PersonGaps]


class RankedTold(Told):
    """One person at a stage, counted and with the luck taken out; ``group`` 0: the upper third, null: none told."""

    rep_id: int = via("row", "rep_id")
    won: float
    tried: float
    rate: float
    estimate: float
    low: float
    high: float
    group: int | None


class RankingTold(Told):
    """How much of the differences is real, and people as far as it is."""

    display: str = via("share", "display")
    mean: float | None = via("share", "mean")
    reliability: float | None = via("share", "reliability")
    p: float | None = via("share", "p")
    half_point: float | None = via("share", "half_point")
    people: list[RankedTold] = via("rows")


class StageRanking(Told):
    """A month's ranking at one stage; null: nobody has a trial."""

    first: date
    stage: str
    ranking: RankingTold | None


class GradePeople(Told):
    """A grade, and how many are in it."""

    grade_id: int
    grade: str
    people: int


class LuckTold(Told):
    """One grade's people at closing."""

    grade: str | None
    grades: list[GradePeople]
    ranking: RankingTold | None


class EffectTold(Told):
    """What coaching did to a stage's rate, and the months that tell."""

    stage: str
    before: str = via("before", "label")
    coached: str = via("coached", "label")
    after: str = via("after", "label")
    effect: float | None = via("effect", "effect")
    low: float | None = via("effect", "low")
    high: float | None = via("effect", "high")
    change: float | None = via("effect", "change")
    rebound: float | None = via("effect", "rebound")
    n_coached: int = via("effect", "n_coached")
    n_alike: int = via("effect", "n_alike")
    verdict: Literal["better", "worse", "not_told", "not_enough_data"] = via("effect", "verdict")


class Effects(Told):
    """Every stage."""

    stages: list[EffectTold]


class Decay(Told):
    """A metric's validity before and after it became a target, and the chance of such a fall if nothing changed."""

    before: float | None
    after: float | None
    p: float | None
    is_decayed: bool


class AuditTold(shape_of(MetricState, name="Audit")):  # type: ignore[misc]
    """One metric: whether it moves the result, differs between people, lasts, and says what no other says.

    ``between`` and ``within`` are the correlation with later deals and its interval.
    """

    metric: str
    verdict: str
    discrimination: float | None
    stability: float | None
    independence: float | None
    between: list[float | None]
    within: list[float | None]
    gamed: float | None
    people: int
    weeks: int
    decay: Decay | None = None


QUALITY = ("pk", "rep_id", "kind", "first_day", "last_day", "state", "reason", "word", "decided_at", "decided_by_id")
ITEM = columns_of(QualityItem, *QUALITY, name="QualityRow", rep=str, evidence=dict[str, Any])
ITEM_IN_FULL = columns_of(
    QualityItem, *QUALITY, name="QualityItem", rep=str, evidence=dict[str, Any], records=list[RecordRow]
)
WATCHING = columns_of(MonitoredMetric, "metric", "is_watched", "valid_from", "reason", name="Watched")
COACHING = columns_of(
    CoachingAction, "pk", "rep_id", "owner_id", "finding_id", "stage", "what", "evidence_asked", "made_at", "due_on",
    "state", "done_at", "evidence", "excuse", name="Coaching",
)  # fmt: skip
