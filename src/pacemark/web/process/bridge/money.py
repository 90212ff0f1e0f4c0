"""What a period asked and brought, to the engine's waterfall and four causes; money in minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from pacemark.engine.process.causes import CauseInputs, CauseSplit, split_causes
from pacemark.engine.process.waterfall import known_factors, split_changes, whole_parts
from pacemark.web.organization.queries import Member
from pacemark.web.process.bridge.ground import (
    CLOSING,
    SOURCING,
    STAGES,
    BoolArray,
    Done,
    FloatArray,
    IntArray,
    MoneyGround,
)

# The chain's factors: work (dials; a closer's opportunities), the stages, what a deal brings.
FACTORS = ("work", *STAGES, "deal_value")
_NOTHING = Done()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """Both sides of everybody's period; rows are people, columns ``FACTORS``; NaN for what is not the person's.

    ``fair`` is the plan as far as the shown capacity for work allows, ``steps`` each factor's part in what lies
    between plan and period, which add up to it exactly.
    """

    rep_ids: tuple[int, ...]
    is_setter: BoolArray
    has_plan: BoolArray
    plan: FloatArray
    fair: FloatArray
    done: FloatArray
    target_minor: IntArray
    actual_minor: IntArray
    steps: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the stages say of the same people: which differences were told from chance, and how the leads changed."""

    is_told: BoolArray
    ease_change: FloatArray
    missed: BoolArray


def plan_chains(ground: MoneyGround, members: Sequence[Member], roles: Sequence[str]) -> Chains:
    """Return everybody's plan against the period; whoever has no plan is compared with their own period."""
    rows = [_plan_row(ground, member.rep_id) for member in members]
    done = _done_rows([_with_carried(ground, member.rep_id) for member in members], roles)
    has_plan = np.array([row is not None for row in rows], dtype=bool)
    plan = np.array([row[0] if row else found for row, found in zip(rows, done, strict=True)]).reshape(done.shape)
    fair = np.array([row[1] if row else found for row, found in zip(rows, done, strict=True)]).reshape(done.shape)
    target = np.array([row[2] if row else 0 for row in rows], dtype=np.int64)
    return _chains(members, roles, (plan, fair, done), (target, _booked(ground.done, members)), has_plan)


def period_chains(
    before: Mapping[int, Done], after: Mapping[int, Done], members: Sequence[Member], roles: Sequence[str]
) -> Chains:
    """Return everybody's period against an earlier one, which stands in the plan's place."""
    base = _done_rows([before.get(member.rep_id, _NOTHING) for member in members], roles)
    done = _done_rows([after.get(member.rep_id, _NOTHING) for member in members], roles)
    has_base = np.array([member.rep_id in before for member in members], dtype=bool)
    money = _booked(before, members), _booked(after, members)
    return _chains(members, roles, (base, base, done), money, has_base)


def causes_of(chains: Chains, told: Told) -> CauseSplit:
    """Return the four causes of everybody's deviation, in money; rows without a plan explain nothing."""
    fair_minor = _product(known_factors(chains.fair, chains.done)[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = np.where(told.ease_change > 0, fair_minor / told.ease_change, fair_minor)
    padding = np.zeros((len(chains.rep_ids), 1), dtype=bool)
    return split_causes(
        CauseInputs(
            target_minor=np.where(chains.has_plan, chains.target_minor, chains.actual_minor),
            actual_minor=chains.actual_minor,
            fair=chains.fair,
            done=chains.done,
            is_told=np.concatenate([padding, told.is_told, padding], axis=1),
            is_coaching_missed=np.concatenate([padding, told.missed, padding], axis=1),
            fair_usual_leads_minor=np.rint(usual).astype(np.int64),
        )
    )


def missed_of(ground: MoneyGround, members: Sequence[Member]) -> BoolArray:
    """Tell whose coaching of which stage was due and is not done."""
    rows = [[(member.rep_id, stage) in ground.missed for stage in STAGES] for member in members]
    return np.array(rows, dtype=bool).reshape(-1, len(STAGES))


def _chains(
    members: Sequence[Member], roles: Sequence[str], factors: tuple[FloatArray, FloatArray, FloatArray],
    money: tuple[IntArray, IntArray], has_plan: BoolArray,
) -> Chains:  # fmt: skip
    plan, fair, done = factors
    is_setter = np.array([role == "setter" for role in roles], dtype=bool)
    known_plan, known_done = known_factors(plan, done)
    target, booked = money
    # A setter books nothing: their opportunities stand for what the plan says they are worth.
    actual = np.where(is_setter, np.rint(_product(known_done)), booked).astype(np.int64)
    target = np.where(is_setter, np.rint(_product(known_plan)), target).astype(np.int64)
    chain = np.rint(_product(known_done)).astype(np.int64) - np.rint(_product(known_plan)).astype(np.int64)
    return Chains(
        rep_ids=tuple(member.rep_id for member in members), is_setter=is_setter, has_plan=has_plan,
        plan=plan, fair=fair, done=done, target_minor=target, actual_minor=actual,
        steps=whole_parts(split_changes(plan, done), chain),
    )  # fmt: skip


def _product(factors: FloatArray) -> FloatArray:
    return np.asarray(factors.prod(axis=1), dtype=np.float64)


def _booked(done: Mapping[int, Done], members: Sequence[Member]) -> IntArray:
    return np.array([done.get(member.rep_id, _NOTHING).net_revenue_minor for member in members], dtype=np.int64)


def _plan_row(ground: MoneyGround, rep_id: int) -> tuple[list[float], list[float], int] | None:
    """Return a plan's factors, the same as far as the capacity for work allows, and the money due by now."""
    content = ground.plans.get(rep_id)
    if content is None:
        return None
    share, n_days = ground.shares.get(rep_id, 0.0), ground.n_days.get(rep_id, 0)
    chain, is_closer = content["plans"]["0.5"], content["role"] == "closer"
    # A plan made inside the month tells the rest of it; its pace is taken for the whole.
    grown = n_days / content["days"] if content["days"] else 1.0
    target = round(ground.target_minor[rep_id] * share)
    counts = [_times(chain.get(name), grown * share) for name in ("dials", "connects", "deep_talks", "opportunities")]
    counts[-1] += _carried(content)
    value = _number(content["deal_value"]["mean"]) * ground.minor_units
    deals = target / value if value else np.nan
    factors = _factors([*counts, deals], value, is_closer=is_closer)
    if content["role"] == "setter":
        factors[CLOSING + 1], factors[-1] = _ratio(float(target), counts[-1]), 1.0
    most = content["capacity_dials_per_day"]
    fair = list(factors)
    if most is not None and not is_closer:
        fair[0] = min(fair[0], most * n_days * share)
    return factors, fair, target


def _carried(content: Mapping[str, Any]) -> int:
    """Return the opportunities that a closer's month began with: they are worked like new ones, on both sides."""
    return int(content["open_pipeline"]["count"]) if content["role"] == "closer" else 0


def _with_carried(ground: MoneyGround, rep_id: int) -> Done:
    done, content = ground.done.get(rep_id, _NOTHING), ground.plans.get(rep_id)
    return done if content is None else replace(done, opportunities=done.opportunities + _carried(content))


def _done_rows(done: Sequence[Done], roles: Sequence[str]) -> FloatArray:
    rows = [_done_row(one, role) for one, role in zip(done, roles, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(-1, len(FACTORS))


def _done_row(one: Done, role: str) -> list[float]:
    opened = one.opportunities_sourced if role == "setter" else one.opportunities
    counts = [float(count) for count in (one.dials, one.connects, one.deep_talks, opened, one.deals)]
    money = float(max(one.net_revenue_minor, 0))
    factors = _factors(counts, _ratio(money, counts[-1]), is_closer=role == "closer")
    if role == "setter":
        factors[CLOSING + 1], factors[-1] = np.nan, np.nan
    return factors


def _factors(counts: Sequence[float], value: float, *, is_closer: bool) -> list[float]:
    """Return work, the four ratios and the deal value; a closer's work is the opportunities they own."""
    ratios = [_ratio(won, tried) for tried, won in pairwise(counts)]
    if is_closer:
        return [counts[SOURCING + 1], np.nan, np.nan, np.nan, ratios[-1], value]
    return [counts[0], *ratios, value]


def _ratio(won: float, tried: float) -> float:
    return won / tried if tried else float("nan")


def _times(value: float | None, factor: float) -> float:
    return _number(value) * factor


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
