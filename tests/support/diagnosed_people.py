"""Organisations as arrays: people who do or do not differ, and their quarter diagnosed, for tests and trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.engine.mix import LeadMix
from pacemark.engine.process.findings import Findings, StageRecords, find_shortfalls
from pacemark.engine.process.peers import peer_rates
from pacemark.engine.tails import Baseline
from pacemark.engine.wobble import fit_wobble, wobble_of_window

RATES = np.array([0.4, 0.19, 0.28, 0.33])
DEAL_MINOR = 300_000.0


@dataclass(frozen=True)
class Organisation:
    """People over months; the first person's closing stands at ``planted_rate`` of the others' in the last quarter."""

    n_people: int = 60
    n_months: int = 9
    dials: float = 1400.0
    spread: float = 0.0
    wobble: float = 0.05
    planted_rate: float = 1.0


@dataclass(frozen=True)
class Months:
    """Trials and successes of shape (n_stages, n_people, n_months)."""

    won: np.ndarray
    tried: np.ndarray


def draw_organisation(seed: int, given: Organisation) -> Months:
    """Draw every month's chain; a closer's opportunities come from many, so closing has four times the trials."""
    rng = np.random.default_rng(seed)
    shape = (given.n_people, given.n_months)
    tried = rng.poisson(given.dials, shape)
    won_all, tried_all = [], []
    for stage, rate in enumerate(RATES):
        lasting = 1 + given.spread * rng.standard_normal((given.n_people, 1))
        monthly = np.clip(rate * lasting * (1 + given.wobble * rng.standard_normal(shape)), 0, 1)
        if stage == 3:
            monthly[0, -3:] *= given.planted_rate
        won = rng.binomial(tried, monthly)
        tried_all.append(tried)
        won_all.append(won)
        tried = won
    return Months(won=np.array(won_all, dtype=float), tried=np.array(tried_all, dtype=float))


def diagnosed(months: Months, *, allow_wobble: bool = True, least_money_minor: int = 0) -> Findings:
    """Diagnose the last three months against the other people."""
    n_people = months.won.shape[1]
    means, certainties, wobbles = [], [], []
    for won, tried in zip(months.won, months.tried, strict=True):
        dispersion = fit_wobble(won, tried).dispersion if allow_wobble else 0.0
        mix = LeadMix(
            person=np.arange(n_people), kinds={}, exposed=tried[:, -3:].sum(axis=1), won=won[:, -3:].sum(axis=1)
        )
        peers = peer_rates(mix, [np.zeros(n_people, dtype=np.int64)], dispersion)
        means.append(peers.baseline.mean)
        certainties.append(peers.baseline.certainty)
        wobbles.append(wobble_of_window(dispersion, tried[:, -3:]))
    money = np.cumprod(np.append(RATES[1:], DEAL_MINOR)[::-1])[::-1]
    records = StageRecords(
        won=months.won[:, :, -3:].sum(axis=2).T, tried=months.tried[:, :, -3:].sum(axis=2).T,
        usual=Baseline(mean=np.array(means).T, certainty=np.array(certainties).T),
        dispersion=np.array(wobbles).T, money_per_success=np.tile(money, (n_people, 1)),
    )  # fmt: skip
    return find_shortfalls(records, least_money_minor)
