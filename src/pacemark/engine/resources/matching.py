"""Leads and reps matched for the highest expected value; how many each rep gets is decided already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pacemark.engine.errors import EngineError

# Values are compared to a millionth of the largest one: the solver counts in whole numbers.
_STEPS = 1_000_000
MAX_PAIRS = 4_000_000


def best_fit(values: Sequence[Sequence[float]], counts: Sequence[int]) -> tuple[int, ...]:
    """Match leads with reps so that the sum of expected values is highest.

    Parameters
    ----------
    values : sequence of sequence of float, shape (n_leads, n_reps)
        What each lead is worth with each rep, in any one unit.
    counts : sequence of int, length n_reps
        Leads each rep gets; they sum to n_leads.

    Returns
    -------
    tuple of int, length n_leads
        The rep of each lead, by place.

    Raises
    ------
    EngineError
        ``resources.bad_match`` where shapes or counts do not fit or a value is not finite,
        ``resources.too_many_to_match`` above 4,000,000 pairs, ``resources.no_solver`` where the extra ``solver`` is
        not installed.

    Notes
    -----
    A transportation problem, solved as a minimum-cost flow: source -> lead (1) -> rep (1, cost = -value) ->
    sink (count). Values are rounded to a millionth of the largest magnitude, so the sum found is within n_leads such
    steps of the best. Equal sums are told apart by the solver, the same way each time.

    References
    ----------
    .. [1] Google OR-Tools, SimpleMinCostFlow (cost-scaling push-relabel; Goldberg and Tarjan 1990).

    Examples
    --------
    >>> best_fit([[5.0, 4.0], [5.0, 1.0]], [1, 1])
    (1, 0)
    """
    n_leads, n_reps = len(values), len(counts)
    if any(len(row) != n_reps for row in values) or sum(counts) != n_leads or min(counts, default=0) < 0:
        raise EngineError("resources.bad_match", "Every lead needs one value per rep, and the counts must sum to them.")
    if n_leads * n_reps > MAX_PAIRS:
        message = f"Leads times reps may be at most {MAX_PAIRS} for matching; use another order."
        raise EngineError("resources.too_many_to_match", message, "policy.order")
    if not all(math.isfinite(value) for row in values for value in row):
        raise EngineError("resources.bad_match", "Expected values must be finite numbers.")
    if n_leads == 0:
        return ()
    return _solved(np.asarray(values, dtype=np.float64), counts)


def _solved(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]], counts: Sequence[int]) -> tuple[int, ...]:
    n_leads, n_reps = table.shape
    scale = float(np.abs(table).max()) or 1.0
    costs = -np.rint(table / scale * _STEPS).astype(np.int64).ravel()
    leads = np.repeat(np.arange(n_leads), n_reps)
    reps = n_leads + np.tile(np.arange(n_reps), n_leads)
    flow = _solver()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(leads, reps, np.ones_like(leads), costs)
    flow.set_nodes_supplies(
        np.arange(n_leads + n_reps), np.concatenate((np.ones(n_leads), -np.asarray(counts))).astype(int)
    )
    if flow.solve() != flow.OPTIMAL:
        raise EngineError("resources.bad_match", "The matching has no solution.")
    chosen = np.asarray(flow.flows(arcs)).reshape(n_leads, n_reps).argmax(axis=1)
    return tuple(int(rep) for rep in chosen)


def _solver() -> Any:
    try:
        # An optional extra of some size: who does not match leads does not install it.
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415
    except ImportError:
        message = 'Matching needs the extra "solver" (OR-Tools); install it or use another order.'
        raise EngineError("resources.no_solver", message, "policy.order") from None
    return SimpleMinCostFlow()
