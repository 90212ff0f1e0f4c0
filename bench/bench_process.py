"""Diagnosis, padding, audit and causes for 2,000 people in memory: seconds, best of three, and peak memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np

from pacemark.engine.mix import LeadMix
from pacemark.engine.padding import check_padding
from pacemark.engine.process.audit import Panel, audit_metrics
from pacemark.engine.process.causes import CauseInputs, roll_up, split_causes
from pacemark.engine.process.findings import StageRecords, find_shortfalls
from pacemark.engine.process.peers import peer_rates
from pacemark.engine.tails import Baseline
from pacemark.engine.talks import talk_histograms
from pacemark.engine.wobble import fit_wobble, wobble_of_window

N_PEOPLE, N_MONTHS, WINDOW = 2000, 9, 3
RATES = np.array([0.4, 0.19, 0.28, 0.33])
N_SOURCES, N_GRADES = 5, 3


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    won, tried = _months(rng)
    mixes = [_mix(rng, won[stage, :, -WINDOW:], tried[stage, :, -WINDOW:]) for stage in range(len(RATES))]
    group = [rng.integers(0, 60, N_PEOPLE), rng.integers(0, 3, N_PEOPLE)]
    causes = _cause_inputs(rng)
    seconds = np.floor(75 * np.exp(rng.standard_normal(N_PEOPLE * 1320))).astype(np.int64)
    row = np.repeat(np.arange(N_PEOPLE), 1320)
    panel = Panel(
        names=tuple(f"m{place}" for place in range(30)),
        metrics=rng.poisson(12, (30, N_PEOPLE, 26)).astype(float),
        deals=rng.poisson(0.5, (N_PEOPLE, 26)).astype(float),
    )
    _show("diagnosis, wobble and peers fitted", 5.0, lambda: _diagnose(won, tried, mixes, group))
    _show("causes, people to teams to all", 5.0, lambda: roll_up(split_causes(causes), group[0], 60))
    _show("padding, 2,000 person-months of 1,320 talks", 5.0,
          lambda: check_padding(talk_histograms(row, seconds, N_PEOPLE, 180)))  # fmt: skip
    _show("audit, 30 metrics x 2,000 people x 26 weeks", 10.0, lambda: audit_metrics(panel))


def _show(name: str, goal_seconds: float, work: Callable[[], object]) -> None:
    took = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    best = min(took)
    verdict = "within" if best <= goal_seconds else "ABOVE"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {best:.2f} s, {verdict} {goal_seconds:.0f} s; peak memory so far {peak:.0f} MB")


def _months(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    tried = rng.poisson(1400, (N_PEOPLE, N_MONTHS))
    pairs = []
    for rate in RATES:
        lasting = 1 + 0.12 * rng.standard_normal((N_PEOPLE, 1))
        won = rng.binomial(tried, np.clip(rate * lasting * (1 + 0.05 * rng.standard_normal(tried.shape)), 0, 1))
        pairs.append((won, tried))
        tried = won
    return tuple(np.array([pair[side] for pair in pairs], dtype=float) for side in (0, 1))  # type: ignore[return-value]


def _mix(rng: np.random.Generator, won: np.ndarray, tried: np.ndarray) -> LeadMix:
    n_kinds = N_SOURCES * N_GRADES
    share = rng.dirichlet(np.full(n_kinds, 2.0), N_PEOPLE)
    kind = np.tile(np.arange(n_kinds), N_PEOPLE)
    return LeadMix(
        person=np.repeat(np.arange(N_PEOPLE), n_kinds),
        kinds={"source": kind // N_GRADES, "grade": kind % N_GRADES},
        exposed=(share * tried.sum(axis=1, keepdims=True)).ravel(),
        won=(share * won.sum(axis=1, keepdims=True)).ravel(),
    )


def _diagnose(won: np.ndarray, tried: np.ndarray, mixes: list[LeadMix], groups: list[np.ndarray]) -> object:
    peers, wobbles = [], []
    for stage, mix in enumerate(mixes):
        dispersion = fit_wobble(won[stage], tried[stage]).dispersion
        peers.append(peer_rates(mix, groups, dispersion).baseline)
        wobbles.append(wobble_of_window(dispersion, tried[stage, :, -WINDOW:]))
    money = np.cumprod(np.append(RATES[1:], 300_000.0)[::-1])[::-1]
    records = StageRecords(
        won=won[:, :, -WINDOW:].sum(axis=2).T, tried=tried[:, :, -WINDOW:].sum(axis=2).T,
        usual=Baseline(
            mean=np.array([one.mean for one in peers]).T, certainty=np.array([one.certainty for one in peers]).T
        ),
        dispersion=np.array(wobbles).T, money_per_success=np.tile(money, (N_PEOPLE, 1)),
    )  # fmt: skip
    return find_shortfalls(records, 500_000)


def _cause_inputs(rng: np.random.Generator) -> CauseInputs:
    fair = np.column_stack([np.full(N_PEOPLE, 1400.0), *(np.full(N_PEOPLE, rate) for rate in RATES),
                            np.full(N_PEOPLE, 300_000.0)])  # fmt: skip
    done = fair * rng.uniform(0.6, 1.3, fair.shape)
    done[::10, -2] = 0.0  # a tenth without a deal: the long way
    return CauseInputs(
        target_minor=np.full(N_PEOPLE, 3_000_000), actual_minor=rng.integers(0, 6_000_000, N_PEOPLE),
        fair=fair, done=done, is_told=rng.random(fair.shape) < 0.1,
    )  # fmt: skip


if __name__ == "__main__":
    main()
