"""The oracle of the whole chain's chances: draw every rate, every count and every deal, and see what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.engine.scenarios import ChainOdds


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCase:
    """One person's chain in plain numbers; money in median deals."""

    stages: tuple[tuple[float, float], ...] = ()  # Beta(a, b) of each rate from work to opportunity; none for a closer
    win: tuple[float, float] | None = (20.0, 80.0)  # None: opportunities themselves are counted
    closing_share: float = 1.0
    work: int = 50
    direct: float = 0.0
    open_count: int = 0
    open_chance: float = 0.0
    open_size: float = 1.0
    need: float = 10.0
    sigma: float = 0.0
    doubt: float = 0.0


def simulate(case: ChainCase, draws: int, seed: int) -> float:
    """Return the share of draws that reach the need."""
    rng = np.random.default_rng(seed)
    to_opportunity = np.ones(draws)
    for a, b in case.stages:
        to_opportunity *= rng.beta(a, b, draws)
    win, mean = np.ones(draws), 1.0
    if case.win is not None:
        win, mean = rng.beta(*case.win, draws), case.win[0] / sum(case.win)
    in_time = win * case.closing_share
    new = rng.binomial(case.work, to_opportunity * in_time) + rng.poisson(case.direct * in_time)
    opened = rng.binomial(case.open_count, _open_chance(case.open_chance, win, mean))
    common = np.exp(case.doubt * rng.standard_normal(draws))
    money = _sum_of_values(rng, new, case.sigma) + case.open_size * _sum_of_values(rng, opened, case.sigma)
    return float((money * common >= case.need * (1 - 1e-9)).mean())


def odds_of(cases: list[ChainCase]) -> tuple[ChainOdds, np.ndarray]:
    """Return the same chains as the engine takes them, and their work."""
    n_people = len(cases)
    rate_a, rate_b = np.full((4, n_people), np.inf), np.ones((4, n_people))
    for place, case in enumerate(cases):
        for stage, (a, b) in enumerate(case.stages):
            rate_a[stage, place], rate_b[stage, place] = a, b
        if case.win is not None:
            rate_a[3, place], rate_b[3, place] = case.win
    names = ("closing_share", "direct", "open_count", "open_chance", "open_size", "need", "sigma", "doubt")
    columns = {name: np.array([float(getattr(case, name)) for case in cases]) for name in names}
    return ChainOdds(rate_a=rate_a, rate_b=rate_b, **columns), np.array([float(case.work) for case in cases])


def random_case(rng: np.random.Generator) -> ChainCase:
    """Draw a chain as sales floors have them: from newcomers to veterans, from no deal expected to a hundred."""
    stages = tuple(_beta(rng, span, (20, 5000)) for span in ((0.2, 0.6), (0.05, 0.4), (0.05, 0.5)))
    role = rng.choice(["full_cycle", "setter", "closer"], p=[0.5, 0.15, 0.35])
    win = None if role == "setter" else _beta(rng, (0.05, 0.5), (15, 1000))
    share = 1.0 if role == "setter" else float(rng.uniform(0.15, 1.0))
    stages = () if role == "closer" else stages
    mean = np.prod([a / (a + b) for a, b in [*stages, *([win] if win else [])]]) * share
    deals = float(np.exp(rng.uniform(np.log(0.2), np.log(100))))
    some_open = role != "setter" and rng.random() < 0.6
    case = ChainCase(
        stages=stages,
        win=win,
        closing_share=share,
        work=max(round(deals / mean), 1),
        direct=float(rng.uniform(0, 10)) if role != "closer" and rng.random() < 0.5 else 0.0,
        open_count=int(rng.integers(1, 30)) if some_open else 0,
        open_chance=float(rng.uniform(0.02, 0.5)),
        open_size=float(np.exp(rng.normal(0, 0.6))) if some_open and rng.random() < 0.5 else 1.0,
        sigma=0.0 if role == "setter" or rng.random() < 0.2 else float(rng.uniform(0.05, 0.9)),
        doubt=0.0 if role == "setter" or rng.random() < 0.2 else float(rng.uniform(0.02, 0.4)),
    )
    expected = case.work * mean + case.direct * share * (case.win[0] / sum(case.win) if case.win else 1.0)
    expected += case.open_count * case.open_chance * case.open_size
    need = max(expected * np.exp(rng.normal(-0.1, 0.4)), 0.3) * np.exp(case.sigma**2 / 2)
    flat = case.sigma == 0 and case.doubt == 0
    return _with_need(case, float(np.ceil(need)) if flat else float(need))


def _with_need(case: ChainCase, need: float) -> ChainCase:
    fields = {name: getattr(case, name) for name in ChainCase.__slots__}
    return ChainCase(**{**fields, "need": need})


def _beta(rng: np.random.Generator, means: tuple[float, float], strengths: tuple[float, float]) -> tuple[float, float]:
    mean = float(np.exp(rng.uniform(*np.log(means))))
    strength = float(np.exp(rng.uniform(*np.log(strengths))))
    return mean * strength, (1 - mean) * strength


def _open_chance(chance: float, win: np.ndarray, mean: float) -> np.ndarray:
    return chance * win / mean if chance <= mean else 1 - (1 - chance) * (1 - win) / (1 - mean)


def _sum_of_values(rng: np.random.Generator, counts: np.ndarray, sigma: float) -> np.ndarray:
    if sigma == 0:
        return counts.astype(float)
    total = np.zeros(len(counts))
    for deal in range(int(counts.max())):
        some = np.flatnonzero(counts > deal)
        total[some] += np.exp(sigma * rng.standard_normal(len(some)))
    return total
