"""Many questions asked at once: how to keep chance from answering one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.errors import EngineError

FloatArray = NDArray[np.float64]


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Turn p values of many questions into q values.

    Parameters
    ----------
    p_values : ndarray of any shape, float64
        Probabilities, 0–1; NaN for a question that was not asked.

    Returns
    -------
    ndarray of the same shape, float64
        Whoever calls everything with q below .05 a finding is wrong, on average, in at most 5 % of the findings; where
        nothing at all is to be found, somebody is accused in at most 5 % of the cases. NaN where p is.

    Raises
    ------
    EngineError
        ``multiplicity.bad_p`` outside 0–1.

    Notes
    -----
    q of the i-th smallest of n = the least of n·p_j / j over all j ≥ i. Guaranteed: q ≥ p, the order of p is kept, the
    order of the questions does not matter. Holds for questions that are independent or positively dependent.

    References
    ----------
    .. [1] Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57, 1995.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    flat = p_values.ravel()
    asked = np.flatnonzero(~np.isnan(flat))
    if ((flat[asked] < 0) | (flat[asked] > 1)).any():
        raise EngineError("multiplicity.bad_p", "A probability must be between 0 and 1.", "p")
    found = np.full(len(flat), np.nan)
    order = asked[np.argsort(flat[asked], kind="stable")]
    scaled = flat[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return np.asarray(found.reshape(p_values.shape), dtype=np.float64)
