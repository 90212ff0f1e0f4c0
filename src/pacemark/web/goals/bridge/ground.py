"""What plans are made from, as rows and arrays; gathered by ``queries.ground``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pacemark.engine.periods import Period
from pacemark.web.goals.bridge import targets
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import Member
from pacemark.web.pipeline import queries as pipeline

# How far back the pace of opportunities that were given to somebody is looked at.
DIRECT_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGround:
    """What was known at ``as_of`` about everyone who is planned for a period.

    ``past_days`` are the days worked in the last whole sales months, by working pattern.
    """

    settings: Organization
    period: Period
    as_of: date
    people: list[Member]
    roles: list[str]
    roles_told: list[bool]
    days: list[tuple[date, ...]]
    booked_minor: Mapping[int, int]
    sources: targets.TargetSources
    setter_medians: Mapping[int, int]
    cohorts: pipeline.CohortArrays
    lags: pipeline.WinLagArrays
    losses: pipeline.LossLags
    opportunities: pipeline.OpenOpportunities
    values: pipeline.DealValues
    expected: pipeline.ExpectedAmounts
    dials: pipeline.UsualDials
    owned: pipeline.OwnedCounts
    past: pipeline.RepDayArrays | None = None
    past_days: Mapping[int, tuple[date, ...]] = field(default_factory=dict)
