"""Tells from the records which part of the chain each person works."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrc

FULL_CYCLE, SETTER, CLOSER = "full_cycle", "setter", "closer"

# A person is told apart only when chance would hardly do it (1 in 100) and the difference is tenfold.
_CHANCE = 0.01
_FOLD = 10.0
# Fewer than this say nothing about what somebody does all day.
_ENOUGH_DIALS = 100
_ENOUGH_DEALS = 3


def tell_roles(
    dials: NDArray[np.int64], sourced: NDArray[np.int64], owned: NDArray[np.int64], deals: NDArray[np.int64]
) -> list[str]:
    """Tell setters and closers from those who work the whole chain.

    Parameters
    ----------
    dials : ndarray of shape (n_people,), int64
        Outbound attempts.
    sourced : ndarray of shape (n_people,), int64
        Opportunities that followed the person's own deep talks.
    owned : ndarray of shape (n_people,), int64
        Opportunities the person owns.
    deals : ndarray of shape (n_people,), int64
        Deals the person closed.

    Returns
    -------
    list of str, length n_people
        ``"setter"``, ``"closer"`` or ``"full_cycle"``; the last also for whoever has too few records to tell.

    Notes
    -----
    Had everyone worked the whole chain alike, a person with a share d of all dials would close about d × all deals.
    A setter closes less than a tenth of that, beyond chance (Poisson, 1 %), and did source opportunities.
    A closer closes more than ten times that, beyond chance, or owns opportunities and hardly dials at all.
    Guaranteed: the order of people does not matter.

    Examples
    --------
    >>> import numpy as np
    >>> tell_roles(np.array([3000, 10, 2000]), np.array([150, 1, 90]), np.array([0, 50, 90]), np.array([0, 30, 20]))
    ['setter', 'closer', 'full_cycle']
    """
    all_dials, all_deals = float(dials.sum()), float(deals.sum())
    if all_dials == 0.0:
        return [CLOSER if own or won else FULL_CYCLE for own, won in zip(owned, deals, strict=True)]
    fair = dials / all_dials * all_deals
    below = pdtr(deals, fair) < _CHANCE
    above = pdtrc(np.maximum(deals - 1, 0), np.maximum(fair, 1e-9)) < _CHANCE
    setter = (dials >= _ENOUGH_DIALS) & (sourced > 0) & (deals * _FOLD < fair) & below
    few_dials = (dials < _ENOUGH_DIALS) & (owned >= _ENOUGH_DEALS)
    closer = ((deals >= _ENOUGH_DEALS) & (deals > fair * _FOLD) & above) | (few_dials & (dials < 10 * owned))
    return [
        SETTER if is_setter else CLOSER if is_closer else FULL_CYCLE
        for is_setter, is_closer in zip(setter, closer, strict=True)
    ]
