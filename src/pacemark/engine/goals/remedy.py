"""The cheapest mix of rates, none better than peers show, that fits a chain into a capacity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from pacemark.engine.goals.chain import WORK_RATES, ChainInputs
from pacemark.engine.goals.work_back import work_back

# The conversion is tried in hundredths of its way to peers; the work rates are solved for each.
CONVERSION_TRIALS = 100
BISECTIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Rates to aim at together.

    Parameters
    ----------
    enough : bool
        False when even peers' upper quartiles in every rate do not fit the capacity; the rates are then those.
    rates : mapping of str to float
        The rate to aim at, 0 to 1, for every rate peers were given for.
    moved : mapping of str to float
        Share of the way from one's own rate to peers' upper quartile, 0 to 1.
    """

    enough: bool
    rates: Mapping[str, float]
    moved: Mapping[str, float]


def cheapest_mix(inputs: ChainInputs, capacity_dials: Fraction, peers: Mapping[str, Fraction]) -> Mix:
    """Find the rates to aim at that ask for the least, and ask nothing that peers do not show.

    Parameters
    ----------
    inputs : ChainInputs
        What an infeasible chain was worked back from; all its rates above zero.
    capacity_dials : Fraction
        Dials that fit into the span, ``>= 0``.
    peers : mapping of str to Fraction
        Upper quartile of peers per rate, 0 to 1; keys of ``WORK_RATES``, ``pipeline_conversion`` or ``win_rate``. A
        rate at or above its peers' stays as it is; a conversion the inputs do not carry is left out.

    Returns
    -------
    Mix
        Estimated (floats): the work rates to within 1e-9, the conversion to within a hundredth of its way.

    Notes
    -----
    Cost is the sum over rates of the share of the way moved towards the upper quartile: halfway in one rate costs
    as much as halfway in another. With rate_i = own_i (1 + gain_i x share_i), dials fall by the product of
    (1 + gain_i x share_i); least total share for a needed factor is a convex problem whose answer is share_i =
    clip(level - 1 / gain_i, 0, 1) with one level for all (water filling), found by bisection.

    Examples
    --------
    >>> half = {name: Fraction(1, 2) for name in WORK_RATES}
    >>> inputs = ChainInputs(role="setter", opportunities_target=Fraction(10), rates=half)
    >>> round(cheapest_mix(inputs, Fraction(64), {"connect_per_dial": Fraction(3, 4)}).rates["connect_per_dial"], 4)
    0.625
    """
    conversion_name = _conversion_in(inputs, peers)
    gains = {name: _gain(inputs.rates[name], peers.get(name)) for name in WORK_RATES if name in peers}
    best: tuple[float, float, dict[str, float]] | None = None
    for trial in range(CONVERSION_TRIALS + 1 if conversion_name else 1):
        share = trial / CONVERSION_TRIALS
        shares = _fill(gains, _factor(_moved(inputs, conversion_name, share, peers), capacity_dials))
        if shares is not None and (best is None or share + sum(shares.values()) < best[0]):
            best = (share + sum(shares.values()), share, shares)
    enough = best is not None
    _, conversion_share, work_shares = best or (0.0, 1.0, dict.fromkeys(gains, 1.0))
    moved = {name: work_shares[name] if gains[name] > 0 else 0.0 for name in gains}
    rates = {name: float(inputs.rates[name] or 0) * (1 + max(gains[name], 0.0) * moved[name]) for name in gains}
    if conversion_name:
        after = _moved(inputs, conversion_name, conversion_share, peers)
        rates[conversion_name] = float(getattr(after, conversion_name))
        moved[conversion_name] = conversion_share if after != inputs else 0.0
    return Mix(enough=enough, rates=rates, moved=moved)


def _conversion_in(inputs: ChainInputs, peers: Mapping[str, Fraction]) -> str | None:
    if inputs.role != "full_cycle":
        return None
    name = "win_rate" if inputs.pipeline_conversion is None else "pipeline_conversion"
    return name if name in peers else None


def _moved(inputs: ChainInputs, name: str | None, share: float, peers: Mapping[str, Fraction]) -> ChainInputs:
    """Move the conversion a share of its way to peers' upper quartile."""
    if name is None:
        return inputs
    own: Fraction = getattr(inputs, name)
    aim = own + max(Fraction(0), peers[name] - own) * round(share * CONVERSION_TRIALS) / CONVERSION_TRIALS
    return replace(inputs, pipeline_conversion=aim) if name == "pipeline_conversion" else replace(inputs, win_rate=aim)


def _gain(own: Fraction | None, peer: Fraction | None) -> float:
    return float(peer / own) - 1 if own and peer else 0.0


def _factor(inputs: ChainInputs, capacity_dials: Fraction) -> float:
    """Return how many times too many the dials are; at most 1 when they fit."""
    dials = work_back(inputs).values["dials"]
    if not dials:
        return 0.0
    return float(dials / capacity_dials) if capacity_dials else math.inf


def _fill(gains: Mapping[str, float], factor: float) -> dict[str, float] | None:
    """Share the needed factor among the rates at least cost; None when all of them together fall short."""
    useful = {name: gain for name, gain in gains.items() if gain > 0}
    if factor <= 1:
        return dict.fromkeys(gains, 0.0)
    if math.prod(1 + gain for gain in useful.values()) < factor:
        return None
    low, high = 0.0, 1 + max(1 / gain for gain in useful.values())
    for _ in range(BISECTIONS):
        level = (low + high) / 2
        reached = math.prod(1 + gain * _clip(level - 1 / gain) for gain in useful.values())
        low, high = (level, high) if reached < factor else (low, level)
    return {name: _clip(high - 1 / gains[name]) if name in useful else 0.0 for name in gains}


def _clip(share: float) -> float:
    return min(1.0, max(0.0, share))
