"""The team: people × stages, done against what was agreed, and who needs the manager today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _

from pacemark.web.goals.pages.words import stage_words
from pacemark.web.organization.queries import Member
from pacemark.web.overview.today_page import BEHIND, ON_TRACK
from pacemark.web.pipeline.queries import DayCounts, Unreported
from pacemark.web.process.bridge.gaps import COLUMNS, Streak, Worked, WorkGap, gaps_of
from pacemark.web.process.pages.findings_page import FindingLine
from pacemark.web.process.queries.coaching import CoachingFound
from pacemark.web.process.queries.watched import watched_metrics
from pacemark.web.ui import formats
from pacemark.web.ui.components import Gap, Tone

Span = Literal["day", "week", "month"]
SPANS: tuple[Span, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """What was planned, done and left open by some people."""

    now: datetime
    first: date
    span: Span
    currency: str
    scale: int
    members: tuple[Member, ...]
    worked: Mapping[int, Worked]
    done: Mapping[int, DayCounts]
    streaks: Mapping[int, Streak]
    team_streak: Streak | None
    streak_days: int
    unreported: tuple[Unreported, ...]
    waiting: int
    asked: int
    overdue: int
    coaching: CoachingFound
    findings: tuple[FindingLine, ...]
    adjusted: Mapping[int, float]
    retired: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that nobody has retired."""
        return watched_metrics(COLUMNS, self.retired)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCell:
    """One cell: the gap as drawn, and what the missing work is worth (0 where none is missing).

    ``adjusted``: deep talks less what the padding test takes off, where somebody is asked to look.
    """

    gap: Gap | None
    done: str
    money_minor: int
    adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """One person. ``short_minor`` is what most is missing of, in money, wherever in the chain.

    ``since`` is set where the plan was made inside the span: work counts from that day, revenue from the first.
    """

    member: Member
    cells: tuple[TeamCell, ...]
    talk_seconds: int
    connects: int
    is_planned: bool
    since: date | None
    short_minor: int
    worst: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class StreakLine:
    """Somebody's working days without a deal, or the deal that ended them."""

    member: Member
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreportedLine:
    """A lead that talks suggest an opportunity of."""

    name: str
    found: Unreported


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """Everything that the team page shows."""

    facts: TeamFacts
    heads: tuple[str, ...]
    rows: tuple[TeamRow, ...]
    totals: tuple[TeamCell, ...]
    talk_seconds: int
    connects: int
    revenue_gap_minor: int
    streaks: tuple[StreakLine, ...]
    first_deals: tuple[StreakLine, ...]
    unreported: tuple[UnreportedLine, ...]

    @property
    def first(self) -> TeamRow | None:
        """Return who is to be seen first: whose missing work is worth most."""
        return next((row for row in self.rows if row.short_minor > 0), None)


def team_page(facts: TeamFacts) -> TeamPage:
    """Return the page; whoever's missing work is worth most comes first."""
    planned = [member for member in facts.members if member.rep_id in facts.worked]
    gaps = dict(
        zip(
            (member.rep_id for member in planned),
            gaps_of([facts.worked[member.rep_id] for member in planned]),
            strict=True,
        )
    )
    rows = [_row(facts, member, gaps.get(member.rep_id)) for member in facts.members]
    names = {member.rep_id: member.name for member in facts.members}
    words = stage_words()
    lines = [(StreakLine(member=one, days=facts.streaks[one.rep_id].days), facts.streaks[one.rep_id].ended)
             for one in facts.members if one.rep_id in facts.streaks]  # fmt: skip
    money = [gap["revenue"] for gap in gaps.values() if "revenue" in gap]
    return TeamPage(
        facts=facts,
        heads=tuple(_("Revenue") if column == "revenue" else words[column] for column in facts.columns),
        rows=tuple(sorted(rows, key=lambda row: -row.short_minor)),
        totals=tuple(
            _total([gap[column] for gap in gaps.values() if column in gap], _scale(facts, column))
            for column in facts.columns
        ),
        talk_seconds=sum(row.talk_seconds for row in rows),
        connects=sum(row.connects for row in rows),
        revenue_gap_minor=round(sum(gap.done - gap.due for gap in money)),
        streaks=tuple(
            sorted((line for line, _ended in lines if line.days >= facts.streak_days), key=lambda line: -line.days)
        ),
        first_deals=tuple(StreakLine(member=line.member, days=ended) for line, ended in lines if ended),
        unreported=tuple(UnreportedLine(name=names[found.rep_id], found=found) for found in facts.unreported),
    )  # fmt: skip


def _row(facts: TeamFacts, member: Member, gaps: Mapping[str, WorkGap] | None) -> TeamRow:
    counts, worked = facts.done[member.rep_id], facts.worked.get(member.rep_id)
    gaps = {column: gap for column, gap in (gaps or {}).items() if column in facts.columns}
    adjusted = facts.adjusted.get(member.rep_id)
    short = max((gap.money_minor for gap in gaps.values()), default=0)
    worst = max(gaps, key=lambda column: gaps[column].money_minor, default="")
    return TeamRow(
        member=member,
        cells=tuple(
            _cell(gaps.get(column), counts, column, _scale(facts, column), adjusted) for column in facts.columns
        ),
        talk_seconds=counts.talk_seconds,
        connects=counts.connects,
        is_planned=bool(gaps),
        since=worked.since if worked and worked.since > facts.first else None,
        short_minor=short,
        worst=_("Revenue") if worst == "revenue" else stage_words().get(worst, ""),
        tone=_tone(gaps[worst].level) if worst else "",
    )


def _tone(level: str) -> Literal["ok", "warn", "risk"]:
    return "risk" if level == "risk" else "warn" if level == "warn" else "ok"


def _scale(facts: TeamFacts, column: str) -> int:
    return facts.scale if column == "revenue" else 1


def _cell(gap: WorkGap | None, counts: DayCounts, column: str, scale: int, adjusted: float | None) -> TeamCell:
    looked_at = adjusted if column == "deep_talks" else None
    if gap is None:
        done = counts.net_revenue_minor if column == "revenue" else getattr(counts, column)
        return TeamCell(gap=None, done=_shown(float(done), scale), money_minor=0, adjusted=looked_at)
    return TeamCell(gap=_drawn(gap, scale), done="", money_minor=gap.money_minor, adjusted=looked_at)


def _drawn(gap: WorkGap, scale: int) -> Gap:
    ahead = round(gap.done / scale) - round(gap.due / scale)
    return Gap(
        gap=formats.signed(ahead) if ahead else _("on par"),
        done=_shown(gap.done, scale),
        required=_shown(gap.due, scale),
        tone=_tone(gap.level),
    )


def _shown(value: float, scale: int) -> str:
    return formats.count(round(value / scale))


def _total(gaps: list[WorkGap], scale: int) -> TeamCell:
    done, due = sum(gap.done for gap in gaps), sum(gap.due for gap in gaps)
    ratio = done / due if due else 1.0
    level = "ok" if ratio >= ON_TRACK else "warn" if ratio >= BEHIND else "risk"
    whole = WorkGap(done=done, due=due, money_minor=sum(gap.money_minor for gap in gaps), level=level)
    return TeamCell(gap=_drawn(whole, scale), done="", money_minor=whole.money_minor)
