"""Everything that the reviews of a cycle are written from, loaded once for all teams and regions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pacemark.engine.periods import Period
from pacemark.engine.results.attribution import Placed, Stay
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import organization, teams_in_full
from pacemark.web.pipeline.queries import segment_names
from pacemark.web.pipeline.queries.corrections import talks_off
from pacemark.web.pipeline.queries.lead_flow import lead_flow
from pacemark.web.pipeline.queries.team_days import TeamSums, team_sums
from pacemark.web.process.bridge.coaching import ActionOutcome, judged
from pacemark.web.process.models import CoachingAction, Finding, RepCauses
from pacemark.web.process.queries.findings import CAUSES, CausesSum, causes_of_reps, findings_of_month
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.queries.asked import plain_days
from pacemark.web.results.queries.attainment import Sight, attained
from pacemark.web.results.queries.money import takings
from pacemark.web.results.queries.review_cycles import Cycle, month_around
from pacemark.web.results.queries.spans import month_span
from pacemark.web.results.refusals import refuse

EVERYTHING = Sight(rep_ids=None, team_ids=None)
MoneySums = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPart:
    """The sales month that a cycle ends in, up to the cycle's last known day; by team, minor units."""

    label: str
    first: date
    last: date
    target: Mapping[int, int]
    net: Mapping[int, int]
    reached: Mapping[int, int]
    asked: Mapping[int, int]
    due: Mapping[int, int]
    """What the targets ask of the cycle's own days, by working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGround:
    """The loaded cycle; everything is by team id, 0 where there is none."""

    cycle: Cycle
    until: date
    currency: str
    teams: Mapping[int, Team]
    team_of: Mapping[int, int]
    money: MoneySums
    money_before: MoneySums
    work: Mapping[int, TeamSums]
    work_before: Mapping[int, TeamSums]
    talks_off: Mapping[int, float]
    """Deep talks of the cycle that the padding test takes off."""
    month: MonthPart
    causes: Mapping[int, Sequence[CausesSum]]
    causes_until: date | None
    findings: Mapping[int, Sequence[Finding]]
    coaching: Mapping[int, Sequence[ActionOutcome]]
    leads: Mapping[int, Mapping[str, Sequence[int]]]
    cases: Mapping[int, Sequence[SuccessCase]] = field(default_factory=dict)


def load_review_ground(cycle: Cycle, today: date) -> ReviewGround:
    """Load a cycle as it is known on a day; that day itself is not yet known. A fixed number of queries."""
    until = min(cycle.last, today - timedelta(days=1))
    if until < cycle.first:
        raise refuse("review_too_early", "Nothing is known yet of these days.", "period")
    now, before = takings(cycle.first, until), cycle.before()
    then = takings(before.first, before.last)
    team_of = {rep: _last_team(stays) for rep, stays in now.stays.items()}
    causes, causes_until = _causes(cycle, until, today, team_of)
    return ReviewGround(
        cycle=cycle,
        until=until,
        currency=organization().currency,
        teams={team.pk: team for team in teams_in_full()},
        team_of=team_of,
        money=_by_team(now.placed),
        money_before=_by_team(then.placed),
        work=team_sums(cycle.first, until),
        work_before=team_sums(before.first, before.last),
        talks_off=talks_off(cycle.first, until, None).by_team,
        month=_month(cycle, until),
        causes=causes,
        causes_until=causes_until,
        findings=_findings(until, today, team_of),
        coaching=_coaching(cycle, until, team_of),
        leads=_leads(cycle, until, team_of),
        cases=_cases(team_of),
    )


def _last_team(stays: Sequence[Stay]) -> int:
    return (stays[-1].team_id or 0) if stays else 0


def _by_team(parts: Sequence[Placed]) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    for part in parts:
        won, back = sums.get(part.team_id or 0, (0, 0))
        sums[part.team_id or 0] = (won + part.won_minor, back + part.refunds_minor)
    return sums


def _month(cycle: Cycle, until: date) -> MonthPart:
    month = month_around(until)
    found, brought = attained(month_span(month.label), EVERYTHING), takings(month.first, until).placed
    net = {team: won - back for team, (won, back) in _by_team(brought).items()}
    own: Counter[int] = Counter()
    for part in brought:
        own[part.rep_id or 0] += part.net_minor
    asked, reached = Counter[int](), Counter[int]()
    for line in found.people:
        if line.target_minor:
            asked[line.team_id or 0] += 1
            reached[line.team_id or 0] += own[line.rep_id] >= line.target_minor
    target = {line.unit_id: line.target_minor for line in found.teams if line.target_minor is not None}
    return MonthPart(
        label=month.label, first=month.first, last=month.last, target=target, net=net, reached=reached, asked=asked,
        due=target if cycle.kind == "month" else _due(cycle, month, target),
    )  # fmt: skip


def _due(cycle: Cycle, last_month: Cycle, last_target: Mapping[int, int]) -> dict[int, int]:
    """Return what the months' targets ask of a week: its share of each month's working days."""
    due: dict[int, int] = {}
    for month in {one.first: one for one in (month_around(cycle.first), last_month)}.values():
        target = last_target if month == last_month else _targets(month)
        inside = len(plain_days(max(cycle.first, month.first), min(cycle.last, month.last)))
        whole = len(plain_days(month.first, month.last))
        for team, amount in target.items():
            due[team] = due.get(team, 0) + (amount * inside // whole if whole else 0)
    return due


def _targets(month: Cycle) -> dict[int, int]:
    teams = attained(month_span(month.label), EVERYTHING).teams
    return {line.unit_id: line.target_minor for line in teams if line.target_minor is not None}


def _causes(
    cycle: Cycle, until: date, today: date, team_of: Mapping[int, int]
) -> tuple[dict[int, list[CausesSum]], date | None]:
    """Return the causes of the sales month that the cycle ends in, where they were counted of days known by then."""
    month = month_around(until if cycle.kind == "week" else cycle.first)
    counted = RepCauses.objects.filter(first_day=month.first).order_by("-last_day").values_list("last_day", flat=True)
    last = counted.first()
    found: dict[int, list[CausesSum]] = defaultdict(list)
    if last is None or last >= today:
        return found, None
    for rep_id, one in causes_of_reps(month.first, month.last, None).items():
        if not one.is_setter:
            found[team_of.get(rep_id, 0)].append(one)
    return found, last


def _findings(until: date, today: date, team_of: Mapping[int, int]) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    month = month_around(until)
    for finding in findings_of_month(_period(month), None):
        if finding.last_day < today and finding.money_minor < 0:
            found[finding.team_id or team_of.get(finding.rep_id or 0, 0)].append(finding)
    return found


def _period(month: Cycle) -> Period:
    return month_span(month.label).months[0]


def _coaching(cycle: Cycle, until: date, team_of: Mapping[int, int]) -> dict[int, list[ActionOutcome]]:
    rows = CoachingAction.objects.filter(due_on__range=(cycle.first, until)).select_related("owner", "rep")
    found: dict[int, list[ActionOutcome]] = defaultdict(list)
    for one in judged(list(rows.order_by("due_on", "pk")), until + timedelta(days=1)):
        found[team_of.get(one.action.rep_id, 0)].append(one)
    return found


def _leads(cycle: Cycle, until: date, team_of: Mapping[int, int]) -> dict[int, dict[str, list[int]]]:
    """Return leads of the cycle by their owner's team and source: how many, opportunities, deals, money so far."""
    channels, found = segment_names(), defaultdict[int, dict[str, list[int]]](dict)
    for one in lead_flow(cycle.first, until):
        channel = channels[one.segment_id].channel if one.segment_id in channels else ""
        row = found[team_of.get(one.rep_id, 0)].setdefault(channel, [0, 0, 0, 0])
        for place, value in enumerate((one.leads, one.opportunities, one.deals, one.net_minor)):
            row[place] += value
    return found


def _cases(team_of: Mapping[int, int]) -> dict[int, list[SuccessCase]]:
    """Return the success cases that are being tried or stand verified, by the team of whose practice it is."""
    rows = SuccessCase.objects.filter(state__in=(CaseState.TRIED, CaseState.VERIFIED, CaseState.REFUTED))
    found: dict[int, list[SuccessCase]] = defaultdict(list)
    for case in rows.prefetch_related("adoptions").order_by("pk"):
        teams = {team_of.get(one.rep_id, 0) for one in case.adoptions.all()} | {team_of.get(case.star_id or 0, 0)}
        for team in teams:
            found[team].append(case)
    return found


def causes_sums(members: Sequence[CausesSum]) -> dict[str, int]:
    """Return what some people's causes add up to."""
    return {cause: sum(one.causes[cause] for one in members) for cause in CAUSES}
