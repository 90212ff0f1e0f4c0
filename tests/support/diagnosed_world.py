"""A made-up organisation's last quarter, diagnosed straight from its arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.demo.tables import RoleCode, local_day
from pacemark.demo.worktime import day_number
from pacemark.demo.world import World
from pacemark.engine.lags import Trials, fit_lag_curve
from pacemark.engine.mix import LeadMix
from pacemark.engine.process.exposure import exposure_in_window
from pacemark.engine.process.findings import (
    Findings,
    LeadFindings,
    StageRecords,
    find_poor_leads,
    find_shortfalls,
)
from pacemark.engine.process.peers import PeerRates, peer_rates
from pacemark.engine.tails import Baseline
from pacemark.engine.wobble import fit_wobble, wobble_of_window

STAGES = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk", "deal_per_opportunity")
N_MONTHS = 3
DEEP_SECONDS = 180
DEAL_MINOR = 300_000.0
NEWCOMER_DAYS = 120


@dataclass(frozen=True)
class Cells:
    """Trials of one stage: whose, on which day, with which lead, how ripe, and whether they succeeded."""

    rep: np.ndarray
    day: np.ndarray
    lead: np.ndarray
    exposed: np.ndarray
    won: np.ndarray


@dataclass(frozen=True)
class Diagnosis:
    people: Findings
    teams: LeadFindings


def stage_cells(world: World) -> list[Cells]:
    calls, opportunities = world.calls, world.opportunities
    day, every = local_day(calls.started_at), np.ones(len(calls.rep))
    connect = calls.is_answered & (calls.talk_seconds >= 1)
    deep = connect & (calls.talk_seconds >= DEEP_SECONDS)
    converts = np.zeros(len(calls.rep), dtype=bool)
    converts[opportunities.sourced_call[opportunities.sourced_call >= 0]] = True
    cells = [
        Cells(calls.rep[some], day[some], calls.lead[some], every[some], won[some])
        for some, won in ((every > 0, connect), (connect, deep), (deep, converts & deep))
    ]
    today = day_number(world.layout.spec.last_day)
    opened = local_day(opportunities.reported_at)
    won, age = opportunities.is_won, (today - opened).astype(float)
    closed = np.where(opportunities.closed_at > 0, local_day(opportunities.closed_at), today + 1)
    lag = (closed - opened).astype(float)
    curve = fit_lag_curve(Trials(age_days=age, tried=np.ones(len(age)), win_lag_days=lag[won], win_age_days=age[won]))
    # What was open when the quarter began counts in the quarter, by what was still to be expected of it.
    first, rate = day_number(world.layout.spec.last_quarter.first), float(won.mean())
    in_window = closed >= first
    exposed = np.where(in_window, exposure_in_window(curve, age, today - first + 1, rate), curve.within(age))
    day = np.where(in_window, np.maximum(opened, first), opened)
    return [*cells, Cells(opportunities.owner, day, opportunities.lead, exposed, won)]


def diagnose_world(world: World, least_money_minor: int = 0) -> Diagnosis:
    """Compare everyone's last quarter with peers, given the leads; people and teams."""
    people, spec = world.layout.people, world.layout.spec
    first = day_number(spec.last_quarter.first)
    is_new = people.hired_day > day_number(spec.last_day) - NEWCOMER_DAYS
    role = np.where(is_new, -1, people.role)
    team_role = people.team * 3 + people.role
    peers, records = [], []
    for place, cells in enumerate(stage_cells(world)):
        groups = [team_role, role] if place == 1 else [role]
        found, wobble = _stage(world, cells, groups, first, has_mix=place == 2)
        peers.append(found)
        records.append(wobble)
    # Closers' chain starts at opportunities, setters' ends there.
    not_theirs = [people.role == RoleCode.CLOSER] * 3 + [people.role == RoleCode.SETTER]
    unknown = [is_new | strangers for strangers in not_theirs]
    usual = Baseline(
        mean=np.stack(
            [np.where(gone, np.nan, found.baseline.mean) for gone, found in zip(unknown, peers, strict=True)], axis=1
        ),
        certainty=np.stack([found.baseline.certainty for found in peers], axis=1),
    )
    money = np.stack(_money_per_success(peers), axis=1)
    judged = find_shortfalls(
        StageRecords(
            won=np.stack([found.won for found in peers], axis=1),
            tried=np.stack([found.tried for found in peers], axis=1),
            usual=usual, dispersion=np.stack(records, axis=1), money_per_success=money,
        ),
        least_money_minor,
    )  # fmt: skip
    return Diagnosis(judged, _teams(world, first, least_money_minor))


def _money_per_success(peers: list[PeerRates]) -> list[np.ndarray]:
    rates = [float(found.won.sum() / found.tried.sum()) for found in peers]
    return [np.full(len(peers[0].won), DEAL_MINOR * np.prod(rates[place + 1 :])) for place in range(len(rates))]


def _mix(world: World, cells: Cells, first: int, who: np.ndarray, *, has_mix: bool) -> LeadMix:
    """Count the window's trials by person (or team) and kind of lead."""
    inside = cells.day >= first
    n_kinds = int(world.leads.lead_grade.max()) + 1
    kind = world.leads.channel[cells.lead].astype(np.int64) * n_kinds + world.leads.lead_grade[cells.lead]
    key = who[cells.rep].astype(np.int64) * 1000 + (kind if has_mix else 0)
    cell, place = np.unique(key[inside], return_inverse=True)
    kinds = {"source": cell % 1000 // n_kinds, "grade": cell % 1000 % n_kinds} if has_mix else {}
    return LeadMix(
        person=cell // 1000, kinds=kinds,
        exposed=np.bincount(place, cells.exposed[inside]), won=np.bincount(place, cells.won[inside].astype(float)),
    )  # fmt: skip


def _stage(
    world: World, cells: Cells, groups: list[np.ndarray], first: int, *, has_mix: bool
) -> tuple[PeerRates, np.ndarray]:
    n_people = len(groups[0])
    month = (cells.day - first) // 30
    n_past = int(-month.min())
    months = [np.zeros((n_people, n_past + N_MONTHS + 1)) for _ in range(2)]
    for table, values in zip(months, (cells.won.astype(float), cells.exposed), strict=True):
        np.add.at(table, (cells.rep, month + n_past), values)
    wobble = fit_wobble(months[0], np.maximum(months[1], months[0]))
    found = peer_rates(_mix(world, cells, first, np.arange(n_people), has_mix=has_mix), groups, wobble.dispersion)
    return found, wobble_of_window(wobble.dispersion, months[1][:, n_past:])


def _teams(world: World, first: int, least_money_minor: int) -> LeadFindings:
    cells, n_teams = stage_cells(world)[2], len(world.layout.teams.name)
    dialling = world.layout.people.role[cells.rep] != RoleCode.CLOSER
    cells = Cells(*(getattr(cells, name)[dialling] for name in ("rep", "day", "lead", "exposed", "won")))
    team = world.layout.people.team
    found = peer_rates(_mix(world, cells, first, team, has_mix=True), [np.zeros(n_teams, dtype=np.int64)])
    money = np.full((n_teams, 1), DEAL_MINOR * 0.33)
    return find_poor_leads(
        found.ease[:, None], found.ease_sd[:, None], (found.tried * found.usual)[:, None], money, least_money_minor
    )
