"""What the overview of some units says: gathered once, kept as a document, and read back as it was."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Sum

from pacemark.web.goals.models import Replan, Target
from pacemark.web.organization.models import Membership, Region
from pacemark.web.pipeline.queries import segment_names
from pacemark.web.pipeline.queries.lead_flow import LeadFlow, lead_flow
from pacemark.web.pipeline.queries.sales import money_of_days
from pacemark.web.process.bridge.coaching import ManagerExecution
from pacemark.web.process.models import RepCauses
from pacemark.web.process.queries.coaching import coaching_mark, coaching_of
from pacemark.web.results.bridge.attained import Forecast, UnitLine
from pacemark.web.results.models import CreditShare, QuarterOutlook
from pacemark.web.results.queries.attainment import Attained, Sight, attained
from pacemark.web.results.queries.causes import CausesLine, causes_in
from pacemark.web.results.queries.money import stays_between
from pacemark.web.results.queries.spans import Span

# Of the document: one of an older shape is made anew.
SHAPE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """Leads of one source in one region (0: nobody's), and what they have brought so far."""

    region_id: int
    region_name: str
    channel: str
    leads: int
    opportunities: int
    deals: int
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionLine:
    """A manager's coaching: the share done on time with evidence, of how many; None where none was due."""

    name: str
    rate: float | None
    due: int
    on_time: int
    bulk: int
    passes: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything the overview shows of a span; sums are those of `attained`."""

    label: str
    made_at: datetime
    whole: UnitLine
    regions: tuple[UnitLine, ...]
    teams: tuple[UnitLine, ...]
    nobody_minor: int
    causes: CausesLine | None
    causes_until: date | None
    region_causes: tuple[CausesLine, ...]
    executions: tuple[ExecutionLine, ...]
    flow: tuple[FlowLine, ...]
    n_without_outlook: int


def scope_of(sight: Sight) -> str:
    """Return the key of what is seen."""
    if sight.team_ids is None:
        return "all"
    return f"teams:{','.join(str(team) for team in sorted(sight.team_ids))}"[:200]


def mark_of(span: Span) -> str:
    """Return a short text that changes with the money, credit, targets, people, outlooks and coaching of a span."""
    credit = CreditShare.objects.aggregate(n=Count("pk"), last=Max("pk"), sum=Sum("share_bp"))
    parts = (
        SHAPE,
        span.today.isoformat(),
        *money_of_days(span.first, span.last),
        *credit.values(),
        Target.objects.aggregate(last=Max("pk"))["last"],
        Membership.objects.aggregate(last=Max("pk"))["last"],
        Replan.objects.filter(period_start=span.months[-1].first).aggregate(last=Max("pk"))["last"],
        QuarterOutlook.objects.aggregate(last=Max("pk"))["last"],
        RepCauses.objects.filter(first_day__gte=span.first).aggregate(at=Max("counted_at"))["at"],
        coaching_mark(None),
    )
    return hashlib.blake2b("|".join(str(part) for part in parts).encode(), digest_size=16).hexdigest()


def leads_of(span: Span) -> list[LeadFlow]:
    """Return everybody's leads of a span and what became of them: it takes longest, and is the same in every sight."""
    return lead_flow(span.first, min(span.last, span.today))


def gather_sheet(
    span: Span, sight: Sight, made_at: datetime, leads: list[LeadFlow] | None, flow: tuple[FlowLine, ...] | None = None
) -> Sheet:
    """Add everything up anew from everybody's leads, or with the lines about leads of a sheet that was made lately."""
    found = attained(span, sight)
    causes = causes_in(span, found)
    return Sheet(
        label=span.label,
        made_at=made_at,
        whole=found.whole,
        regions=found.regions,
        teams=found.teams,
        nobody_minor=found.nobody.net_minor if found.nobody else 0,
        causes=causes.whole if causes else None,
        causes_until=causes.until if causes else None,
        region_causes=causes.regions if causes else (),
        executions=tuple(_execution(one) for one in coaching_of(span.today, sight.rep_ids).executions),
        flow=tuple(_flow(span, sight, found, leads or [])) if flow is None else flow,
        n_without_outlook=found.n_without_outlook,
    )


def _execution(one: ManagerExecution) -> ExecutionLine:
    done = one.execution
    return ExecutionLine(
        name=one.name, rate=None if done.rate is None else float(done.rate), due=done.due, on_time=one.on_time,
        bulk=one.bulk, passes=done.passes,
    )  # fmt: skip


def _flow(span: Span, sight: Sight, found: Attained, leads: list[LeadFlow]) -> list[FlowLine]:
    """Return the leads by region and source; those of people out of sight stay out, nobody's are for who sees all."""
    regions = {line.unit_id: line.region_id for line in found.teams}
    names = dict(Region.objects.values_list("pk", "name"))
    channels = segment_names()
    teams = {rep_id: mine[-1].team_id or 0 for rep_id, mine in stays_between(span.first, span.last).items()}
    sums: dict[tuple[int, str], list[int]] = {}
    for one in leads:
        if sight.team_ids is not None and teams.get(one.rep_id) not in sight.team_ids:
            continue
        region = regions.get(teams.get(one.rep_id, 0), 0) if one.rep_id else -1
        channel = channels[one.segment_id].channel if one.segment_id in channels else ""
        row = sums.setdefault((region, channel), [0, 0, 0, 0])
        for place, value in enumerate((one.leads, one.opportunities, one.deals, one.net_minor)):
            row[place] += value
    lines = [
        FlowLine(
            region_id=region, region_name=names.get(region, ""), channel=channel, leads=arrived, opportunities=opened,
            deals=deals, net_minor=net,
        )
        for (region, channel), (arrived, opened, deals, net) in sums.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.channel, line.region_id < 0, line.region_name, line.region_id))


def as_json(sheet: Sheet) -> dict[str, Any]:
    """Return what is stored."""
    until = sheet.causes_until
    return {**asdict(sheet), "made_at": sheet.made_at.isoformat(), "causes_until": until.isoformat() if until else None}


def from_json(stored: dict[str, Any]) -> Sheet:
    """Return what was stored."""
    causes = stored["causes"]
    return Sheet(
        label=stored["label"],
        made_at=datetime.fromisoformat(stored["made_at"]),
        whole=_unit(stored["whole"]),
        regions=tuple(_unit(one) for one in stored["regions"]),
        teams=tuple(_unit(one) for one in stored["teams"]),
        nobody_minor=stored["nobody_minor"],
        causes=CausesLine(**causes) if causes else None,
        causes_until=date.fromisoformat(stored["causes_until"]) if causes else None,
        region_causes=tuple(CausesLine(**one) for one in stored["region_causes"]),
        executions=tuple(ExecutionLine(**one) for one in stored["executions"]),
        flow=tuple(FlowLine(**one) for one in stored["flow"]),
        n_without_outlook=stored["n_without_outlook"],
    )


def _unit(stored: dict[str, Any]) -> UnitLine:
    forecast = stored["forecast"]
    return UnitLine(**{**stored, "forecast": Forecast(**forecast) if forecast else None})
