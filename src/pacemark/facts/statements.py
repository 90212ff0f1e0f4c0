"""The facts as portable SQL: the same text on SQLite, PostgreSQL, DuckDB over Parquet, and Spark.

Only COUNT, SUM, CASE, FILTER, GROUP BY and joins. Thresholds are written into the text; nothing a person typed is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pacemark.facts.definitions import IS_OUTBOUND, IS_QUALIFIED, IS_WON, Definitions
from pacemark.facts.relations import Relations, month_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact table: its columns, those that are its key, and the query that fills it."""

    name: str
    key: tuple[str, ...]
    counts: tuple[str, ...]
    select: Callable[[Relations, Definitions], str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of the query."""
        return (*self.key, *self.counts)


def dials(relations: Relations) -> str:
    """Return every outbound call."""
    return f"""(
        SELECT c.id, c.rep_id, c.business_date, c.local_hour, c.segment_id, c.lead_id, c.answered, c.talk_seconds
        FROM {relations.calls} AS c WHERE {IS_OUTBOUND}
    )"""


def dialled_leads(relations: Relations) -> str:
    """Return the rep, day and lead of every outbound call."""
    return f"(SELECT c.rep_id, c.business_date, c.lead_id FROM {relations.calls} AS c WHERE {IS_OUTBOUND})"


def converted_talks(relations: Relations, definitions: Definitions) -> str:
    """Return the deep talks that a qualified opportunity came from, each once: one success per trial."""
    return f"""(
        SELECT d.rep_id, d.business_date, d.segment_id
        FROM {dials(relations)} AS d
        WHERE {definitions.is_deep_talk} AND d.id IN (
            SELECT o.sourced_call_id FROM {relations.sourced_opportunities} AS o WHERE {IS_QUALIFIED}
        )
    )"""


_NEVER = "9999-12-31"
_REP_DAY_COUNTS = (
    "dials", "distinct_leads_dialled", "connects", "effective_dials", "talk_seconds", "deep_talks", "opportunities",
    "opportunities_sourced", "pipeline_minor", "deals", "revenue_minor", "refunds_minor",
)  # fmt: skip


def _branch(rep: str, day: str, counted: dict[str, str], source: str) -> str:
    """Return one kind of event, counted per rep and day, in the columns that all kinds share."""
    columns = ", ".join(f"{counted.get(name, '0')} AS {name}" for name in _REP_DAY_COUNTS)
    return f"SELECT COALESCE({rep}, 0) AS rep_id, {day} AS business_date, {columns} FROM {source} GROUP BY {rep}, {day}"


def select_dial_day(relations: Relations, definitions: Definitions) -> str:
    """Return what is counted of dials per rep and day, which is what takes long of a rep-day."""
    return _branch("d.rep_id", "d.business_date", _dial_counts(definitions), f"{dials(relations)} AS d")


def _rep_day_branches(relations: Relations, definitions: Definitions) -> tuple[str, ...]:
    counted = f"SELECT * FROM {relations.dial_days} AS k" if relations.dial_days else ""
    return (
        counted or select_dial_day(relations, definitions),
        _branch(
            "o.owner_id", "o.opened_on",
            {
                "opportunities": "COUNT(*)",
                "pipeline_minor": "COALESCE(SUM(o.expected_minor), 0)",
            },
            f"{relations.owned_opportunities} AS o WHERE {IS_QUALIFIED}",
        ),
        _branch(
            "o.sourced_by_id", "o.sourced_on", {"opportunities_sourced": "COUNT(*)"},
            f"{relations.sourced_opportunities} AS o WHERE {IS_QUALIFIED} AND o.sourced_on IS NOT NULL",
        ),
        _branch(
            "e.owner_id", "e.signed_on",
            {"deals": "COUNT(*)", "revenue_minor": f"COALESCE(SUM(e.{definitions.revenue_column}), 0)"},
            f"{relations.signed_deals} AS e",
        ),
        _branch(
            "e.owner_id", "e.refunded_on", {"refunds_minor": "SUM(e.amount_minor)"}, f"{relations.refunds} AS e"
        ),
    )  # fmt: skip


def _dial_counts(definitions: Definitions) -> dict[str, str]:
    """Return what is counted of dials, with its SQL: the one place where calls become numbers."""
    return {
        "dials": "COUNT(*)",
        "distinct_leads_dialled": "COUNT(DISTINCT d.lead_id)",
        "connects": f"COUNT(*) FILTER (WHERE {definitions.is_connect})",
        "effective_dials": f"COUNT(*) FILTER (WHERE {definitions.is_effective})",
        "talk_seconds": f"COALESCE(SUM(d.talk_seconds) FILTER (WHERE {definitions.is_connect}), 0)",
        "deep_talks": f"COUNT(*) FILTER (WHERE {definitions.is_deep_talk})",
    }


def select_rep_day(relations: Relations, definitions: Definitions) -> str:
    """Return one row per rep and day on which anything was dialled, opened, sourced, signed or given back."""
    sums = ", ".join(f"SUM(b.{name}) AS {name}" for name in _REP_DAY_COUNTS)
    return f"""
        SELECT t.rep_id, t.business_date, COALESCE(m.team_id, 0) AS team_id,
               {", ".join(f"t.{name}" for name in _REP_DAY_COUNTS)}
        FROM (
            SELECT b.rep_id, b.business_date, {sums}
            FROM ({" UNION ALL ".join(_rep_day_branches(relations, definitions))}) AS b
            GROUP BY b.rep_id, b.business_date
        ) AS t
        LEFT JOIN {team_spans(relations)} AS m ON {in_team("m", "t")}
    """


def team_spans(relations: Relations) -> str:
    """Return each rep's teams with the first day of each and the first day after it; a later row ends an earlier."""
    return f"""(
        SELECT n.rep_id, n.team_id, n.valid_from,
               CASE WHEN n.next_from IS NULL OR n.valid_to < n.next_from
                   THEN COALESCE(n.valid_to, '{_NEVER}') ELSE n.next_from END AS ends_on
        FROM (
            SELECT s.rep_id, s.team_id, s.valid_from, s.valid_to,
                   LEAD(s.valid_from) OVER (PARTITION BY s.rep_id ORDER BY s.valid_from) AS next_from
            FROM {relations.memberships} AS s
        ) AS n
    )"""


def in_team(team: str, event: str) -> str:
    """Return the condition that joins a rep's day to the team of that day.

    Plain comparisons only: with an OR, DuckDB would compare every day with every team.
    """
    return (
        f"{team}.rep_id = {event}.rep_id"
        f" AND {event}.business_date >= {team}.valid_from AND {event}.business_date < {team}.ends_on"
    )


def _owned(relations: Relations) -> str:
    return f"{relations.owned_opportunities} AS o LEFT JOIN {relations.leads} AS l ON l.id = o.lead_id"


def select_opportunity_cohort(relations: Relations, definitions: Definitions) -> str:
    """Return one row per rep, day and segment: deep talks that converted, opportunities opened, and won so far."""
    return f"""
        SELECT b.rep_id, b.trial_on, b.segment_id, SUM(b.talks_converted) AS talks_converted,
               SUM(b.opportunities) AS opportunities, SUM(b.won) AS won
        FROM (
            SELECT COALESCE(v.rep_id, 0) AS rep_id, v.business_date AS trial_on,
                   COALESCE(v.segment_id, 0) AS segment_id, COUNT(*) AS talks_converted, 0 AS opportunities, 0 AS won
            FROM {converted_talks(relations, definitions)} AS v GROUP BY v.rep_id, v.business_date, v.segment_id
            UNION ALL
            SELECT COALESCE(o.owner_id, 0) AS rep_id, o.opened_on AS trial_on, COALESCE(l.segment_id, 0) AS segment_id,
                   0 AS talks_converted, 1 AS opportunities, CASE WHEN {IS_WON} THEN 1 ELSE 0 END AS won
            FROM {_owned(relations)} WHERE {IS_QUALIFIED}
        ) AS b
        GROUP BY b.rep_id, b.trial_on, b.segment_id
    """


def select_win_lag(relations: Relations, definitions: Definitions) -> str:
    """Return the wins per owner, opening day, closing day and segment; a win without a day stands on its opening."""
    return f"""
        SELECT COALESCE(w.owner_id, 0) AS rep_id, w.opened_on, w.closed_on, COALESCE(w.segment_id, 0) AS segment_id,
               w.is_undated, COUNT(*) AS won
        FROM (
            SELECT o.owner_id, o.opened_on, COALESCE(o.closed_on, o.opened_on) AS closed_on, l.segment_id,
                   CASE WHEN o.closed_on IS NULL OR o.id IN (
                       SELECT u.opportunity_id FROM {relations.deals} AS u
                       WHERE u.is_undated AND u.opportunity_id IS NOT NULL
                   ) THEN 1 ELSE 0 END AS is_undated
            FROM {_owned(relations)} WHERE {IS_WON}
        ) AS w
        GROUP BY w.owner_id, w.opened_on, w.closed_on, w.segment_id, w.is_undated
    """


def select_dial_cohort(relations: Relations, definitions: Definitions) -> str:
    """Return one row per rep, month, segment and hour of the day of dials, with what became of them."""
    counts = _dial_counts(definitions)
    month = month_of("d.business_date", definitions.month_start_day)
    named, grouped = (f"'{relations.only_month}'", "") if relations.only_month else (month, f" {month},")
    return f"""
        SELECT COALESCE(d.rep_id, 0) AS rep_id, {named} AS month, COALESCE(d.segment_id, 0) AS segment_id, d.local_hour,
               {", ".join(f"{counts[name]} AS {name}" for name in DIAL_COHORT.counts)}
        FROM {dials(relations)} AS d GROUP BY d.rep_id,{grouped} d.segment_id, d.local_hour
    """


def late_conversions(relations: Relations, definitions: Definitions, as_of: str) -> str:
    """Return the deep talks before a day (an SQL date) whose first opportunity opened on that day or later."""
    return f"""
        SELECT COALESCE(d.rep_id, 0) AS rep_id, d.business_date AS trial_on, COALESCE(d.segment_id, 0) AS segment_id,
               COUNT(*) AS talks
        FROM (
            SELECT o.sourced_call_id FROM {relations.opportunities} AS o
            WHERE {IS_QUALIFIED} AND o.sourced_call_id IN (
                SELECT n.sourced_call_id FROM {relations.opportunities} AS n WHERE n.opened_on >= {as_of}
            )
            GROUP BY o.sourced_call_id HAVING MIN(o.opened_on) >= {as_of}
        ) AS s
        JOIN {dials(relations)} AS d ON d.id = s.sourced_call_id
        WHERE d.business_date < {as_of} AND {definitions.is_deep_talk}
        GROUP BY d.rep_id, d.business_date, d.segment_id
    """


REP_DAY = Fact(
    name="rep_day", key=("rep_id", "business_date"), counts=("team_id", *_REP_DAY_COUNTS), select=select_rep_day
)
OPPORTUNITY_COHORT = Fact(
    name="opportunity_cohort",
    key=("rep_id", "trial_on", "segment_id"),
    counts=("talks_converted", "opportunities", "won"),
    select=select_opportunity_cohort,
)
WIN_LAG = Fact(
    name="win_lag",
    key=("rep_id", "opened_on", "closed_on", "segment_id", "is_undated"),
    counts=("won",),
    select=select_win_lag,
)
DIAL_COHORT = Fact(
    name="dial_cohort",
    key=("rep_id", "month", "segment_id", "local_hour"),
    counts=("dials", "connects", "talk_seconds", "deep_talks"),
    select=select_dial_cohort,
)
DAILY_FACTS = (REP_DAY, OPPORTUNITY_COHORT, WIN_LAG)
MONTHLY_FACTS = (DIAL_COHORT,)
FACTS = (*DAILY_FACTS, *MONTHLY_FACTS)
