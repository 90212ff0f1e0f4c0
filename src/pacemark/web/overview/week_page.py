"""The week for reviewing: planned, done and gap by stage and day, the result beside every process number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.goals.pages.rest import dealt
from pacemark.web.goals.pages.words import stage_words
from pacemark.web.overview.today_page import BEHIND, CLOSERS, DIALLERS, ON_TRACK
from pacemark.web.pipeline.queries import DayCounts, RepDayRow
from pacemark.web.process.queries.watched import watched_metrics
from pacemark.web.ui.components import Tone

DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMonth:
    """What a month of the week was worked by: the rest as it stood when the week began, else the plan."""

    content: Mapping[str, Any]
    known_from: date
    workdays: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """One person's week: its Monday, today, what was planned by month, and what happened by day."""

    monday: date
    today: date
    role: str
    scale: int
    months: tuple[PlannedMonth, ...]
    days: Mapping[date, RepDayRow]
    retired: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Done of planned on a day or in the week; ``gap`` is done less what was planned up to today."""

    done: float
    planned: float
    gap: float | None
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """One stage or result over the week; ``what`` names it for programs."""

    what: str
    label: str
    cells: tuple[Cell, ...]
    total: Cell
    is_result: bool
    is_money: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """One day's heading."""

    day: date
    is_workday: bool
    is_today: bool
    talk_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """Everything that the week shows. ``results`` stand beside each of ``rows``."""

    monday: date
    sunday: date
    previous: date
    next: date | None
    heads: tuple[DayHead, ...]
    rows: tuple[WeekRow, ...]
    results: tuple[WeekRow, ...]
    talk_seconds: int
    is_planned: bool

    @property
    def slowest(self) -> WeekRow | None:
        """Return the process number that is furthest behind its plan."""
        late = [row for row in self.rows if (row.total.gap or 0) < 0 and row.total.planned]
        return min(late, key=lambda row: (row.total.gap or 0) / row.total.planned, default=None)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_page(facts: WeekFacts) -> WeekPage:
    """Return the page."""
    days = [facts.monday + timedelta(days=place) for place in range(DAYS_IN_WEEK)]
    stages = watched_metrics(CLOSERS[:1] if facts.role == "closer" else DIALLERS, facts.retired)
    workdays = {day for month in facts.months for day in month.workdays}
    next_monday = facts.monday + timedelta(days=DAYS_IN_WEEK)
    return WeekPage(
        monday=facts.monday,
        sunday=days[-1],
        previous=facts.monday - timedelta(days=DAYS_IN_WEEK),
        next=next_monday if next_monday <= facts.today else None,
        heads=tuple(
            DayHead(
                day=day, is_workday=day in workdays, is_today=day == facts.today,
                talk_seconds=_counts(facts, day).talk_seconds,
            )
            for day in days
        ),
        rows=tuple(_row(facts, stage, days) for stage in stages),
        results=_results(facts, days),
        talk_seconds=sum(_counts(facts, day).talk_seconds for day in days),
        is_planned=bool(facts.months),
    )  # fmt: skip


def _counts(facts: WeekFacts, day: date) -> DayCounts:
    return facts.days.get(day) or DayCounts()


def _row(facts: WeekFacts, stage: str, days: Sequence[date]) -> WeekRow:
    planned: dict[date, float] = {}
    for month in facts.months:
        rest = [day for day in month.workdays if day >= month.known_from]
        planned |= dealt(dict(month.content), stage, rest, "0.5")
    counted = "opportunities_sourced" if stage == "opportunities_from_talks" else stage
    done = {day: float(getattr(_counts(facts, day), counted)) for day in days}
    label = stage_words()[stage.removesuffix("_from_talks")]
    return _of(stage, label, done, planned, facts)


def _results(facts: WeekFacts, days: Sequence[date]) -> tuple[WeekRow, ...]:
    """Return what the work is for: money and deals; for a setter the opportunities that closers take over."""
    if facts.role == "setter":
        return (_row(facts, "opportunities_from_talks", days),)
    money: dict[date, float] = {}
    for month in facts.months:
        each = month.content["target"] / len(month.workdays) if month.workdays else 0.0
        money |= dict.fromkeys(month.workdays, each)
    net = {day: _counts(facts, day).net_revenue_minor / facts.scale for day in days}
    deals = _row(facts, "deals", days)
    return (_of("revenue", _("Revenue"), net, money, facts), replace(deals, is_result=True))


def _of(what: str, label: str, done: Mapping[date, float], planned: Mapping[date, float], facts: WeekFacts) -> WeekRow:
    cells = tuple(_cell(done[day], planned.get(day, 0), is_past=day <= facts.today) for day in done)
    past = [day for day in done if day <= facts.today]
    asked = sum(planned.get(day, 0) for day in past)
    total = _cell(sum(done.values()), asked, is_past=bool(past))
    whole = Cell(done=total.done, planned=sum(planned.get(day, 0) for day in done), gap=total.gap, tone=total.tone)
    is_money = what == "revenue"
    return WeekRow(what=what, label=label, cells=cells, total=whole, is_result=is_money, is_money=is_money)


def _cell(done: float, planned: float, *, is_past: bool) -> Cell:
    if not is_past:
        return Cell(done=done, planned=planned, gap=None, tone="")
    ratio = done / planned if planned else 1.0
    tone: Tone = "ok" if ratio >= ON_TRACK else "warn" if ratio >= BEHIND else "risk"
    return Cell(done=done, planned=planned, gap=done - planned, tone=tone if planned else "")
