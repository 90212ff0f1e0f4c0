"""Feasibility: what fits into the dials there is time for, and what would have to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from pacemark.engine.goals.chain import WORK_RATES, Chain, ChainInputs
from pacemark.engine.goals.remedy import Mix, cheapest_mix


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """Whether a chain fits into a capacity.

    Parameters
    ----------
    feasible : bool or None
        None when the dials cannot be computed.
    remedy : mapping of str to Fraction or None, or None
        For each rate alone, the least it would have to be at full capacity; None for a rate that would have to be
        above 1. The whole is None when nothing has to change.
    mix : Mix or None
        The cheapest mix of rates that peers actually show; None when feasible or without peers.
    reachable : mapping of str to Fraction, or None
        The most that full capacity brings: ``dials``, ``connects``, ``deep_talks``, ``opportunities`` and, where
        the target is money, ``pipeline`` and ``result`` (what is booked and expected from the open pipeline
        included). None when feasible.
    """

    feasible: bool | None
    remedy: Mapping[str, Fraction | None] | None = None
    mix: Mix | None = None
    reachable: Mapping[str, Fraction] | None = None


def fit_capacity(
    inputs: ChainInputs,
    chain: Chain,
    capacity_dials: Fraction | None,
    peers: Mapping[str, Fraction] | None = None,
) -> Feasibility:
    """Compare a chain with the dials there is time for.

    Parameters
    ----------
    inputs : ChainInputs
        What the chain was worked back from.
    chain : Chain
        The chain.
    capacity_dials : Fraction or None
        Dials that fit into the whole span (dials a day x days), ``>= 0``; None for unknown.
    peers : mapping of str to Fraction, optional
        Upper quartile of peers per rate, 0 to 1; keys of ``WORK_RATES``, ``pipeline_conversion`` or ``win_rate``.

    Returns
    -------
    Feasibility
        With remedy and reach when the chain does not fit.

    Notes
    -----
    A work rate alone would have to be rate x dials needed / capacity, because dials are the opportunities divided by
    the product of the three rates. The conversion alone would have to be (target - booked) / (closing_share x
    expected_amount x opportunities at capacity + open_pipeline x open_closing_share).

    Examples
    --------
    >>> from pacemark.engine.goals.work_back import work_back
    >>> inputs = ChainInputs(
    ...     role="setter", opportunities_target=Fraction(10), rates={name: Fraction(1, 2) for name in WORK_RATES}
    ... )
    >>> answer = fit_capacity(inputs, work_back(inputs), Fraction(64))
    >>> answer.feasible, str((answer.remedy or {})["connect_per_dial"])
    (False, '5/8')
    """
    dials = chain.values["dials"]
    if inputs.role == "closer":
        return Feasibility(feasible=_fits_closer(chain.values["opportunities"], capacity_dials))
    if dials is None:
        return Feasibility(feasible=None)
    if capacity_dials is None or dials <= capacity_dials:
        return Feasibility(feasible=True)
    reachable = _reach(inputs, chain, capacity_dials)
    return Feasibility(
        feasible=False,
        remedy=_remedy(inputs, chain, capacity_dials, reachable["opportunities"]),
        mix=cheapest_mix(inputs, capacity_dials, peers) if peers else None,
        reachable=reachable,
    )


def _fits_closer(opportunities: Fraction | None, capacity_dials: Fraction | None) -> bool | None:
    # A closer's work is not measured in dials; only a span without any room is too short.
    return None if opportunities is None else opportunities == 0 or capacity_dials != 0


def _reach(inputs: ChainInputs, chain: Chain, capacity_dials: Fraction) -> dict[str, Fraction]:
    reach = {"dials": capacity_dials}
    for rate_name, (tried, won) in reversed(WORK_RATES.items()):
        reach[won] = reach[tried] * (inputs.rates[rate_name] or 0)
    reach["opportunities"] += inputs.direct_opportunities
    conversion = chain.values["pipeline_conversion"]
    if inputs.target is None or conversion is None:
        return reach
    reach["pipeline"] = reach["opportunities"] * (inputs.expected_amount or 0)
    expected = chain.values["expected_from_pipeline"] or Fraction(0)
    reach["result"] = inputs.booked + expected + reach["pipeline"] * conversion * inputs.closing_share
    return reach


def _remedy(
    inputs: ChainInputs, chain: Chain, capacity_dials: Fraction, opportunities: Fraction
) -> dict[str, Fraction | None]:
    dials = chain.values["dials"] or Fraction(0)
    remedy: dict[str, Fraction | None] = {}
    for name in WORK_RATES:
        rate = inputs.rates[name]
        remedy[name] = _as_rate(rate * dials / capacity_dials) if rate and capacity_dials else None
    if inputs.role == "full_cycle":
        name, needed = _conversion_needed(inputs, opportunities)
        remedy[name] = needed
    return remedy


def _conversion_needed(inputs: ChainInputs, opportunities: Fraction) -> tuple[str, Fraction | None]:
    expected_amount, deal_value = inputs.expected_amount or Fraction(0), inputs.deal_value or Fraction(0)
    brought = inputs.closing_share * expected_amount * opportunities + inputs.open_pipeline * inputs.open_closing_share
    if brought == 0:
        return "pipeline_conversion", None
    conversion = ((inputs.target or Fraction(0)) - inputs.booked) / brought
    if inputs.pipeline_conversion is None and deal_value:
        return "win_rate", _as_rate(conversion * expected_amount / deal_value)
    return "pipeline_conversion", _as_rate(conversion)


def _as_rate(value: Fraction) -> Fraction | None:
    return value if value <= 1 else None
