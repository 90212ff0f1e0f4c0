"""What was judged, as it is kept: each finding with its evidence, and each rep's month with its causes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pacemark.engine.process.causes import LEADS, PLAN, CauseSplit
from pacemark.engine.process.diagnosis import LIKELY_ABILITY
from pacemark.engine.process.findings import VERDICTS
from pacemark.engine.process.gap import WARN_FROM
from pacemark.engine.rates import Estimates, shrink
from pacemark.engine.tails import Baseline
from pacemark.web.process.bridge.ground import CLOSING, SOURCING, STAGES, FloatArray
from pacemark.web.process.bridge.money import FACTORS, Chains
from pacemark.web.process.bridge.stages import Judged
from pacemark.web.process.choices import Cause

# What is only counted, with no chance in it.
COUNTED = "counted"
SKILL, NOT_RULED_OUT, NOT_ENOUGH = VERDICTS
# A shortfall that looks bad by itself is said to be no finding, before somebody makes one of it.
LOOKS_BAD_P = 0.10
# Under so much of the month nothing is said of volume.
LEAST_SHARE_OVER = 0.2
_JEFFREYS = (0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finding before it is kept; of a rep, or of a team where there is none. ``team_id`` 0: in no team."""

    rep_id: int | None
    team_id: int
    stage: str
    money_minor: int
    cause: Cause
    verdict: str
    p: float | None = None
    q: float | None = None
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Everybody's sales month: both sides of the chain, the causes, and how much of it is over."""

    chains: Chains
    split: CauseSplit
    shares: Mapping[int, float]


def drafts_of(judged: Judged, month: Month, missed: Any) -> list[Draft]:
    """Return everything found, what cost most first."""
    found = [*_of_stages(judged, missed), *_of_leads(judged), *_of_work(judged, month), *_of_plans(judged, month)]
    return sorted(found, key=lambda draft: (draft.money_minor, draft.rep_id or 0, draft.team_id, draft.stage))


def stage_rows(judged: Judged) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield each person's stages with their verdicts, those that are theirs."""
    table = _table(judged)  # everybody's, once
    for person in range(len(judged.is_theirs)):
        yield {
            stage: {name: _plain(values[person, place]) for name, values in table.items()}
            | {"verdict": VERDICTS[judged.findings.verdict[person, place]]}
            for place, stage in enumerate(STAGES)
            if judged.is_theirs[person, place]
        }


def month_detail(chains: Chains, split: CauseSplit, person: int) -> dict[str, Any]:
    """Return one person's factors on both sides and the parts of the deviation."""
    sides = {"plan": chains.plan, "fair": chains.fair, "done": chains.done}
    return {
        **{name: dict(zip(FACTORS, map(_plain, side[person]), strict=True)) for name, side in sides.items()},
        "steps": dict(zip(FACTORS, chains.steps[person].tolist(), strict=True)),
        "parts": {name: int(part[person]) for name, part in split.parts.items() if part[person]},
    }


def interval_of(won: FloatArray, tried: FloatArray) -> Estimates:
    """Return what a counted rate may really be, four times in five."""
    return shrink(won, np.maximum(tried, won), *_JEFFREYS)


def rate_interval(won: float, tried: float) -> tuple[float, float]:
    """Return the same of one rate."""
    found = interval_of(np.array([won]), np.array([tried]))
    return float(found.low[0]), float(found.high[0])


def _table(judged: Judged) -> dict[str, FloatArray]:
    """Return every number of everybody's stages, each of shape (n_people, n_stages)."""
    found, own = judged.findings, _estimates(judged.won, judged.tried)
    usual = _usual(judged.usual.wobbling(judged.dispersion))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = judged.won / judged.tried
    return {
        "won": judged.won, "tried": judged.tried, "rate": rate, "low": own[0], "high": own[1],
        "usual": judged.usual.mean, "usual_low": usual[0], "usual_high": usual[1], "certainty": judged.usual.certainty,
        "dispersion": judged.dispersion, "expected": found.expected, "p": found.p, "q": found.q,
        "lasting": found.lasting, "ease": judged.ease, "more_trials": found.more_trials,
        "money_minor": found.money_minor.astype(np.float64),
        "money_per_success": judged.money_per_success,
    }  # fmt: skip


def _estimates(won: FloatArray, tried: FloatArray) -> tuple[FloatArray, FloatArray]:
    found = interval_of(won.ravel(), tried.ravel())
    none = tried <= 0
    return tuple(np.where(none, np.nan, side.reshape(won.shape)) for side in (found.low, found.high))  # type: ignore[return-value]


def _usual(usual: Baseline) -> tuple[FloatArray, FloatArray]:
    known = ~np.isnan(usual.mean) & (usual.mean > 0) & (usual.mean < 1)
    nothing = np.zeros(int(known.sum()))
    found = shrink(nothing, nothing, usual.mean[known], np.minimum(usual.certainty[known], 1e7))
    low, high = np.full(usual.mean.shape, np.nan), np.full(usual.mean.shape, np.nan)
    low[known], high[known] = found.low, found.high
    return low, high


def _of_stages(judged: Judged, missed: Any) -> Iterator[Draft]:
    found, table = judged.findings, _table(judged)
    short = (judged.won < found.expected) & (found.money_minor < 0)
    is_open = (found.verdict == VERDICTS.index(NOT_RULED_OUT)) & short & (found.p < LOOKS_BAD_P)
    for person, place in np.argwhere(found.is_finding | is_open).tolist():
        member, stage = judged.ground.members[person], STAGES[place]
        is_told = bool(found.is_finding[person, place])
        cause = Cause.LUCK if not is_told else Cause.EXECUTION if missed[person, place] else Cause.ABILITY
        evidence = {name: _plain(values[person, place]) for name, values in table.items()}
        if is_told:
            evidence["ability"] = LIKELY_ABILITY.get(stage)
        yield Draft(
            rep_id=member.rep_id, team_id=member.team_id, stage=stage, cause=cause,
            money_minor=int(found.money_minor[person, place]), verdict=SKILL if is_told else NOT_RULED_OUT,
            p=_plain(found.p[person, place]), q=_plain(found.q[person, place]), evidence=evidence,
        )  # fmt: skip
    is_quiet = ((found.verdict == VERDICTS.index(NOT_ENOUGH)) | ~judged.is_theirs).all(axis=1)
    for person in np.flatnonzero(is_quiet).tolist():
        member = judged.ground.members[person]
        counts = {stage: [_plain(judged.won[person, place]), _plain(judged.tried[person, place])]
                  for place, stage in enumerate(STAGES) if judged.is_theirs[person, place]}  # fmt: skip
        yield Draft(
            rep_id=member.rep_id, team_id=member.team_id, stage="", money_minor=0, cause=Cause.LUCK,
            verdict=NOT_ENOUGH, evidence={"counts": counts, "is_new": bool(judged.is_new[person])},
        )  # fmt: skip


def _of_leads(judged: Judged) -> Iterator[Draft]:
    leads = judged.leads
    for row, column in np.argwhere(leads.is_finding).tolist():
        if not judged.team_ids[row]:
            continue  # whoever is in no team is no group
        yield Draft(
            rep_id=None, team_id=judged.team_ids[row], stage="leads", cause=Cause.GOAL, verdict=SKILL,
            money_minor=int(leads.money_minor[row, column]), q=_plain(leads.q[row, column]),
            evidence={"of": STAGES[(SOURCING, CLOSING)[column]], "ease": _plain(leads.ease[row, column])},
        )  # fmt: skip


def _of_work(judged: Judged, month: Month) -> Iterator[Draft]:
    """Return whose work was far from what could fairly be asked; a closer's work is given by others."""
    chains = month.chains
    part = month.split.parts.get("execution.0", np.zeros(len(chains.rep_ids), dtype=np.int64))
    asked, done = chains.fair[:, 0], chains.done[:, 0]
    least = judged.ground.least_money_minor
    for person in np.flatnonzero(chains.has_plan & (done < WARN_FROM * asked) & (part < 0) & (-part >= least)).tolist():
        member = judged.ground.members[person]
        if judged.ground.roles[person] == "closer" or month.shares.get(member.rep_id, 0.0) < LEAST_SHARE_OVER:
            continue
        yield Draft(
            rep_id=member.rep_id, team_id=member.team_id, stage="dials", money_minor=int(part[person]),
            cause=Cause.EXECUTION, verdict=COUNTED,
            evidence={"done": _plain(done[person]), "asked": _plain(asked[person])},
        )  # fmt: skip


def _of_plans(judged: Judged, month: Month) -> Iterator[Draft]:
    """Return whose plan asks for more work than the person has ever shown."""
    chains, part = month.chains, month.split.parts[f"goal.{PLAN}"]
    planned, fair = chains.plan[:, 0], chains.fair[:, 0]
    is_beyond = chains.has_plan & (planned > fair / (1 - LOOKS_BAD_P)) & (part < 0)
    for person in np.flatnonzero(is_beyond & (-part >= judged.ground.least_money_minor)).tolist():
        member = judged.ground.members[person]
        yield Draft(
            rep_id=member.rep_id, team_id=member.team_id, stage="plan", money_minor=int(part[person]),
            cause=Cause.GOAL, verdict=COUNTED,
            evidence={
                "asked": _plain(planned[person]), "capacity": _plain(fair[person]),
                "leads_minor": int(month.split.parts[f"goal.{LEADS}"][person]),
            },
        )  # fmt: skip


def _plain(value: Any) -> Any:
    """Return a number as it is kept: None for what is not known, short where digits say nothing."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else float(f"{number:.9g}")
