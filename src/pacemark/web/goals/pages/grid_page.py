"""People × months as the Goals page shows them: numbers to words and positions, no business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.goals.bridge.grid import (
    NO_TARGET,
    NOT_PROPOSED,
    Grid,
    MonthSum,
    UnitSum,
    sums_of,
    unit_sums,
    whole_of,
)
from pacemark.web.goals.choices import AgreementState, Status
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.words import main_stage
from pacemark.web.organization.choices import Role
from pacemark.web.organization.queries import Member
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone

MONTHS_AHEAD = 12
# More lines than this are no summary any more.
MOST_TEAMS = 24
_TONES: dict[Status, Tone] = {Status.ON_TRACK: "ok", Status.BEHIND: "warn", Status.AT_RISK: "risk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A word with its tone."""

    tone: Tone
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How numbers are written, and which cell is being typed into."""

    currency: str
    edited: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridMonth:
    """A column. ``is_begun``: something can be booked in it; ``is_closed``: its targets stand for good."""

    period: Period
    word: str
    is_now: bool
    is_begun: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One person's month; ``label`` says the whole of it to who does not see the table around it."""

    key: str
    month: GridMonth
    target_minor: int | None
    text: str
    done: str
    label: str
    version: int
    is_held: bool
    may_edit: bool
    is_edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSum:
    """What a month adds up to, or all of them (``month`` is None)."""

    month: GridMonth | None
    target_minor: int
    booked_minor: int | None
    attainment: float | None
    word: str
    text: str
    done: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One person."""

    member: Member
    role: str
    url: str
    cell_url: str
    cells: tuple[GridCell, ...]
    is_being_planned: bool
    whole: GridSum
    state: Said
    status: Said
    is_thin: bool = False
    odds: float | None = None
    daily: str = formats.DASH
    deep_talks_daily: str = formats.DASH
    opportunities_weekly: str = formats.DASH
    sure_daily: str = formats.DASH


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A region or a team."""

    unit: UnitSum
    is_region: bool
    sums: tuple[GridSum, ...]
    whole: GridSum


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSums:
    """What the people in the filter add up to."""

    n_people: int
    n_infeasible: int
    n_agreed: int
    n_waiting: int
    target_minor: int
    months: tuple[GridSum, ...]
    whole: GridSum


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPage:
    """Everything the Goals page shows."""

    period: Period
    periods: tuple[Period, ...]
    months: tuple[GridMonth, ...]
    rows: tuple[GridRow, ...]
    units: tuple[UnitRow, ...]
    sums: GridSums
    currency: str


def grid_months(grid: Grid, today: date) -> tuple[GridMonth, ...]:
    """Return the columns."""
    language: formats.Language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return tuple(
        GridMonth(
            period=month,
            word=formats.local_date(month.last, language, "month"),
            is_now=place == grid.now,
            is_begun=month.first <= today,
            is_closed=month.last < today,
        )
        for place, month in enumerate(grid.months)
    )


def grid_rows(
    grid: Grid,
    places: Sequence[int],
    months: Sequence[GridMonth],
    plans: Mapping[int, RepPlan],
    shown: Shown,
) -> tuple[GridRow, ...]:
    """Return the rows of one page."""
    return tuple(_row(grid, place, months, plans.get(grid.people[place].rep_id), shown) for place in places)


def grid_sums(grid: Grid, places: Sequence[int], months: Sequence[GridMonth], currency: str) -> GridSums:
    """Return the last line and what the page's head says."""
    sums = sums_of(grid, places)
    states = [grid.states[place] for place in places]
    return GridSums(
        n_people=len(places),
        n_infeasible=sum(grid.fits[place] is False for place in places),
        n_agreed=states.count(AgreementState.AGREED),
        n_waiting=states.count(AgreementState.PROPOSED) + states.count(AgreementState.ASKED),
        target_minor=sums[grid.now].target_minor,
        months=_sums(sums, months, currency),
        whole=_whole(sums, months, currency),
    )


def unit_rows(grid: Grid, places: Sequence[int], months: Sequence[GridMonth], currency: str) -> tuple[UnitRow, ...]:
    """Return regions with their teams; where there are very many teams the regions alone, until one is chosen."""
    units = unit_sums(grid, places)
    shows_teams = sum(bool(unit.team_id) for unit in units) <= MOST_TEAMS
    is_one_region = len({unit.region_id for unit in units}) == 1
    rows, is_region = [], True
    for place, unit in enumerate(units):
        is_region = place == 0 or unit.region_id != units[place - 1].region_id
        if is_region or shows_teams or is_one_region:
            rows.append(
                UnitRow(
                    unit=unit,
                    is_region=is_region,
                    sums=_sums(unit.months, months, currency),
                    whole=_whole(unit.months, months, currency),
                )
            )
    return tuple(rows)


def periods_offered(period: Period, planned: Sequence[date], today: date, start_day: int) -> tuple[Period, ...]:
    """Return the months to choose from, newest first: those with plans, and a year ahead of today."""
    ahead = sales_month_of(today, start_day).label
    labels = {sales_month_of(start, start_day).label for start in planned}
    labels |= {shift_month(ahead, later) for later in range(MONTHS_AHEAD + 1)} | {period.label}
    return tuple(sales_month(label, start_day) for label in sorted(labels, reverse=True))


def state_words() -> dict[str, Said]:
    """Return where an agreement stands as people see it."""
    return {
        NOT_PROPOSED: Said(tone="", word=_("Not proposed")),
        AgreementState.PROPOSED.value: Said(tone="warn", word=_("Waits for the rep")),
        AgreementState.ASKED.value: Said(tone="warn", word=_("Being discussed")),
        AgreementState.AGREED.value: Said(tone="ok", word=_("Agreed")),
        AgreementState.WITHDRAWN.value: Said(tone="", word=_("Withdrawn")),
    }


def _status(fits: bool | None, status: str) -> Said:
    if fits is False:
        return Said(tone="risk", word=_("Over capacity"))
    if status:
        tones: dict[str, Tone] = {
            Status.ON_TRACK.value: "ok",
            Status.BEHIND.value: "warn",
            Status.AT_RISK.value: "risk",
        }
        return Said(tone=tones[status], word=str(Status(status).label))
    return Said(tone="", word=formats.DASH) if fits is None else Said(tone="ok", word=_("Fits"))


def _row(grid: Grid, place: int, months: Sequence[GridMonth], plan: RepPlan | None, shown: Shown) -> GridRow:
    member, role = grid.people[place], grid.roles[place]
    sums = tuple(
        MonthSum(target_minor=max(target, 0), booked_minor=booked, n_without=int(target == NO_TARGET))
        for target, booked in zip(grid.target_minor[place].tolist(), grid.booked_minor[place].tolist(), strict=True)
    )
    return GridRow(
        member=member,
        role=str(Role(role).label) if role else "",
        url=reverse("goals:detail", args=[member.rep_id]),
        cell_url=reverse("goals:cell", args=[member.rep_id]),
        is_being_planned=plan is not None and plan.target_minor != int(grid.target_minor[place, grid.now]),
        cells=tuple(_cell(grid, place, column, month, shown) for column, month in enumerate(months)),
        whole=_whole(sums, months, shown.currency),
        state=state_words().get(grid.states[place], Said(tone="", word="")),
        status=_status(grid.fits[place], grid.statuses[place]),
        **(_work(plan.content) if plan else {}),
    )


def _cell(grid: Grid, place: int, column: int, month: GridMonth, shown: Shown) -> GridCell:
    target, booked = int(grid.target_minor[place, column]), int(grid.booked_minor[place, column])
    member = grid.people[place]
    key = f"{member.rep_id}-{month.period.label}"
    has_target = target != NO_TARGET
    text = formats.money_plain(target, shown.currency) if has_target else formats.DASH
    done = ""
    if month.is_begun and has_target and target:
        done = _("%(share)s done") % {"share": formats.percent(booked / target, 0)}
    elif month.is_begun and booked:
        done = _("booked %(booked)s") % {"booked": formats.money_plain(booked, shown.currency)}
    words = {"name": member.name, "month": month.word, "amount": text}
    return GridCell(
        key=key,
        month=month,
        target_minor=target if has_target else None,
        text=text,
        done=done,
        label=_("%(name)s, %(month)s: %(amount)s; change") % words,
        version=int(grid.version[place, column]),
        is_held=bool(grid.is_held[place, column]),
        may_edit=not month.is_closed,
        is_edited=key == shown.edited,
    )


def _work(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the month in question takes."""
    even, sure = content["plans"]["0.5"], content["plans"]["0.8"]
    stage = main_stage(content)
    return {
        "odds": even["odds"],
        "daily": _rounded(even, "dials"),
        "deep_talks_daily": _rounded(even, "deep_talks"),
        "opportunities_weekly": _rounded(even, "opportunities", "per_week"),
        "sure_daily": _rounded(sure, stage, "per_day" if stage == "dials" else "per_week"),
        "is_thin": "no_history" in content["marks"],
    }


def _rounded(plan: dict[str, dict[str, dict[str, float] | None]], stage: str, pace: str = "per_day") -> str:
    found = plan[pace].get(stage)
    return formats.DASH if found is None else formats.count(found["rounded"])


def _sums(sums: Sequence[MonthSum], months: Sequence[GridMonth], currency: str) -> tuple[GridSum, ...]:
    return tuple(_sum(found, month, month.is_begun, currency) for found, month in zip(sums, months, strict=True))


def _whole(sums: Sequence[MonthSum], months: Sequence[GridMonth], currency: str) -> GridSum:
    return _sum(whole_of(sums), None, any(month.is_begun for month in months), currency)


def _sum(found: MonthSum, month: GridMonth | None, is_begun: bool, currency: str) -> GridSum:
    share = found.booked_minor / found.target_minor if is_begun and found.target_minor else None
    done = ""
    if is_begun:
        done = _("booked %(booked)s") % {"booked": formats.money_plain(found.booked_minor, currency)}
        done += "" if share is None else f" · {formats.percent(share, 0)}"
    missing = ngettext("%(n)s without", "%(n)s without", found.n_without) % {"n": formats.count(found.n_without)}
    return GridSum(
        month=month,
        target_minor=found.target_minor,
        booked_minor=found.booked_minor if is_begun else None,
        attainment=share,
        word=month.word if month else _("Total"),
        text=formats.money_plain(found.target_minor, currency),
        done=done,
        missing=missing if found.n_without and month else "",
    )
