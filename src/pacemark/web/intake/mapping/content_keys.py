"""A row's content key: 63 bits that change when anything mapped of the row changes. Whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_MOST_REMEMBERED = 200_000
_NOTHING = int(np.iinfo(np.int64).min)

Column = Sequence[object] | NDArray[np.int64]


class _CellHashes(dict[object, int]):
    """The hash of each distinct cell, worked out once. Text, number and flag share it: columns never mix kinds."""

    def __missing__(self, cell: object) -> int:
        text = "\x00" if cell is None else str(cell)
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        value = self[cell] = int.from_bytes(digest, "big")
        return value


_hashes = _CellHashes()


def content_keys(columns: Sequence[Column]) -> list[int]:
    """Return each row's key from its cells in the order given; never 0, which marks what is only referred to.

    Equal rows have equal keys in every process and on every machine.
    """
    if len(_hashes) > _MOST_REMEMBERED:
        _hashes.clear()
    state = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            state = _mixed(state + _hashed(column))
    return [key or 1 for key in (state >> np.uint64(1)).tolist()]


def numbers(cells: Sequence[int | None]) -> NDArray[np.int64]:
    """Return a column of numbers for :func:`content_keys`, quicker than as cells; None is a number of its own."""
    try:
        return np.array(cells, dtype=np.int64)
    except TypeError:
        return np.array([_NOTHING if cell is None else cell for cell in cells], dtype=np.int64)


def text_hash(text: str) -> int:
    """Return what stands for a text in :func:`by_number`."""
    return _hashes[text] >> 1


def by_number(hashes: Mapping[int, int], cells: Sequence[int]) -> NDArray[np.int64]:
    """Return a column whose cells stand for texts by their number, for :func:`content_keys`."""
    return np.fromiter(map(hashes.__getitem__, cells), dtype=np.int64, count=len(cells))


def _hashed(column: Column) -> NDArray[np.uint64]:
    if isinstance(column, np.ndarray):
        return _mixed(column.view(np.uint64))
    return np.fromiter(map(_hashes.__getitem__, column), dtype=np.uint64, count=len(column))


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Let every bit depend on every other (SplitMix64), and the outcome on the order of the columns."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
