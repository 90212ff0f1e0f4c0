"""A practice on trial: adopters against themselves before, and against others, with the leads of both taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from pacemark.engine.errors import EngineError
from pacemark.engine.results.case import INTERVAL, REFUTED_SHARE, VERIFIED_BELOW, Status, Verdict

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Whoever has fewer expected successes before or during the trial says nothing about a change.
MIN_EXPECTED = 3.0
MIN_PEOPLE = 3
# A kind of lead hardly tried by others leans on the mean of all kinds as on so many trials.
_LEAN = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeTrial:
    """Trials of one stage by person, kind of lead and time; the star who gave the idea is not among them.

    Parameters
    ----------
    person : ndarray of shape (n_cells,), int64
        Place of the person.
    kind : ndarray of shape (n_cells,), int64
        Code of the kind of lead (source × grade); one code where leads are alike.
    is_during : ndarray of shape (n_cells,), bool
        Whether the trials were made during the trial, or in the time before it.
    exposed : ndarray of shape (n_cells,), float64
        Trials, each counted by the share of the lag curve it has lived through, ``>= 0``.
    won : ndarray of shape (n_cells,), float64
        Successes, ``>= 0``.
    is_adopter : ndarray of shape (n_people,), bool
        Who adopted the practice.

    Raises
    ------
    EngineError
        ``results.bad_trial`` for lengths that differ, negative numbers, or a person who is not there.
    """

    person: IntArray
    kind: IntArray
    is_during: BoolArray
    exposed: FloatArray
    won: FloatArray
    is_adopter: BoolArray

    def __post_init__(self) -> None:
        """Refuse what is no trial."""
        columns = (self.kind, self.is_during, self.exposed, self.won)
        if any(column.shape != self.person.shape for column in columns):
            raise EngineError("results.bad_trial", "Every cell of a trial needs one number of each.", "trial")
        if (self.exposed < 0).any() or (self.won < 0).any() or (self.kind < 0).any():
            raise EngineError("results.bad_trial", "Counts of a trial must not be negative.", "trial")
        if len(self.person) and not 0 <= self.person.min() <= self.person.max() < len(self.is_adopter):
            raise EngineError("results.bad_trial", "Everyone in a trial must be adopter or not.", "is_adopter")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Per person who says something: the change of their rate, as a log, and its variance by chance."""

    log: FloatArray
    variance: FloatArray
    is_adopter: BoolArray


def judge_practice(trial: PracticeTrial, claimed_uplift: float) -> Verdict:
    """Let a trial decide about a practice, people's own ability and their leads taken out.

    Parameters
    ----------
    trial : PracticeTrial
        Before and during.
    claimed_uplift : float
        Successes more per trial, as claimed before the trial.

    Returns
    -------
    Verdict
        ``verified`` when adopters gained more than others at one-sided p < .05; else ``refuted`` when the 90 % interval
        of the difference stays below half of the claimed uplift; else ``tried``, also with fewer than three people
        on a side. The difference is in successes per trial at the adopters' mix of leads.

    Notes
    -----
    1. expected = Σ exposed × the others' rate with that kind of lead in that time (indirect standardisation). 2. Each
    person's change is ln((won + ½) / (expected + ½)) during less the same before; by chance its variance is
    (1 − rate)(1/(won + ½)) of both times added. 3. What people change beyond chance, τ², is fitted to the others
    (DerSimonian and Laird). 4. The means of adopters and others are weighted by 1 / (variance + τ²), their difference
    is held against Student's t. People, not calls, are what is compared: ten adopters who happen to be good prove
    nothing, nor does a month in which everyone got better leads.

    References
    ----------
    .. [1] R. DerSimonian and N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986.
    .. [2] J. D. Angrist and J.-S. Pischke, "Mostly Harmless Econometrics", 2009, chapter 5 (diff-in-diff).
    """
    others = ~trial.is_adopter[trial.person]
    expected = _expected(trial, others)
    change = _changes(trial, expected)
    if min(int(change.is_adopter.sum()), int((~change.is_adopter).sum())) < MIN_PEOPLE:
        return Verdict(status="tried", difference=None, low=None, high=None, p=1.0)
    spread = _spread_beyond_chance(change.log[~change.is_adopter], change.variance[~change.is_adopter])
    weight = 1 / (change.variance + spread)
    means, errors = [], []
    for side in (change.is_adopter, ~change.is_adopter):
        means.append(float(np.average(change.log[side], weights=weight[side])))
        errors.append(1 / float(weight[side].sum()))
    effect, error, freedom = means[0] - means[1], float(np.sqrt(sum(errors))), len(weight) - 2
    p = float(stdtr(freedom, -effect / error))
    reach = float(stdtrit(freedom, (1 + INTERVAL) / 2)) * error
    base = _base(trial, expected)
    difference, low, high = (base * float(np.expm1(at)) for at in (effect, effect - reach, effect + reach))
    return Verdict(status=_status(p, high, claimed_uplift), difference=difference, low=low, high=high, p=p)


def _status(p: float, high: float, claimed_uplift: float) -> Status:
    if p < VERIFIED_BELOW:
        return "verified"
    return "refuted" if claimed_uplift > 0 and high < REFUTED_SHARE * claimed_uplift else "tried"


def _expected(trial: PracticeTrial, others: BoolArray) -> FloatArray:
    """Return the successes that each cell would have at the others' rate with that kind of lead in that time."""
    n_kinds = int(trial.kind.max(initial=-1)) + 1
    code = trial.kind + n_kinds * trial.is_during
    exposed, won = (np.bincount(code[others], col[others], minlength=2 * n_kinds) for col in (trial.exposed, trial.won))
    when = np.repeat([0, 1], n_kinds)
    mean = np.bincount(when, won, minlength=2) / np.maximum(np.bincount(when, exposed, minlength=2), 1e-12)
    rates = (won + _LEAN * mean[when]) / (exposed + _LEAN)
    return np.asarray(trial.exposed * rates[code], dtype=np.float64)


def _changes(trial: PracticeTrial, expected: FloatArray) -> _Change:
    n_people = len(trial.is_adopter)
    code = trial.person + n_people * trial.is_during

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(code, values, minlength=2 * n_people).reshape(2, n_people).astype(np.float64)

    won, hoped, exposed = summed(trial.won), summed(expected), summed(trial.exposed)
    some = (hoped >= MIN_EXPECTED).all(axis=0)
    won, hoped, exposed = won[:, some], hoped[:, some], exposed[:, some]
    log = np.log((won + 0.5) / (hoped + 0.5))
    rate = np.clip(hoped / exposed, 0.0, 1.0)
    return _Change(
        log=log[1] - log[0], variance=((1 - rate) / (won + 0.5)).sum(axis=0), is_adopter=trial.is_adopter[some]
    )


def _spread_beyond_chance(log: FloatArray, variance: FloatArray) -> float:
    weight = 1 / variance
    mean = np.average(log, weights=weight)
    beyond = float((weight * (log - mean) ** 2).sum()) - (len(log) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(beyond / scale, 0.0) if scale > 0 else 0.0


def _base(trial: PracticeTrial, expected: FloatArray) -> float:
    """Return the rate that adopters would have had during the trial as others with their leads."""
    cells = trial.is_adopter[trial.person] & trial.is_during
    return float(expected[cells].sum() / max(float(trial.exposed[cells].sum()), 1e-12))
