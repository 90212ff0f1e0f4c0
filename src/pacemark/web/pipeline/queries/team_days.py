"""What teams did over some days: sums of the facts by the team of each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pacemark.web.pipeline.queries.columns import literal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSums:
    """A team's work over some days; ``people`` are those who dialled. Opportunities as sourced from talks."""

    people: int = 0
    dials: int = 0
    connects: int = 0
    deep_talks: int = 0
    opportunities: int = 0
    deals: int = 0

    def plus(self, other: TeamSums) -> TeamSums:
        """Return both together; whoever changed teams within the days counts in each."""
        return TeamSums(
            people=self.people + other.people, dials=self.dials + other.dials, connects=self.connects + other.connects,
            deep_talks=self.deep_talks + other.deep_talks, opportunities=self.opportunities + other.opportunities,
            deals=self.deals + other.deals,
        )  # fmt: skip


def team_sums(first: date, last: date) -> dict[int, TeamSums]:
    """Return every team's sums by its id, 0 for nobody's; one query."""
    sql = f"""
        SELECT team_id, COUNT(DISTINCT CASE WHEN dials > 0 THEN rep_id END), CAST(SUM(dials) AS BIGINT),
               CAST(SUM(connects) AS BIGINT), CAST(SUM(deep_talks) AS BIGINT),
               CAST(SUM(opportunities_sourced) AS BIGINT), CAST(SUM(deals) AS BIGINT)
        FROM fact_rep_day WHERE business_date BETWEEN {literal(first)} AND {literal(last)} GROUP BY 1
    """
    return {
        team: TeamSums(
            people=people, dials=dials, connects=connects, deep_talks=talks, opportunities=opened, deals=deals
        )
        for team, people, dials, connects, talks, opened, deals in zip(
            *(column.tolist() for column in whole_numbers(sql, 7)), strict=True
        )
    }
