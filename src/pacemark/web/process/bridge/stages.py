"""Everybody's stages against what others make of such leads: facts in, the engine's verdicts out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from pacemark.engine.lags import LagCurve, Trials, fit_lag_curve
from pacemark.engine.mix import LeadMix, MixEffects, fit_mix
from pacemark.engine.process.exposure import exposure_in_window
from pacemark.engine.process.findings import Findings, LeadFindings, StageRecords, find_poor_leads, find_shortfalls
from pacemark.engine.process.peers import PeerRates, peer_rates
from pacemark.engine.tails import Baseline
from pacemark.engine.wobble import fit_wobble, wobble_of_window
from pacemark.web.organization.queries import Member
from pacemark.web.process.bridge.ground import (
    CLOSING,
    NEWCOMER_DAYS,
    NOBODYS_PEER,
    SOURCING,
    STAGES,
    STRETCH_DAYS,
    STRETCHES_BEFORE,
    BoolArray,
    FloatArray,
    IntArray,
    StageGround,
)

ROLE_CODES = {"full_cycle": 0, "setter": 1, "closer": 2}
# Peers of one team share hours and shift, which decide how long talks last; the other rates do not depend on it.
_IN_TEAMS = 1
_KINDS = ("source", "grade")
_HALF, _MOST_RATE = 0.5, 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Trials of one stage, by person and segment or by person and day of opening; ``segment_id`` is 0 if unknown."""

    person: IntArray
    segment_id: IntArray
    exposed: FloatArray
    won: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Everybody's stages, judged; rows in the order of the ground's members, columns in that of ``STAGES``.

    ``ease`` is how easy these leads are for anybody, ``ease_change`` how many times as easy as the same person's of
    the half year before. ``team_ids`` are the rows of ``leads``, whose columns are sourcing and closing.
    """

    ground: StageGround
    won: FloatArray
    tried: FloatArray
    usual: Baseline
    average: FloatArray
    ease: FloatArray
    ease_change: FloatArray
    dispersion: FloatArray
    money_per_success: FloatArray
    findings: Findings
    is_theirs: BoolArray
    is_new: BoolArray
    team_ids: tuple[int, ...]
    leads: LeadFindings


def judge(ground: StageGround) -> Judged:
    """Compare everybody's window with peers, given the leads; whoever is new is not judged."""
    curve = win_curve(ground)
    cells = [*_talk_cells(ground), _closing_cells(ground, curve)]
    kinds = _kind_codes(ground)
    groups = _groups(ground, newcomers(ground))
    effects = [_effects(one, kinds) for one in cells]
    months = _months(ground, curve)
    found, wobbles = [], []
    for stage, (one, effect) in enumerate(zip(cells, effects, strict=True)):
        won, tried = months[stage]
        dispersion = fit_wobble(won, np.maximum(won, tried)).dispersion
        mine = groups if stage == _IN_TEAMS else groups[1:]
        found.append(peer_rates(_mix(one, kinds), mine, dispersion, effect))
        wobbles.append(wobble_of_window(dispersion, tried[:, STRETCHES_BEFORE:]))
    judged = _judged(ground, found, np.stack(wobbles, axis=1))
    team_ids, leads = _teams(ground, cells, kinds, judged.money_per_success)
    change = _ease_change(ground, judged.ease, effects, kinds)
    return replace(judged, ease_change=change, team_ids=team_ids, leads=leads)


def against_own_past(now: Judged, before: Judged) -> Judged:
    """Compare everybody's window with their own earlier one; what the leads have changed is taken out.

    Both must be of the same people in the same order.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        past = (before.won + _HALF) / (before.tried + 2 * _HALF) * now.ease / before.ease
    is_known = (before.tried > 0) & now.is_theirs
    usual = Baseline(mean=np.where(is_known, np.minimum(past, _MOST_RATE), np.nan), certainty=before.tried + 2 * _HALF)
    records = StageRecords(
        won=now.won, tried=now.tried, usual=usual, dispersion=np.hypot(now.dispersion, before.dispersion),
        money_per_success=now.money_per_success,
    )  # fmt: skip
    change = np.prod(np.where(before.ease > 0, now.ease / before.ease, 1.0), axis=1)
    found = find_shortfalls(records, now.ground.least_money_minor)
    return replace(now, usual=usual, findings=found, ease_change=np.asarray(change, dtype=np.float64))


def win_curve(ground: StageGround) -> LagCurve:
    """Return how long wins take, as it was known at the window's end."""
    return _curve(ground, ground.wins.opened_on, ground.wins.closed_on, ground.wins.won)


def newcomers(ground: StageGround) -> BoolArray:
    """Tell who was hired lately."""
    return np.array([_is_new(member, ground.span.last) for member in ground.members], dtype=bool)


def _is_new(member: Member, last: date) -> bool:
    return member.hired_on is not None and (last - member.hired_on).days < NEWCOMER_DAYS


def _curve(ground: StageGround, opened_on: IntArray, closed_on: IntArray, count: IntArray) -> LagCurve:
    today = ground.span.last.toordinal()
    day, tried = ground.opened_by_day
    return fit_lag_curve(
        Trials(
            age_days=(today - day).astype(np.float64),
            tried=tried.astype(np.float64),
            win_lag_days=np.repeat((closed_on - opened_on).astype(np.float64), count),
            win_age_days=np.repeat((today - opened_on).astype(np.float64), count),
        )
    )


def _places(ground: StageGround, rep_ids: IntArray) -> IntArray:
    """Return each rep's place among the members, −1 for anyone else."""
    place = {member.rep_id: index for index, member in enumerate(ground.members)}
    unique, inverse = np.unique(rep_ids, return_inverse=True)
    found = np.array([place.get(rep_id, -1) for rep_id in unique.tolist()], dtype=np.int64)
    return found[inverse] if len(rep_ids) else np.zeros(0, dtype=np.int64)


def _cells(person: IntArray, segment_id: IntArray, exposed: FloatArray, won: FloatArray) -> Cells:
    """Add up by person and segment; whoever is no member is left out."""
    width = int(segment_id.max(initial=0)) + 1
    mine = person >= 0
    key, place = np.unique(person[mine] * width + segment_id[mine], return_inverse=True)
    return Cells(
        person=key // width,
        segment_id=key % width,
        exposed=np.bincount(place, exposed[mine], minlength=len(key)).astype(np.float64),
        won=np.bincount(place, won[mine], minlength=len(key)).astype(np.float64),
    )


def _talk_cells(ground: StageGround) -> list[Cells]:
    """Return dials → connects → deep talks → opportunities sourced, by person and segment."""
    dials, trials = ground.dials, ground.trials
    person, sourcing = _places(ground, dials.rep_id), _places(ground, trials.rep_id)
    columns = [column.astype(np.float64) for column in (dials.dials, dials.connects, dials.deep_talks)]
    first, second = (_cells(person, dials.segment_id, tried, won) for tried, won in pairwise(columns))
    nothing = np.zeros(len(sourcing)), np.zeros(len(person))
    third = _cells(
        np.concatenate([person, sourcing]),
        np.concatenate([dials.segment_id, trials.segment_id]),
        np.concatenate([columns[2], nothing[0]]),
        np.concatenate([nothing[1], trials.talks_converted.astype(np.float64)]),
    )
    # A talk and its lead may stand in two segments since the lead's source was learned later.
    return [first, second, replace(third, exposed=np.maximum(third.exposed, third.won))]


def _closing_cells(ground: StageGround, curve: LagCurve) -> Cells:
    """Return opportunities by what the window could see of them; what stood open when it began counts as well."""
    last, first = ground.span.last.toordinal(), ground.span.first.toordinal()
    trials, older, wins = ground.trials, ground.open_before, ground.wins
    some = trials.opportunities > 0
    in_window = wins.closed_on >= first
    _days, opened = ground.opened_by_day
    rate = float(np.clip(wins.won.sum() / max(opened.sum(), 1), 0.01, 0.95))
    lost = _loss_curve(ground)
    exposed = np.concatenate(
        [
            curve.within((last - trials.day[some]).astype(np.float64)) * trials.opportunities[some],
            exposure_in_window(
                curve, (last - older.opened_on).astype(np.float64), float(ground.span.n_days), rate, lost
            ),
            np.zeros(int(in_window.sum())),
        ]
    )
    won = np.concatenate([np.zeros(int(some.sum()) + len(older.rep_id)), wins.won[in_window].astype(np.float64)])
    return _cells(
        _places(ground, np.concatenate([trials.rep_id[some], older.rep_id, wins.rep_id[in_window]])),
        np.concatenate([trials.segment_id[some], older.segment_id, wins.segment_id[in_window]]),
        exposed,
        won,
    )


def _loss_curve(ground: StageGround) -> LagCurve | None:
    losses = ground.losses
    return _curve(ground, losses.opened_on, losses.closed_on, losses.lost) if len(losses.lost) else None


def _kind_codes(ground: StageGround) -> dict[str, IntArray]:
    """Return each segment's lead source and grade as places, by segment id; a kind with one value tells nothing."""
    size = max(ground.segments, default=0) + 1
    found = {}
    for kind, name in zip(_KINDS, ("channel", "lead_grade"), strict=True):
        values = sorted({getattr(segment, name) for segment in ground.segments.values()} | {""})
        code = {value: place for place, value in enumerate(values)}
        table = np.full(size, code[""], dtype=np.int64)
        for segment_id, segment in ground.segments.items():
            table[segment_id] = code[getattr(segment, name)]
        if len(values) > 1:
            found[kind] = table
    return found


def _of_kinds(segment_id: IntArray, kinds: dict[str, IntArray]) -> dict[str, IntArray]:
    return {name: table[np.clip(segment_id, 0, len(table) - 1)] for name, table in kinds.items()}


def _mix(cells: Cells, kinds: dict[str, IntArray]) -> LeadMix:
    return LeadMix(person=cells.person, kinds=_of_kinds(cells.segment_id, kinds), exposed=cells.exposed, won=cells.won)


def _effects(cells: Cells, kinds: dict[str, IntArray]) -> MixEffects:
    mix = _mix(cells, kinds)
    return fit_mix(mix) if mix.kinds and len(mix.person) else MixEffects(factors={})


def _theirs(ground: StageGround) -> BoolArray:
    """Tell whose each stage is: a closer's chain starts at opportunities, a setter's ends there."""
    return np.array(
        [[role != "closer"] * CLOSING + [role != "setter"] for role in ground.roles], dtype=bool
    ).reshape(-1, len(STAGES))  # fmt: skip


def _groups(ground: StageGround, is_new: BoolArray) -> list[IntArray]:
    """Return whose peers are whose: of the same team and role, then of the same role."""
    role = np.array([ROLE_CODES[role] for role in ground.roles], dtype=np.int64)
    team = np.array([member.team_id for member in ground.members], dtype=np.int64)
    _keys, of_team = np.unique(team * len(ROLE_CODES) + role, return_inverse=True)
    return [of_team.astype(np.int64), np.where(is_new, NOBODYS_PEER, role)]


def _months(ground: StageGround, curve: LagCurve) -> list[tuple[FloatArray, FloatArray]]:
    """Return successes and trials by person and stretch of thirty days, a year before the window and in it."""
    sums, n_people = ground.stretches, len(ground.members)
    width = STRETCHES_BEFORE + -(-ground.span.n_days // STRETCH_DAYS)
    person = _places(ground, sums.rep_id)

    def table(who: IntArray, stretch: IntArray, values: FloatArray | IntArray) -> FloatArray:
        found = np.zeros((n_people, width))
        keep = (who >= 0) & (stretch >= -STRETCHES_BEFORE) & (stretch < width - STRETCHES_BEFORE)
        np.add.at(found, (who[keep], stretch[keep] + STRETCHES_BEFORE), values[keep])
        return found

    counts = [
        table(person, sums.stretch, column)
        for column in (sums.dials, sums.connects, sums.deep_talks, sums.talks_converted, sums.opportunities)
    ]
    middle = ground.span.first.toordinal() + (np.arange(width) - STRETCHES_BEFORE + 0.5) * STRETCH_DAYS
    lived = curve.within(np.maximum(ground.span.last.toordinal() - middle, 0.0))
    wins = ground.wins
    opened = np.floor_divide(wins.opened_on - ground.span.first.toordinal(), STRETCH_DAYS)
    won = table(_places(ground, wins.rep_id), opened, wins.won)
    return [
        *((counts[stage + 1], np.maximum(counts[stage], counts[stage + 1])) for stage in range(CLOSING)),
        (won, np.maximum(counts[4] * lived, won)),
    ]


def _judged(ground: StageGround, found: list[PeerRates], dispersion: FloatArray) -> Judged:
    is_new, is_theirs = newcomers(ground), _theirs(ground)
    unknown = is_new[:, None] | ~is_theirs
    mean = np.stack([one.baseline.mean for one in found], axis=1)
    certainty = np.stack([one.baseline.certainty for one in found], axis=1)
    usual = Baseline(mean=np.where(unknown, np.nan, mean), certainty=certainty)
    won, tried = (np.stack([getattr(one, name) for one in found], axis=1) for name in ("won", "tried"))
    rates = [float(one.won.sum() / one.tried.sum()) if one.tried.sum() else 0.0 for one in found]
    worth = [ground.deal_value_minor * float(np.prod(rates[stage + 1 :])) for stage in range(len(STAGES))]
    money = np.tile(np.array(worth), (len(ground.members), 1))
    records = StageRecords(won=won, tried=tried, usual=usual, dispersion=dispersion, money_per_success=money)
    nothing = np.zeros((0, 2))
    return Judged(
        ground=ground, won=won, tried=tried, usual=usual, dispersion=dispersion, money_per_success=money,
        average=np.stack([one.usual for one in found], axis=1), ease=np.stack([one.ease for one in found], axis=1),
        ease_change=np.ones(len(ground.members)), findings=find_shortfalls(records, ground.least_money_minor),
        is_theirs=is_theirs, is_new=is_new, team_ids=(),
        leads=LeadFindings(ease=nothing, q=nothing, money_minor=nothing.astype(np.int64), is_finding=nothing > 0),
    )  # fmt: skip


def _ease_change(
    ground: StageGround, ease: FloatArray, effects: list[MixEffects], kinds: dict[str, IntArray]
) -> FloatArray:
    """Return how many times as easy everybody's leads are as their own of the half year before, through the chain.

    Whom the leads of their opportunities came from is told by their deep talks.
    """
    before = ground.dials_before
    change = np.ones(len(ground.members))
    if not kinds or not len(before.rep_id):
        return change
    person = _places(ground, before.rep_id)
    mine = person >= 0
    for stage, column in enumerate((before.dials, before.connects, before.deep_talks)):
        each = effects[stage].ease(_of_kinds(before.segment_id, kinds))
        weight = column.astype(np.float64)
        tried = np.bincount(person[mine], weight[mine], minlength=len(change))
        eased = np.bincount(person[mine], (weight * each)[mine], minlength=len(change))
        past = np.divide(eased, tried, out=np.ones(len(change)), where=tried > 0)
        change = change * np.where(tried > 0, ease[:, stage] / np.maximum(past, 1e-9), 1.0)
    return np.asarray(change, dtype=np.float64)


def _teams(
    ground: StageGround, cells: list[Cells], kinds: dict[str, IntArray], money: FloatArray
) -> tuple[tuple[int, ...], LeadFindings]:
    """Judge the leads that teams were given, at the two stages that leads decide."""
    team = np.array([member.team_id for member in ground.members], dtype=np.int64)
    team_ids, of_person = np.unique(team, return_inverse=True)
    theirs = _theirs(ground)
    found = []
    for stage in (SOURCING, CLOSING):
        one = cells[stage]
        keep = theirs[one.person, stage]
        mix = LeadMix(
            person=of_person[one.person[keep]].astype(np.int64), kinds=_of_kinds(one.segment_id[keep], kinds),
            exposed=one.exposed[keep], won=one.won[keep],
        )  # fmt: skip
        found.append(peer_rates(mix, [np.zeros(len(team_ids), dtype=np.int64)]))
    leads = find_poor_leads(
        np.stack([one.ease for one in found], axis=1),
        np.stack([one.ease_sd for one in found], axis=1),
        np.stack([one.tried * one.usual for one in found], axis=1),
        np.tile(money[:1, [SOURCING, CLOSING]], (len(team_ids), 1)),
        ground.least_money_minor,
    )
    return tuple(team_ids.tolist()), leads
