"""The ladder under Settings: grades with their quotas through time, tiers, and newcomers' ramp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pacemark.web.goals.bridge.ladder import MIN_QUARTERS
from pacemark.web.goals.choices import Tier
from pacemark.web.goals.queries.tiers import GradeTiers, TierAmount
from pacemark.web.organization.models import Grade, GradeQuota


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRow:
    """One quota through time; ``may_drop`` while it does not hold yet."""

    pk: int
    valid_from: date
    quota_minor: int
    is_standing: bool
    may_drop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A grade with its quotas, newest first, and its tiers in their order; None for a tier that nothing tells of."""

    grade: Grade
    standing_minor: int | None
    quotas: tuple[QuotaRow, ...]
    tiers: tuple[TierAmount | None, ...]
    n_quarters: int
    is_thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPage:
    """Everything the ladder page shows."""

    rows: tuple[GradeRow, ...]
    labels: Mapping[str, str]
    ramp: Mapping[int, int]
    least_quarters: int
    currency: str
    n_without_quota: int


def ladder_page(
    grades: Iterable[Grade],
    quotas: Iterable[GradeQuota],
    tiers: Mapping[int, GradeTiers],
    *,
    today: date,
    words: LadderWords,
) -> LadderPage:
    """Return the page as the template shows it."""
    of_grade: dict[int, list[GradeQuota]] = {}
    for quota in quotas:
        of_grade.setdefault(quota.grade_id, []).append(quota)
    rows = tuple(_row(grade, of_grade.get(grade.pk, []), tiers.get(grade.pk), today) for grade in grades)
    return LadderPage(
        rows=rows,
        labels=words.labels,
        ramp=words.ramp,
        least_quarters=MIN_QUARTERS,
        currency=words.currency,
        n_without_quota=sum(row.standing_minor is None for row in rows),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderWords:
    """What goes around the grades: tier names, the ramp, the currency."""

    labels: Mapping[str, str]
    ramp: Mapping[int, int]
    currency: str


def _row(grade: Grade, quotas: list[GradeQuota], tiers: GradeTiers | None, today: date) -> GradeRow:
    newest_first = sorted(quotas, key=lambda one: one.valid_from, reverse=True)
    standing = next((one for one in newest_first if one.valid_from <= today), None)
    known = tiers.tiers if tiers else {}
    return GradeRow(
        grade=grade,
        standing_minor=standing.quota_minor if standing else None,
        quotas=tuple(
            QuotaRow(
                pk=one.pk,
                valid_from=one.valid_from,
                quota_minor=one.quota_minor,
                is_standing=one is standing,
                may_drop=one.valid_from >= today,
            )
            for one in newest_first
        ),
        tiers=tuple(known.get(tier) for tier in Tier),
        n_quarters=tiers.n_quarters if tiers else 0,
        is_thin=not all(tier in known for tier in Tier),
    )
