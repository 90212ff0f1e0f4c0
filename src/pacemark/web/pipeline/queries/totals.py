"""Totals over a span of days, per rep, team or sales month, with distinct leads counted once over the whole span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connection

from pacemark.engine.periods import sales_month_of
from pacemark.facts.relations import Relations
from pacemark.facts.relations import of_reps as events_of_reps
from pacemark.facts.statements import dialled_leads, in_team, team_spans
from pacemark.web.organization.models import Rep, Team
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import relations
from pacemark.web.pipeline.queries.columns import literal, of_reps


class TotalsBy(StrEnum):
    """What the rows of the totals stand for."""

    REP = "rep"
    TEAM = "team"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts over a span; revenue in minor units, net of refunds."""

    dials: int = 0
    distinct_leads_dialled: int = 0
    connects: int = 0
    effective_dials: int = 0
    talk_seconds: int = 0
    deep_talks: int = 0
    opportunities: int = 0
    deals: int = 0
    net_revenue_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRow:
    """One rep, team or sales month; ``key`` is its id, 0 for unassigned, or the month's label."""

    key: int | str
    name: str
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsTable:
    """The totals and their rows; the rows' distinct leads do not add up to the total's, everything else does."""

    totals: Totals
    rows: tuple[TotalsRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The asked days and visible reps as SQL on a rep and a day column."""

    first: date | None
    last: date | None
    rep_ids: Collection[int] | None

    def holds(self, rep: str, day: str) -> str:
        return f"{self.within(day)} AND {of_reps(rep, self.rep_ids)}"

    def within(self, day: str) -> str:
        first = f"{day} >= {literal(self.first)}" if self.first else "1 = 1"
        return f"{first} AND {day} <= {literal(self.last)}" if self.last else first


_SUMS = (
    "SUM(dials)", "SUM(connects)", "SUM(effective_dials)", "SUM(talk_seconds)", "SUM(deep_talks)",
    "SUM(opportunities)", "SUM(deals)", "SUM(revenue_minor - refunds_minor)",
)  # fmt: skip
_KEYS = {TotalsBy.REP: "rep_id", TotalsBy.TEAM: "team_id", TotalsBy.MONTH: "business_date"}


def totals_over(
    first: date | None, last: date | None, by: TotalsBy, rep_ids: Collection[int] | None = None
) -> TotalsTable:
    """Return the totals from the first to the last day, both included; ``None`` leaves that side open.

    Rows are ordered by name, unassigned last, months by time. Teams are those of each day.
    """
    span = _Span(first=first, last=last, rep_ids=rep_ids)
    group = _sales_months() if by is TotalsBy.MONTH else (lambda key: key)
    names = _names(by)
    leads = _distinct_leads_by(span, by)
    rows = [
        TotalsRow(key=key, name=names(key), totals=_totals(sums, leads.get(key, 0)))
        for key, sums in _sums_by(span, _KEYS[by], group).items()
    ]
    whole = next(iter(_sums_by(span, "0", lambda key: key).values()), (0,) * len(_SUMS))
    return TotalsTable(
        totals=_totals(whole, _distinct_leads(span)),
        rows=tuple(sorted(rows, key=lambda row: (row.key == 0, row.name, str(row.key)))),
    )


def _totals(sums: tuple[int, ...], leads: int) -> Totals:
    dialled, connects, effective, talk, deep, opportunities, deals, revenue = sums
    return Totals(
        dials=dialled,
        distinct_leads_dialled=leads,
        connects=connects,
        effective_dials=effective,
        talk_seconds=talk,
        deep_talks=deep,
        opportunities=opportunities,
        deals=deals,
        net_revenue_minor=revenue,
    )


def _rows(sql: str) -> Iterator[tuple[int | str | date, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor.fetchall()


def _sums_by(span: _Span, key: str, group: Callable[..., int | str]) -> dict[int | str, tuple[int, ...]]:
    sql = f"SELECT {key}, {', '.join(_SUMS)} FROM fact_rep_day WHERE {span.holds('rep_id', 'business_date')} GROUP BY 1"
    sums: dict[int | str, tuple[int, ...]] = {}
    for found, *counts in _rows(sql):
        name = group(found)
        so_far = sums.get(name, (0,) * len(counts))
        sums[name] = tuple(one + int(other) for one, other in zip(so_far, counts, strict=True))  # type: ignore[arg-type]
    return sums


def _sales_months() -> Callable[[date], str]:
    start_day = organization().sales_month_start_day
    return lambda day: sales_month_of(day, start_day).label


def _dials(span: _Span) -> str:
    narrowed = relations() if span.rep_ids is None else _of_visible(span)
    return f"{dialled_leads(narrowed)} AS d"


def _of_visible(span: _Span) -> Relations:
    visible = of_reps("{rep}", span.rep_ids)
    return events_of_reps(relations(), visible)


def _distinct_leads(span: _Span) -> int:
    sql = f"SELECT COUNT(DISTINCT d.lead_id) FROM {_dials(span)} WHERE {span.within('d.business_date')}"
    return int(next(_rows(sql))[0])  # type: ignore[arg-type]


def _distinct_leads_by(span: _Span, by: TotalsBy) -> dict[int | str, int]:
    if by is TotalsBy.MONTH:
        return _distinct_leads_by_month(span)
    key, source = "COALESCE(d.rep_id, 0)", _dials(span)
    if by is TotalsBy.TEAM:
        key = "COALESCE(m.team_id, 0)"
        source += f" LEFT JOIN {team_spans(relations())} AS m ON {in_team('m', 'd')}"
    sql = f"SELECT {key}, COUNT(DISTINCT d.lead_id) FROM {source} WHERE {span.within('d.business_date')} GROUP BY 1"
    return dict(_rows(sql))  # type: ignore[arg-type]


def _distinct_leads_by_month(span: _Span) -> dict[int | str, int]:
    start_day = organization().sales_month_start_day
    sql = f"SELECT MIN(business_date), MAX(business_date) FROM fact_rep_day WHERE {span.within('business_date')}"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        first, last = cursor.fetchone()
    counts: dict[int | str, int] = {}
    day = None if first is None else _as_date(first)
    while day is not None and day <= _as_date(last):
        month = sales_month_of(day, start_day)
        counts[month.label] = _distinct_leads(_within_month(span, month.first, month.last))
        day = date.fromordinal(month.last.toordinal() + 1)
    return counts


def _within_month(span: _Span, first: date, last: date) -> _Span:
    return _Span(
        first=max(first, span.first) if span.first else first,
        last=min(last, span.last) if span.last else last,
        rep_ids=span.rep_ids,
    )


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _names(by: TotalsBy) -> Callable[[int | str], str]:
    if by is TotalsBy.MONTH:
        return str
    names = _rep_names() if by is TotalsBy.REP else dict(Team.objects.values_list("pk", "name"))
    return lambda key: names.get(int(key), "")


def _rep_names() -> dict[int, str]:
    """Return every rep's name, with the employee number where two are called alike."""
    reps = list(Rep.objects.values_list("pk", "name", "employee_no"))
    often = Counter(name for _rep_id, name, _number in reps)
    return {rep_id: f"{name} ({number or rep_id})" if often[name] > 1 else name for rep_id, name, number in reps}
