"""One review's content: the loaded cycle added up for a team, a region or everyone, as a document that can be kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from pacemark.web.pipeline.queries import RepTotals, rep_day_totals
from pacemark.web.pipeline.queries.team_days import TeamSums
from pacemark.web.process.bridge.coaching import ActionOutcome, executions_of
from pacemark.web.process.bridge.ground import STAGES
from pacemark.web.process.models import Finding
from pacemark.web.results.bridge.review_effects import METRICS, effect_of
from pacemark.web.results.choices import ReviewActionState, ReviewLevel, ReviewStage
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.queries.review_ground import ReviewGround, causes_sums

# Of the document: a draft of an older shape is written anew.
SHAPE = 1
MOST_FINDINGS, MOST_PROPOSALS = 5, 3
EVIDENCE = ("won", "tried", "expected", "ease", "asked", "done", "capacity", "is_new", "counts", "calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Whom a review is about. ``owner_id`` answers for it: the manager or the director."""

    level: str
    unit_id: int
    name: str
    team_ids: frozenset[int]
    owner_id: int | None = None


def key_of(unit: Unit, first: date, last: date) -> str:
    """Return the key by which a unit has one review per cycle."""
    return f"{unit.level}:{unit.unit_id}:{first.isoformat()}:{last.isoformat()}"


def units_of(ground: ReviewGround, level: str) -> list[Unit]:
    """Return the units of a level that had people or money in the cycle; none where the records know nothing of it."""
    if not ground.money and not ground.work:
        return []
    alive = {*ground.team_of.values(), *ground.money}
    teams = {pk: team for pk, team in ground.teams.items() if pk in alive}
    if level == ReviewLevel.TEAM:
        return [
            Unit(level=level, unit_id=pk, name=team.name, team_ids=frozenset({pk}), owner_id=team.manager_id)
            for pk, team in teams.items()
        ]
    if level == ReviewLevel.ORGANIZATION:
        return [Unit(level=level, unit_id=0, name="", team_ids=frozenset({0, *alive}))]
    regions = {team.region_id: team.region for team in teams.values() if team.region}
    return [
        Unit(
            level=level, unit_id=region.pk, name=region.name, owner_id=region.director_id,
            team_ids=frozenset(pk for pk, team in teams.items() if team.region_id == region.pk),
        )
        for region in regions.values()
    ]  # fmt: skip


class Effects:
    """People's sums of the cycles that last reviews looked back on, each read once however many units ask."""

    def __init__(self, ground: ReviewGround) -> None:
        self._ground = ground
        self._sums: dict[tuple[date, date], dict[int, RepTotals]] = {}

    def of(self, unit: Unit, action: ReviewAction) -> dict[str, Any] | None:
        """Return what became of an action's metric; None where it has none."""
        if action.metric not in METRICS:
            return None
        last, ground = action.review, self._ground
        mine = {rep for rep, team in ground.team_of.items() if team in unit.team_ids}
        before = self._read(last.first_day, last.last_day)
        return effect_of(action.metric, before, self._read(ground.cycle.first, ground.until), mine)

    def _read(self, first: date, last: date) -> dict[int, RepTotals]:
        if (first, last) not in self._sums:
            self._sums[first, last] = {row.rep_id: row for row in rep_day_totals(first, last, None)}
        return self._sums[first, last]


def content_of(ground: ReviewGround, unit: Unit, last: Sequence[ReviewAction], effects: Effects) -> dict[str, Any]:
    """Return a unit's review; its sums are those of Results, and the teams' add up to the region's."""
    causes = [one for team in unit.team_ids for one in ground.causes.get(team, ())]
    findings = sorted(
        (one for team in unit.team_ids for one in ground.findings.get(team, ())),
        key=lambda one: (one.money_minor, one.pk),
    )
    return {
        "shape": SHAPE,
        "level": unit.level,
        "unit_id": unit.unit_id,
        "name": unit.name,
        "team_ids": sorted(unit.team_ids),
        "cycle": ground.cycle.kind,
        "label": ground.cycle.label,
        "first": ground.cycle.first.isoformat(),
        "last": ground.cycle.last.isoformat(),
        "until": ground.until.isoformat(),
        "currency": ground.currency,
        "result": _result(ground, unit.team_ids),
        "units": _units(ground, unit),
        "causes": _causes(ground, causes),
        "work": {
            "now": asdict(_added(ground.work, unit.team_ids)),
            "before": asdict(_added(ground.work_before, unit.team_ids)),
            "talks_off": round(sum(ground.talks_off.get(team, 0.0) for team in unit.team_ids), 1),
        },
        "findings": [_finding(one) for one in findings[:MOST_FINDINGS]],
        "n_findings": len(findings),
        "findings_until": max((one.last_day for one in findings), default=ground.until).isoformat(),
        "last_actions": [_last_action(one, effects.of(unit, one), ground.until) for one in last],
        "coaching": _coaching([one for team in unit.team_ids for one in ground.coaching.get(team, ())]),
        "leads": _leads(ground, unit.team_ids),
        "cases": _cases(ground, unit.team_ids),
        "proposals": [_proposal(one, unit, ground.until) for one in _to_propose(findings)],
    }


def _result(ground: ReviewGround, teams: Collection[int]) -> dict[str, Any]:
    month = ground.month
    won, back = (sum(ground.money.get(team, (0, 0))[place] for team in teams) for place in (0, 1))
    before = [ground.money_before[team] for team in teams if team in ground.money_before]
    return {
        "won_minor": won,
        "refunds_minor": back,
        "net_minor": won - back,
        "target_minor": _known(month.due, teams),
        "before_minor": sum(one - two for one, two in before) if before else None,
        "month": month.label,
        "month_target_minor": _known(month.target, teams),
        "month_net_minor": sum(month.net.get(team, 0) for team in teams),
        "reached": sum(month.reached.get(team, 0) for team in teams),
        "asked": sum(month.asked.get(team, 0) for team in teams),
    }


def _known(amounts: Mapping[int, int], teams: Iterable[int]) -> int | None:
    there = [amounts[team] for team in teams if team in amounts]
    return sum(there) if there else None


def _units(ground: ReviewGround, unit: Unit) -> list[dict[str, Any]]:
    """Return a region's teams; the parts add up to the whole."""
    if unit.level == ReviewLevel.TEAM:
        return []
    found = []
    for team in sorted(unit.team_ids, key=lambda pk: (pk == 0, ground.teams[pk].name if pk in ground.teams else "")):
        won, back = ground.money.get(team, (0, 0))
        name = ground.teams[team].name if team in ground.teams else ""
        if name or won or back:
            found.append({"name": name, "net_minor": won - back, "target_minor": ground.month.due.get(team)})
    return found


def _causes(ground: ReviewGround, members: Sequence[Any]) -> dict[str, Any] | None:
    if not members or ground.causes_until is None:
        return None
    return {
        "until": ground.causes_until.isoformat(),
        "n_people": len(members),
        "target_minor": sum(one.target_minor for one in members),
        "actual_minor": sum(one.actual_minor for one in members),
        **causes_sums(members),
    }


def _added(sums: Mapping[int, TeamSums], teams: Iterable[int]) -> TeamSums:
    whole = TeamSums()
    for team in teams:
        whole = whole.plus(sums.get(team, TeamSums()))
    return whole


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "who": one.rep.name if one.rep else one.team.name if one.team else "",
        "rep_id": one.rep_id,
        "stage": one.stage,
        "cause": one.cause,
        "verdict": one.verdict,
        "money_minor": one.money_minor,
        "evidence": {key: one.evidence[key] for key in EVIDENCE if key in one.evidence},
    }


def _to_propose(findings: Sequence[Finding]) -> list[Finding]:
    """Return what something can be done about: more than luck, one per person and stage, the dearest first."""
    seen: set[tuple[int | None, str]] = set()
    found = []
    for one in findings:
        actionable = one.verdict in {"skill", "counted"} and (one.stage in STAGES or one.stage in {"dials", "plan"})
        if actionable and (one.rep_id, one.stage) not in seen:
            seen.add((one.rep_id, one.stage))
            found.append(one)
    return found[:MOST_PROPOSALS]


def _proposal(one: Finding, unit: Unit, until: date) -> dict[str, Any]:
    due = until + timedelta(days=7)
    metric = one.stage if one.stage in METRICS else ""
    return {**_finding(one), "owner_id": unit.owner_id, "due_on": due.isoformat(), "metric": metric}


def _last_action(one: ReviewAction, effect: dict[str, Any] | None, until: date) -> dict[str, Any]:
    ended = one.settled_on or (until + timedelta(days=1))
    return {
        "action_id": one.pk,
        "what": one.what,
        "owner": str(one.owner or ""),
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "is_late": one.state != ReviewActionState.DROPPED and ended > one.due_on,
        "metric": one.metric,
        "effect": effect,
    }


def _coaching(found: Sequence[ActionOutcome]) -> dict[str, Any]:
    managers = executions_of(found)
    sums = {
        name: sum(getattr(one, name) for one in managers) for name in ("on_time", "late", "excused", "missed", "bulk")
    }
    due = sum(one.execution.due for one in managers)
    return {**sums, "due": due, "rate": sums["on_time"] / due if due else None}


def _leads(ground: ReviewGround, teams: Iterable[int]) -> list[dict[str, Any]]:
    sums: dict[str, list[int]] = {}
    for team in teams:
        for channel, row in ground.leads.get(team, {}).items():
            sums[channel] = [one + two for one, two in zip(sums.get(channel, [0, 0, 0, 0]), row, strict=True)]
    names = ("leads", "opportunities", "deals", "net_minor")
    ranked = sorted(sums.items(), key=lambda one: (-one[1][0], one[0]))
    return [{"channel": channel, **dict(zip(names, row, strict=True))} for channel, row in ranked]


def _cases(ground: ReviewGround, teams: Iterable[int]) -> list[dict[str, Any]]:
    cases = {case.pk: case for team in teams if team for case in ground.cases.get(team, ())}
    return [
        {
            "case_id": pk,
            "title": case.title,
            "state": case.state,
            "n": case.adoptions.all().count(),
            "practice": case.practice,
            "habits": [one for one in case.content["habits"] if one["code"] == case.practice],
        }
        for pk, case in sorted(cases.items())
    ]


def last_actions(ground: ReviewGround, level: str) -> dict[int, list[ReviewAction]]:
    """Return, by unit, the actions of each unit's last review, and whatever is still open of earlier ones."""
    before = Review.objects.filter(level=level, last_day__lt=ground.cycle.first)
    rows = ReviewAction.objects.filter(review__in=before).select_related("review", "owner").order_by("due_on", "pk")
    newest: dict[int, date] = {}
    for unit, day in before.values_list(*_unit_columns(level), "last_day"):
        newest[unit or 0] = max(newest.get(unit or 0, day), day)
    found: dict[int, list[ReviewAction]] = {}
    for row in rows:
        unit = unit_id_of(row.review)
        if row.state == ReviewActionState.OPEN or row.review.last_day == newest[unit]:
            found.setdefault(unit, []).append(row)
    return found


def _unit_columns(level: str) -> tuple[str]:
    return ("region_id",) if level == ReviewLevel.REGION else ("team_id",)


def unit_id_of(review: Review) -> int:
    """Return the id of whom a review is about."""
    return review.team_id or review.region_id or 0


def is_frozen(review: Review) -> bool:
    """Tell whether a review was agreed: its content stays from then on."""
    return review.stage != ReviewStage.DRAFT
