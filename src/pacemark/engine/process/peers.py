"""What this mix of leads gives others: the baseline a person's rate is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.mix import LeadMix, MixEffects, fit_mix
from pacemark.engine.tails import Baseline

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Peers must be able to speak: so many others with trials, and so many successes together; else all peers do.
LEAST_PEERS = 5
LEAST_PEER_SUCCESSES = 20.0
# One more success and failure among the peers keep a rate off 0 and 1.
_ONE_MORE = 1.0
_MOST_RATE = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRates:
    """Each person's baseline at one stage.

    Parameters
    ----------
    baseline : Baseline
        Of shape (n_people,): what others make of such leads; NaN for a person without trials.
    usual : ndarray of shape (n_people,), float64
        What others make of average leads.
    ease : ndarray of shape (n_people,), float64
        How many times the average chance the person's leads give anybody; 1 without trials.
    ease_sd : ndarray of shape (n_people,), float64
        Standard deviation of ``ease``: how little is known about sources and grades.
    tried, won : ndarray of shape (n_people,), float64
        Exposed trials and successes.
    """

    baseline: Baseline
    usual: FloatArray
    ease: FloatArray
    ease_sd: FloatArray
    tried: FloatArray
    won: FloatArray


def peer_rates(
    mix: LeadMix, groups: Sequence[IntArray], dispersion: float = 0.0, effects: MixEffects | None = None
) -> PeerRates:
    """Work out what others make of the leads that each person has had.

    Parameters
    ----------
    mix : LeadMix
        Trials of one stage by person and kind of lead.
    groups : sequence of ndarray of shape (n_people,), int64
        Whose peers are whose, narrowest first, such as team × role, then role. Where the first cannot speak the next
        does, and everybody at last. −1 in the last of them: nobody's peer, such as a newcomer.
    dispersion : float, default 0.0
        Month-to-month wobble of the stage (`pacemark.engine.wobble`); peers wobble too.
    effects : MixEffects, optional
        How easy each kind of lead is, where it was fitted on more than this; default: fitted here.

    Returns
    -------
    PeerRates
        One entry per person.

    Notes
    -----
    Ease is the mean of the fitted factors of source and grade over a person's trials (`pacemark.engine.mix`). The
    baseline is the others' successes per eased trial times the own ease: the person's own record takes no part in it.
    Its relative variance adds that of the others' count, 1 / successes, of their wobble, d² / n, and of each factor,
    (share − usual share)² / (successes + 10). A group speaks with five others and 20 successes of theirs.

    Examples
    --------
    >>> people = np.arange(8)
    >>> mix = LeadMix(person=people, kinds={}, exposed=np.full(8, 100.0), won=np.array([9.0] + [20.0] * 7))
    >>> peer_rates(mix, [np.zeros(8, int)]).baseline.mean[:2].round(2).tolist()
    [0.2, 0.19]
    """
    n_people = len(groups[-1])
    if effects is None:
        effects = fit_mix(mix) if mix.kinds else MixEffects(factors={})
    ease = effects.ease(mix.kinds) if mix.kinds else np.ones(len(mix.person))

    def per_person(values: FloatArray) -> FloatArray:
        return np.bincount(mix.person, values, minlength=n_people).astype(np.float64)

    tried, won, eased = per_person(mix.exposed), per_person(mix.won), per_person(mix.exposed * ease)
    own_ease = np.divide(eased, tried, out=np.ones(n_people), where=tried > 0)
    others = _others(groups, np.stack([won, eased, np.ones(n_people)]), tried > 0)
    usual = np.minimum((others[0] + _ONE_MORE) / (others[1] + 2 * _ONE_MORE), _MOST_RATE)
    mean = np.minimum(usual * own_ease, _MOST_RATE)
    of_mix = _mix_variance(mix, effects, tried, n_people)
    relative = (1 - usual) / (others[0] + _ONE_MORE) + dispersion**2 / np.maximum(others[2], 1.0) + of_mix
    certainty = np.maximum((1 - mean) / (mean * relative) - 1, 1e-3)
    return PeerRates(
        baseline=Baseline(mean=np.where(tried > 0, mean, np.nan), certainty=certainty),
        usual=usual,
        ease=own_ease,
        ease_sd=own_ease * np.sqrt(of_mix),
        tried=tried,
        won=won,
    )


def _others(groups: Sequence[IntArray], columns: FloatArray, active: NDArray[np.bool_]) -> FloatArray:
    """Return the others' successes, eased trials and number, of the narrowest group that can speak."""
    columns = columns * (active & (groups[-1] >= 0))
    found = columns.sum(axis=1, keepdims=True) - columns
    for group in reversed(groups):
        codes = np.maximum(group, 0)
        inside = columns * (group >= 0)
        others = np.stack([np.bincount(codes, column)[codes] for column in inside]) - inside
        speaks = (group >= 0) & (others[2] >= LEAST_PEERS) & (others[0] >= LEAST_PEER_SUCCESSES)
        found = np.where(speaks, others, found)
    return np.asarray(found, dtype=np.float64)


def _mix_variance(mix: LeadMix, effects: MixEffects, tried: FloatArray, n_people: int) -> FloatArray:
    """Return the relative variance of everyone's ease from not knowing the factors well."""
    variance = np.zeros(n_people)
    for name, codes in mix.kinds.items():
        n_values = len(effects.factors.get(name, ())) or int(codes.max(initial=0)) + 1
        seen = np.bincount(codes, mix.won, minlength=n_values) + 10.0
        table = np.bincount(mix.person * n_values + codes, mix.exposed, minlength=n_people * n_values)
        share = table.reshape(n_people, -1) / np.maximum(tried, 1e-300)[:, None]
        # Only how far a person's leads differ from everyone's can mislead the comparison.
        usual = np.bincount(codes, mix.exposed, minlength=n_values) / max(float(mix.exposed.sum()), 1e-300)
        variance += ((share - usual) ** 2 / seen).sum(axis=1)
    return np.asarray(np.where(tried > 0, variance, 0.0), dtype=np.float64)
