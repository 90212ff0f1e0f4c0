"""How much to trust the past, learned from how well the past foretold what came after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from pacemark.engine.cohorts import decay_weights
from pacemark.engine.errors import EngineError
from pacemark.engine.priors import Prior, fit_prior

FloatArray = NDArray[np.float64]

START_HALF_LIFE_DAYS = 90.0
HALF_LIVES_DAYS = (30.0, 60.0, 90.0, 180.0, 365.0)
TRUSTS = (1.0, 0.5, 0.25, 0.1)
# Fewer forecasts than this cannot choose between anything.
MIN_FORECASTS = 20
# A forecast one period older counts half: after a reorganisation last year's success must not outvote this month.
_EVIDENCE_HALVES = 0.5
# Leaving the start by one place of the grid must pay at least so much log-likelihood.
_STEP_PRICE = 0.5
# More people than this add no evidence that matters, only time.
_MAX_PEOPLE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Trials and successes of one stage by person and period.

    Parameters
    ----------
    won, tried : ndarray of shape (n_people, n_periods), float64
        Successes and trials (ripened), credited to the period of the trial; axis 1 runs oldest to newest.
    age_days : ndarray of shape (n_periods,), float64
        Days from each period's middle to ``as_of``, falling.
    """

    won: FloatArray
    tried: FloatArray
    age_days: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is no panel."""
        if self.won.shape != self.tried.shape or self.won.shape[1:] != self.age_days.shape:
            raise EngineError("rates.bad_counts", "A panel needs one number per person and period.", "panel")
        if (self.won > self.tried + 1e-9).any() or (self.won < 0).any():
            raise EngineError("rates.won_above_tried", "Nobody can have won more often than tried.", "panel")
        if (np.diff(self.age_days) >= 0).any():
            raise EngineError("rates.bad_counts", "Periods must run from the oldest to the newest.", "panel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way of remembering, and how well it foretold.

    Parameters
    ----------
    half_life_days : float
        Days after which a trial counts half.
    trust : float
        Weight of a person's own past, 0–1; 0 leans on peers alone.
    gain : float
        Log-likelihood per forecast above leaning on peers alone, recent forecasts counting more.
    """

    half_life_days: float
    trust: float
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How to remember one stage's past.

    Parameters
    ----------
    half_life_days : float
        Days after which a trial counts half.
    trust : float
        Weight of a person's own past, 0–1, for `pacemark.engine.rates.shrink_in_groups`.
    basis : {"learned", "past_does_not_predict", "too_little"}
        Whether forecasts chose it, found the group as good (``trust`` is then 0: everyone leans on peers), or were too
        few to say (it is then the start, 90 days and full trust).
    gain_by_period : tuple of float
        For each period foretold, oldest first, the log-likelihood that the best way of remembering gained over leaning
        on peers alone.
    n_forecasts : int
        Person-periods foretold.
    candidates : tuple of Candidate
        Everything that was tried.
    """

    half_life_days: float
    trust: float
    basis: Literal["learned", "past_does_not_predict", "too_little"]
    gain_by_period: tuple[float, ...] = ()
    n_forecasts: int = 0
    candidates: tuple[Candidate, ...] = ()

    @property
    def strength_multiplier(self) -> float | None:
        """Return by how much the trust multiplies the peers' weight; None when it is all theirs."""
        return 1 / self.trust if self.trust > 0 else None


def learn_memory(panel: Panel) -> Memory:
    """Learn a stage's half-life and trust from one-period-ahead forecasts.

    Parameters
    ----------
    panel : Panel
        At least three periods; with more than 600 people an even choice of them is used.

    Returns
    -------
    Memory
        The best way of remembering, or the start, or peers alone; with its evidence.

    Notes
    -----
    For every period from the second on, every half-life h and trust δ: the earlier periods are decayed by h, a prior
    (μ, k) is fitted to them, and each person's successes of the period are foretold by the beta-binomial with
    a = μk + δx, b = (1 − μ)k + δ(n − x). The score is the mean log-likelihood, each period counting twice the one
    before it, against the same with δ = 0. Half a unit of log-likelihood is the price of each place away from the
    start. The past is said not to predict when the best gain is within one standard error of nothing.

    References
    ----------
    .. [1] A. P. Dawid, "Statistical theory: the prequential approach", JRSS A 147, 1984.

    Examples
    --------
    >>> import numpy as np
    >>> none = np.zeros((2, 3))
    >>> learn_memory(Panel(won=none, tried=none, age_days=np.array([75.0, 45.0, 15.0]))).basis
    'too_little'
    """
    panel = _even_choice(panel)
    foretold = [period for period in range(1, len(panel.age_days)) if panel.tried[:, :period].any()]
    n_forecasts = int((panel.tried[:, foretold] > 0).sum()) if foretold else 0
    if n_forecasts < MIN_FORECASTS or len(foretold) < 2:
        return Memory(half_life_days=START_HALF_LIFE_DAYS, trust=1.0, basis="too_little", n_forecasts=n_forecasts)
    gains = {half_life: [_gains(panel, period, half_life) for period in foretold] for half_life in HALF_LIVES_DAYS}
    newest = np.array([_EVIDENCE_HALVES ** (len(foretold) - 1 - place) for place in range(len(foretold))])
    weights = np.concatenate(
        [np.full(len(gain[0]), w) for gain, w in zip(gains[HALF_LIVES_DAYS[0]], newest, strict=True)]
    )
    ways = [
        _Way(half_life, trust, np.concatenate([gain[place] for gain in gains[half_life]]))
        for half_life in HALF_LIVES_DAYS
        for place, trust in enumerate(TRUSTS)
    ]
    best = max(ways, key=lambda way: float((weights * way.gain).sum()) - _price(way))
    mean = float(np.average(best.gain, weights=weights))
    error = float(np.sqrt((weights**2 * (best.gain - mean) ** 2).sum()) / weights.sum())
    predicts = mean > error
    ends = np.cumsum([len(gain[0]) for gain in gains[best.half_life_days]])[:-1]
    return Memory(
        half_life_days=best.half_life_days,
        trust=best.trust if predicts else 0.0,
        basis="learned" if predicts else "past_does_not_predict",
        gain_by_period=tuple(float(part.sum()) for part in np.split(best.gain, ends)),
        n_forecasts=n_forecasts,
        candidates=tuple(
            Candidate(
                half_life_days=way.half_life_days, trust=way.trust, gain=float(np.average(way.gain, weights=weights))
            )
            for way in ways
        ),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    half_life_days: float
    trust: float
    gain: FloatArray


def _price(way: _Way) -> float:
    places = abs(HALF_LIVES_DAYS.index(way.half_life_days) - HALF_LIVES_DAYS.index(START_HALF_LIFE_DAYS))
    return _STEP_PRICE * (places + TRUSTS.index(way.trust))


def _gains(panel: Panel, period: int, half_life_days: float) -> FloatArray:
    """Return, per trust and person, the log-likelihood of a period above leaning on peers (n_trusts, n_foretold)."""
    weight = decay_weights(panel.age_days[:period] - panel.age_days[period], half_life_days)
    won, tried = panel.won[:, :period] @ weight, panel.tried[:, :period] @ weight
    prior = fit_prior(won, tried)
    seen = panel.tried[:, period] > 0
    now_won, now_lost = panel.won[seen, period], (panel.tried - panel.won)[seen, period]

    def likelihood(trust: float) -> FloatArray:
        a, b = _posterior(prior, trust * won[seen], trust * tried[seen])
        return np.asarray(betaln(a + now_won, b + np.maximum(now_lost, 0.0)) - betaln(a, b), dtype=np.float64)

    peers = likelihood(0.0)
    return np.stack([likelihood(trust) - peers for trust in TRUSTS])


def _posterior(prior: Prior, won: FloatArray, tried: FloatArray) -> tuple[FloatArray, FloatArray]:
    a = won + prior.mean * prior.strength
    return a, np.maximum(tried - won, 0.0) + (1 - prior.mean) * prior.strength


def _even_choice(panel: Panel) -> Panel:
    n_people = len(panel.won)
    if n_people <= _MAX_PEOPLE:
        return panel
    # By amount of work, so that the choice does not hang on the order of people.
    order = np.argsort(panel.tried.sum(axis=1) + panel.won.sum(axis=1) * 1e-6, kind="stable")
    chosen = order[np.linspace(0, n_people - 1, _MAX_PEOPLE).astype(np.int64)]
    return Panel(won=panel.won[chosen], tried=panel.tried[chosen], age_days=panel.age_days)
