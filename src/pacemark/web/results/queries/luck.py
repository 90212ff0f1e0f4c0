"""How much of the differences in closing is real, within one grade: nobody is compared across grades."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pacemark.web.organization.queries import members_on
from pacemark.web.process.bridge.ranking import Ranking, ranking_of
from pacemark.web.process.queries.findings import counted_months, month_rows
from pacemark.web.results.queries.attainment import Sight
from pacemark.web.results.queries.spans import Span

STAGE = "deal_per_opportunity"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLuck:
    """One grade's people at closing, in the order that may be shown; ``grades`` are those that have people."""

    grade_id: int
    grade_name: str
    grades: tuple[tuple[int, str, int], ...]
    ranking: Ranking | None


def grade_luck(span: Span, sight: Sight, grade: str) -> GradeLuck | None:
    """Return the grade asked for, else the one with most people in sight; None where nothing is counted yet."""
    known = [day for day in counted_months() if day <= span.last]
    if not known:
        return None
    members = {one.rep_id: one for one in members_on(min(span.last, span.today), sight.rep_ids)}
    sizes = Counter((one.grade_id, one.grade_name) for one in members.values() if one.grade_id)
    if not sizes:
        return None
    chosen = next((key for key in sizes if str(key[0]) == grade), max(sizes, key=lambda key: (sizes[key], key[0])))
    there = frozenset(rep_id for rep_id, one in members.items() if one.grade_id == chosen[0])
    return GradeLuck(
        grade_id=chosen[0],
        grade_name=chosen[1],
        grades=tuple((pk, name, n) for (pk, name), n in sorted(sizes.items(), key=lambda one: one[0][1])),
        ranking=ranking_of(month_rows(known[0], there), STAGE),
    )
