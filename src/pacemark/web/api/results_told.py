"""Results as they look: attainment, causes, deals, ladders, reviews as they were kept, success cases. Minor units."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from pacemark.web.api.listing import ListOf
from pacemark.web.api.process_told import Evidence
from pacemark.web.api.shapes import Told, columns_of, kept, shape_of
from pacemark.web.results.bridge.attained import PersonLine, UnitLine
from pacemark.web.results.bridge.cases import Habit, Made
from pacemark.web.results.models import CaseAdoption, Celebration
from pacemark.web.results.queries.cases import TeamGain
from pacemark.web.results.queries.causes import CausesLine
from pacemark.web.results.queries.deals import DealLine
from pacemark.web.results.queries.offers import RungView

PERSON = shape_of(PersonLine, "net_minor", name="PersonAttained", share=float | None, outcome=str | None)
UNIT = shape_of(UnitLine, "net_minor", name="UnitAttained", share=float | None)
CAUSES = shape_of(CausesLine, "gap_minor", name="CausesOfLine")
CARD = columns_of(Celebration, "pk", "kind", "rep_id", "team_id", "day", "content", name="Card")
ADOPTION = columns_of(CaseAdoption, "rep_id", "since", "until", name="Adoption")


class Attainment(ListOf[PERSON | UNIT]):  # type: ignore[valid-type]
    """What people, teams or regions brought; the lines, ``gone`` and ``nobody`` add up to ``whole``."""

    span: str
    first: date
    last: date
    whole: UNIT  # type: ignore[valid-type]
    gone: UNIT | None  # type: ignore[valid-type]
    nobody: UNIT | None  # type: ignore[valid-type]


class Causes(ListOf[CAUSES]):  # type: ignore[valid-type]
    """Goal, execution, ability and luck in money; ``until`` null: nothing has been counted yet."""

    span: str
    until: date | None
    whole: CAUSES | None  # type: ignore[valid-type]


class Share(Told):
    """One person's part of a deal."""

    rep_id: int
    name: str
    percent: float


DEAL = shape_of(DealLine, "is_beyond", shares=list[Share])


class PerDay(Told):
    """Work a day, exact and as it is shown."""

    exact: float | None
    rounded: int | None


class ClimbTold(Told):
    """What a tier takes, as ``calc ladder`` answers: money in major units, null for what there is not."""

    next: float | None = None
    aim: float | None = None
    offered: bool = False
    deals_needed: int | None = None
    probability: float | None = None
    opportunities_needed: int | None = None
    probability_then: float | None = None
    expected_from_open: float | None = None
    new_pipeline: float | None = None
    opportunities: float | None = None
    deep_talks: float | None = None
    deep_talks_per_day: PerDay | None = None


class OfferTold(Told):
    """A next tier as it was offered, with what it took then."""

    offer_id: int
    rep_id: int
    quarter_start: date
    tier: str
    amount_minor: int
    booked_minor: int
    state: str
    answer: kept(ClimbTold)  # type: ignore[valid-type]
    next_base_moves: bool


class LadderOfRep(Told):
    """A running quarter's rungs, and what the next takes. No rungs: nothing is asked."""

    rep_id: int
    quarter: str | None = None
    as_of: date | None = None
    net_minor: int | None = None
    rungs: list[RungView]
    next: int | None
    answer: kept(ClimbTold) | None  # type: ignore[valid-type]
    offer: OfferTold | None


class ActionTold(Told):
    """What a review decided: who does what until when, and whether it worked."""

    action_id: int
    what: str
    owner_id: int | None
    owner: str
    due_on: date
    metric: str
    state: str
    worked: str | None


class ResultTold(Told):
    """What a unit brought in a cycle, and where its month stands; ``reached`` people of those ``asked``."""

    won_minor: int
    refunds_minor: int
    net_minor: int
    target_minor: int | None
    before_minor: int | None
    month: str
    month_target_minor: int | None
    month_net_minor: int
    reached: int
    asked: int


class ReviewLine(ResultTold):
    """One review in a list."""

    review_id: int
    key: str
    level: str
    name: str
    stage: str
    first: date
    last: date
    title: str
    headline: str


class UnitBelow(Told):
    """A team of a region."""

    name: str
    net_minor: int
    target_minor: int | None


class CausesOfReview(Told):
    """The causes of a unit's people together."""

    until: date
    n_people: int
    target_minor: int
    actual_minor: int
    goal: int
    execution: int
    ability: int
    luck: int


class Work(Told):
    """What people did."""

    people: int
    dials: int
    connects: int
    deep_talks: int
    opportunities: int
    deals: int


class WorkTold(Told):
    """Work of the cycle and of the one before; ``talks_off`` deep talks are taken off."""

    now: Work
    before: Work
    talks_off: float


class ReviewFinding(Told):
    """What was found of a person, or of a team's leads."""

    who: str
    rep_id: int | None
    stage: str
    cause: str
    verdict: str
    money_minor: int
    evidence: Evidence


class ProposalTold(ReviewFinding):
    """What could be done about a finding."""

    owner_id: int | None
    due_on: date
    metric: str


class EffectOfAction(Told):
    """What an action did to its metric, against similar people."""

    before: float | None
    after: float | None
    effect: float | None
    low: float | None
    high: float | None
    rebound: float | None
    n: int
    n_alike: int
    verdict: str


class LastAction(Told):
    """What the last review decided, and what came of it."""

    action_id: int
    what: str
    owner: str
    due_on: date
    state: str
    is_late: bool
    metric: str
    effect: EffectOfAction | None


class CoachingOfReview(Told):
    """Coaching of the cycle; ``rate`` is on time of what was due."""

    on_time: int
    late: int
    excused: int
    missed: int
    bulk: int
    due: int
    rate: float | None


class LeadsOfReview(Told):
    """What a channel's leads brought."""

    channel: str
    leads: int
    opportunities: int
    deals: int
    net_minor: int


class HabitTold(shape_of(Habit, "is_distinct")):  # type: ignore[misc]
    """A habit: the star's number, the peers' middle half, and whether the star's lies beyond it."""


class CaseOfReview(Told):
    """A success case that the unit's people try."""

    case_id: int
    title: str
    state: str
    n: int
    practice: str
    habits: list[HabitTold]


class Said(Told):
    """Words that somebody added."""

    by: str
    at: datetime
    text: str


class Section(Told):
    """A section in the sentences of the language asked for."""

    code: str
    title: str
    sentences: list[str]


class ReviewTold(Told):
    """A review as it was written, with its sentences, what people added, and what they decided."""

    review_id: int
    key: str
    stage: str
    written_at: datetime
    agreed_at: datetime | None
    archived_at: datetime | None
    shape: int
    level: str
    unit_id: int
    name: str
    team_ids: list[int]
    cycle: str
    label: str
    first: date
    last: date
    until: date
    currency: str
    result: ResultTold
    units: list[UnitBelow]
    causes: CausesOfReview | None
    work: WorkTold
    findings: list[ReviewFinding]
    n_findings: int
    findings_until: date
    last_actions: list[LastAction]
    coaching: CoachingOfReview
    leads: list[LeadsOfReview]
    cases: list[CaseOfReview]
    proposals: list[ProposalTold]
    words: dict[str, list[Said]]
    actions: list[ActionTold]
    title: str
    headline: str
    sections: list[Section]


class Look(Told):
    """One look at a trial."""

    status: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    until: date
    adopters: int
    tried: list[float]
    others_tried: list[float]


class Move(Told):
    """When a case changed its state."""

    on: date
    was: str = Field(serialization_alias="from")
    to: str


class CaseLine(shape_of(Made, without=("n_peers",), name="CaseMade")):  # type: ignore[misc]
    """A success case; ``rep_id`` is whose it is where they are in sight, ``gain`` what those in sight would win."""

    id: int
    title: str
    stage: str
    practice: str
    state: str
    is_by_system: bool
    rep_id: int | None
    first: date
    last: date
    trial_from: date | None
    adopters: int
    gain: TeamGain | None


class CaseInFull(CaseLine):
    """The same with its habits, the looks at the trial, and who in sight tries it."""

    words: str
    habits: list[HabitTold]
    looks: list[kept(Look)]  # type: ignore[valid-type]
    moves: list[kept(Move)]  # type: ignore[valid-type]
    adoptions: list[ADOPTION]  # type: ignore[valid-type]
