"""The chance that a number of deals reaches an amount, and a table of it for fast reading."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.sums import sum_chance

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Standard deviations below this are rounding: every deal brings the same.
_NO_SPREAD = 1e-6
# A table holds at most so many numbers of deals; a person who needs more has them in larger steps.
_MAX_ENTRIES = 800
_WIDTHS = (16, 32, 64, 128, 320, _MAX_ENTRIES)
# Beyond so many standard deviations above the need it is reached for certain.
_FAR = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """What has to be reached, measured in median deals, and how much deals vary.

    Parameters
    ----------
    need : ndarray of shape (n_people,), float64
        Amount to reach divided by the median deal value, or a plain count to reach; ``<= 0`` is reached already.
    sigma : ndarray of shape (n_people,), float64
        Standard deviation of the log of one deal's value, ``>= 0``; 0 for a plain count.
    doubt : ndarray of shape (n_people,), float64
        Standard deviation of the log of the median itself, ``>= 0``; it moves all of a person's deals together.
    given : ndarray of shape (n_people,), float64
        Deals that are there for certain beside the counted ones.
    given_size : ndarray of shape (n_people,), float64
        How many times an ordinary deal's value each of the given ones has, ``> 0``.
    """

    need: FloatArray
    sigma: FloatArray
    doubt: FloatArray
    given: FloatArray
    given_size: FloatArray

    def take(self, index: IntArray) -> Reward:
        """Return the entries of some people, in that order."""
        return Reward(**{field.name: getattr(self, field.name)[index] for field in fields(self)})


def chance_to_reach(reward: Reward, n_deals: FloatArray) -> FloatArray:
    """Give the chance that so many deals reach the amount.

    Parameters
    ----------
    reward : Reward
        Needs of ``n_people``.
    n_deals : ndarray of shape (n_people, n_counts), float64
        Numbers of deals, ``>= 0``.

    Returns
    -------
    ndarray of shape (n_people, n_counts), float64
        Probability, 0–1; rises with the number of deals.

    Notes
    -----
    The amount is e^m × Σ V with V log-normal and m normal, see `pacemark.engine.sums.sum_chance`. Values of two sizes
    count as (Σ size)² / Σ size² values of one. Without any spread it is a step at the needed number.

    Examples
    --------
    >>> import numpy as np
    >>> zero = np.zeros(1)
    >>> three = Reward(need=np.array([3.0]), sigma=zero, doubt=zero, given=zero, given_size=zero + 1)
    >>> chance_to_reach(three, np.array([[2.0, 3.0]])).tolist()
    [[0.0, 1.0]]
    """
    given, size = reward.given[:, None], reward.given_size[:, None]
    need = reward.need[:, None]
    worth = n_deals + given * size
    # The hair allows for a sum of floats that should be whole.
    reached = np.asarray(worth >= need * (1 - 1e-12) - 1e-12, dtype=np.float64)
    varied = np.flatnonzero((np.hypot(reward.sigma, reward.doubt) > _NO_SPREAD) & (reward.need > 0))
    if len(varied):
        worth = np.maximum(worth[varied], 1e-9)
        alike = np.maximum(worth**2 / np.maximum((n_deals + given * size**2)[varied], 1e-9), 1.0)
        sigma, doubt = (np.maximum(side[varied, None], _NO_SPREAD) for side in (reward.sigma, reward.doubt))
        curved = sum_chance(np.log(need[varied] * alike / worth), sigma, doubt, alike)
        reached[varied] = np.where(worth > 1e-9, curved, 0.0)
    return reached


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTable:
    """`chance_to_reach` for all numbers of deals that matter, one stretch per person in flat arrays.

    Parameters
    ----------
    chances : ndarray, float64
        Chances at 0, 1, 2, … times the person's spacing; the last holds for everything beyond.
    sums : ndarray, float64
        The running sums before each of ``chances``, times the spacing.
    start, length : ndarray of shape (n_people,), int64
        Where each person's stretch begins, and how long it is.
    spacing : ndarray of shape (n_people,), float64
        Deals from one entry to the next; 1 unless the need is large.
    """

    chances: FloatArray
    sums: FloatArray
    start: IntArray
    length: IntArray
    spacing: FloatArray

    def at(self, index: IntArray, n_deals: FloatArray) -> FloatArray:
        """Return the chances of some people at whole numbers of deals (shape (n_index, n_counts))."""
        entry = n_deals
        if (self.spacing[index] != 1).any():
            entry = np.rint(n_deals / self.spacing[index, None])
        last = (self.length[index] - 1)[:, None]
        return np.asarray(self.chances[self.start[index, None] + np.minimum(entry, last).astype(np.int64)])

    def mean_between(self, index: IntArray, edges: FloatArray) -> FloatArray:
        """Return the mean chances of some people between rising edges; a whole number is its unit's middle."""
        spacing, start, length = self.spacing[index, None], self.start[index, None], self.length[index, None]
        place = edges if (spacing == 1).all() else edges / spacing
        place = np.maximum(place + 0.5, 0.0)
        entry = np.minimum(place, length - 1).astype(np.int64)
        place -= entry
        entry += start
        place *= self.chances[entry]
        total = self.sums[entry] + place * spacing
        return np.asarray(np.diff(total, axis=1) / np.diff(edges, axis=1))


def tabulate(reward: Reward) -> RewardTable:
    """Tabulate the chance to reach the amount for every person.

    Parameters
    ----------
    reward : Reward
        Needs of ``n_people``.

    Returns
    -------
    RewardTable
        As long for each person as the chance still changes.

    Notes
    -----
    Independent of the work planned: one table serves the whole search for a plan.
    """
    n_people = len(reward.need)
    enough = _enough(reward)
    spacing = np.maximum(np.ceil(enough / _MAX_ENTRIES), 1.0)
    kind = np.searchsorted(np.array(_WIDTHS[:-1]), enough / spacing)
    length = np.array(_WIDTHS, dtype=np.int64)[kind]
    start = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int64)
    chances, sums = np.empty(int(length.sum())), np.empty(int(length.sum()))
    for batch in np.unique(kind):
        index = np.flatnonzero(kind == batch)
        counts = spacing[index, None] * np.arange(_WIDTHS[batch], dtype=np.float64)
        found = chance_to_reach(reward.take(index), counts)
        entries = start[index, None] + np.arange(_WIDTHS[batch])
        chances[entries] = found
        sums[entries] = (np.cumsum(found, axis=1) - found) * spacing[index, None]
    return RewardTable(chances=chances, sums=sums, start=start, length=length, spacing=spacing[:n_people])


def _enough(reward: Reward) -> FloatArray:
    """Return a number of deals that reaches the amount for certain, for all that matters."""
    need = np.maximum(reward.need, 1.0)
    enough = need
    for _ in range(4):
        spread = np.sqrt(reward.doubt**2 + np.log1p(np.expm1(np.minimum(reward.sigma, 2.5) ** 2) / enough))
        enough = need * np.exp(_FAR * spread)
    return np.ceil(enough) + 2.0


def mean_deal(sigma: FloatArray, doubt: FloatArray) -> FloatArray:
    """Give a deal's expected value in units of its median.

    Parameters
    ----------
    sigma : ndarray of shape (n_people,), float64
        Standard deviation of the log of one deal's value.
    doubt : ndarray of shape (n_people,), float64
        Standard deviation of the log of the median itself.

    Returns
    -------
    ndarray of shape (n_people,), float64
        exp((sigma² + doubt²) / 2).
    """
    return np.asarray(np.exp((sigma**2 + doubt**2) / 2), dtype=np.float64)
