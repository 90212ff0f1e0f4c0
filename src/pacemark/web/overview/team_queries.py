"""Gathering what the team page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.pages.rest import dealt
from pacemark.web.goals.queries.agreements import agreements_mark, standing_plans, states_of
from pacemark.web.goals.queries.replans import latest_replans_in_full
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.models import Organization, Team
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.overview.queries import share_of_day
from pacemark.web.overview.team_page import Span, TeamFacts, TeamPage, team_page
from pacemark.web.overview.week_page import monday_of
from pacemark.web.pipeline import queries as pipeline
from pacemark.web.pipeline.queries.corrections import deep_talk_corrections
from pacemark.web.pipeline.queries.holdings import due_holdings
from pacemark.web.process.bridge.gaps import Streak, Worked, streaks_of
from pacemark.web.process.choices import Cause
from pacemark.web.process.pages.findings_page import FindingLine, finding_line
from pacemark.web.process.queries.coaching import coaching_mark, coaching_of
from pacemark.web.process.queries.findings import current_findings, findings_mark
from pacemark.web.process.queries.quality import quality_mark
from pacemark.web.process.queries.watched import retired_metrics, settings_mark, tolerance

STREAK_DAYS = 92
SHOWN_FINDINGS = 6
UNREPORTED_DAYS = 30
DIALLER = {"dials": "dials", "connects": "connects", "deep_talks": "deep_talks"}
# What a person answers for, and which line of the plan and which count of the facts tell it.
PLANNED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "setter": {
        **{key: (key, key) for key in DIALLER},
        "opportunities": ("opportunities_from_talks", "opportunities_sourced"),
    },
    "closer": {"opportunities": ("opportunities", "opportunities"), "deals": ("deals", "deals")},
    "full_cycle": {
        **{key: (key, key) for key in DIALLER},
        "opportunities": ("opportunities_from_talks", "opportunities_sourced"),
        "deals": ("deals", "deals"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What everything on the page is counted from."""

    settings: Organization
    now: datetime
    members: Sequence[Member]
    workdays: Mapping[int, tuple[date, ...]]
    days: Mapping[int, Mapping[date, pipeline.RepDayRow]]
    share: float

    @property
    def today(self) -> date:
        """Return the day of the moment."""
        return self.now.date()

    @property
    def period(self) -> Period:
        """Return the running sales month."""
        return sales_month_of(self.today, self.settings.sales_month_start_day)


def people_of_team(team: Team, visible: Collection[int] | None, today: date) -> list[Member]:
    """Return a team's people of today, as far as they are in sight."""
    team_ids = frozenset(team.memberships.values_list("rep_id", flat=True))
    people = members_on(today, team_ids if visible is None else team_ids.intersection(visible))
    return [member for member in people if member.team_id == team.pk]


def team_for(members: Sequence[Member], span: Span) -> TeamPage:
    """Return the page of some people over the day, the week or the month so far."""
    return team_page(facts_of(members, span))


def facts_of(members: Sequence[Member], span: Span) -> TeamFacts:
    """Return what was planned, done and left open by some people over the day, the week or the month so far."""
    ground = _ground(members)
    rep_ids = frozenset(member.rep_id for member in members)
    asked = states_of(ground.period.first, rep_ids)
    allowed = tolerance()
    first = _first_day(ground, span)
    return TeamFacts(
        now=ground.now,
        first=first,
        span=span,
        currency=ground.settings.currency,
        scale=minor_units_of(ground.settings.currency),
        members=tuple(members),
        worked=_worked(ground, span, first),
        done={rep_id: pipeline.sum_days(_since(ground, rep_id, first)) for rep_id in rep_ids},
        streaks=_streaks(ground),
        team_streak=_team_streak(ground),
        streak_days=allowed.streak_days,
        unreported=tuple(
            pipeline.unreported_leads(
                ground.today - timedelta(days=UNREPORTED_DAYS), ground.today, rep_ids,
                deep_talk_seconds=ground.settings.deep_talk_seconds, at_least=allowed.unreported_deep_talks,
            )
        ),
        waiting=sum(view.state == AgreementState.PROPOSED for view in asked.values()),
        asked=sum(view.state == AgreementState.ASKED for view in asked.values()),
        overdue=due_holdings(ground.today).filter(rep_id__in=rep_ids).count(),
        coaching=coaching_of(ground.today, rep_ids),
        findings=_findings(members),
        adjusted=_adjusted(ground, first),
        retired=retired_metrics(ground.today),
    )  # fmt: skip


def mark_of(rep_ids: Collection[int]) -> str:
    """Return a short text that changes whenever what the page shows of some people does; a few cheap queries."""
    settings = organization()
    now = local_now(settings.time_zone)
    period = sales_month_of(now.date(), settings.sales_month_start_day)
    # What is due grows with the day: every five minutes the page is another one.
    parts = f"{now:%Y-%m-%d %H}", now.minute // 5, pipeline.days_mark(period.first, now.date(), rep_ids)
    marks = coaching_mark(rep_ids), quality_mark(rep_ids), findings_mark(rep_ids), settings_mark(now.date())
    return "|".join(str(part) for part in (*parts, *marks, agreements_mark(period.first, rep_ids)))


def _findings(members: Sequence[Member]) -> tuple[FindingLine, ...]:
    """Return what cost the team most and can be worked on; luck and what is not known yet stand on the diagnosis."""
    found = current_findings({member.rep_id for member in members}, {member.team_id for member in members})
    return tuple(finding_line(one) for one in found.exclude(cause=Cause.LUCK)[:SHOWN_FINDINGS])


def _adjusted(ground: _Ground, first: date) -> dict[int, float]:
    """Return the deep talks of those alone whose talks ask for a look, less what is beyond the smooth curve."""
    found = deep_talk_corrections(first, ground.today, frozenset(ground.days))
    return {
        rep_id: adjusted
        for rep_id in found.by_rep
        if (
            adjusted := found.adjusted(
                rep_id, ((row.business_date, row.deep_talks) for row in _since(ground, rep_id, first))
            )
        )
        is not None
    }


def _ground(members: Sequence[Member]) -> _Ground:
    settings = organization()
    now = local_now(settings.time_zone)
    period = sales_month_of(now.date(), settings.sales_month_start_day)
    first = now.date() - timedelta(days=STREAK_DAYS)
    days: dict[int, dict[date, pipeline.RepDayRow]] = {member.rep_id: {} for member in members}
    for row in pipeline.days_of_reps(first, now.date(), list(days)):
        days[row.rep_id][row.business_date] = row
    return _Ground(
        settings=settings,
        now=now,
        members=members,
        workdays=working_days_of(members, first, period.last),
        days=days,
        # one team has one shift: its hours stand for everyone's
        share=share_of_day(members[0], now, {}) if members else 1.0,
    )


def _first_day(ground: _Ground, span: Span) -> date:
    if span == "day":
        return ground.today
    # What was agreed is a month's; the week begins with it where it would begin before.
    return max(monday_of(ground.today), ground.period.first) if span == "week" else ground.period.first


def _since(ground: _Ground, rep_id: int, first: date) -> list[pipeline.RepDayRow]:
    return [row for day, row in ground.days[rep_id].items() if day >= first]


def _worked(ground: _Ground, span: Span, first: date) -> dict[int, Worked]:
    """Return what was due and done by everyone with a plan: the month by the plan, day and week by what was left.

    A plan made inside the span asks work of the days after it alone, since it starts from what was booked by then:
    only those days' work is held against it. Its target is the whole month's, so revenue counts from the first day.
    """
    rep_ids = [member.rep_id for member in ground.members]
    plans = standing_plans(ground.period.first, rep_ids)
    replans = latest_replans_in_full(ground.period.first, rep_ids, first) if span != "month" else {}
    found = {}
    for rep_id, plan in plans.items():
        rest = replans.get(rep_id)
        known = rest.as_of if rest else plan.as_of
        content = rest.content if rest else plan.content
        found[rep_id] = _of_one(ground, rep_id, content, plan.content, (known, first))
    return found


def _of_one(
    ground: _Ground, rep_id: int, asked: dict[str, Any], plan: dict[str, Any], since: tuple[date, date]
) -> Worked:
    """Return one person's work; what is due today counts by the share of the day that is over."""
    known, first = since
    begun = max(known, first)
    month = [day for day in ground.workdays[rep_id] if day >= ground.period.first]
    rest = [day for day in month if day >= known]
    role = str(plan["role"])
    counts = pipeline.sum_days(_since(ground, rep_id, begun))
    done: dict[str, float] = {}
    due: dict[str, float] = {}
    for column, (stage, counted) in PLANNED[role].items():
        shares = dealt(asked, stage, rest, "0.5")
        due[column] = sum(amount * _over(ground, day) for day, amount in shares.items() if day >= begun)
        done[column] = float(getattr(counts, counted))
    if role != "setter":
        each = plan["target"] * minor_units_of(ground.settings.currency) / len(month) if month else 0.0
        due["revenue"] = sum(each * _over(ground, day) for day in month if day >= first)
        done["revenue"] = float(pipeline.sum_days(_since(ground, rep_id, first)).net_revenue_minor)
    return Worked(done=done, due=due, content=plan, since=begun)


def _over(ground: _Ground, day: date) -> float:
    return 1.0 if day < ground.today else ground.share if day == ground.today else 0.0


def _streaks(ground: _Ground) -> dict[int, Streak]:
    people = [member.rep_id for member in ground.members if member.role != "setter"]
    deals = [{day: row.deals for day, row in ground.days[rep_id].items()} for rep_id in people]
    first = ground.today - timedelta(days=STREAK_DAYS)
    found = streaks_of(deals, [frozenset(ground.workdays[rep_id]) for rep_id in people], first, ground.today)
    return dict(zip(people, found, strict=True))


def _team_streak(ground: _Ground) -> Streak | None:
    if not ground.members:
        return None
    deals: dict[date, int] = {}
    for rows in ground.days.values():
        for day, row in rows.items():
            deals[day] = deals.get(day, 0) + row.deals
    works = frozenset(day for days in ground.workdays.values() for day in days)
    return streaks_of([deals], [works], ground.today - timedelta(days=STREAK_DAYS), ground.today)[0]
