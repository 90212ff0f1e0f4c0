"""Counts under keys of several whole numbers each, brought together without a loop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pacemark.web.pipeline.queries.columns import Integers


def counts_at(keys: Sequence[Integers], some_keys: Sequence[Integers], counts: Integers) -> Integers:
    """Return, for each of ``keys``, the sum of the counts whose key is the same; zero where there is none.

    ``keys`` are one array per part of the key, each key standing once; ``some_keys`` may repeat.
    """
    found = np.zeros(len(keys[0]), dtype=np.int64)
    if not len(counts) or not len(found):
        return found
    spans = _spans(keys, some_keys)
    every, some = _packed(keys, spans), _packed(some_keys, spans)
    # Tables are mostly read in the order of their keys already.
    order = None if _rises(every) else np.argsort(every, kind="stable")
    place = np.minimum(np.searchsorted(every, some, sorter=order), len(every) - 1)
    place = place if order is None else order[place]
    there = every[place] == some
    np.add.at(found, place[there], counts[there])
    return found


def summed(keys: Sequence[Integers], counts: Integers) -> tuple[tuple[Integers, ...], Integers]:
    """Return each key once, with the sum of its counts."""
    if not len(counts):
        return tuple(keys), counts
    packed = _packed(keys, _spans(keys, keys))
    if _rises(packed):
        return tuple(keys), counts
    _each, first, place = np.unique(packed, return_index=True, return_inverse=True)
    sums = np.zeros(len(first), dtype=np.int64)
    np.add.at(sums, place, counts)
    return tuple(key[first] for key in keys), sums


def _rises(packed: Integers) -> bool:
    return bool((packed[1:] > packed[:-1]).all())


def _spans(keys: Sequence[Integers], others: Sequence[Integers]) -> list[int]:
    return [int(max(one.max(), other.max())) + 1 for one, other in zip(keys, others, strict=True)]


def _packed(keys: Sequence[Integers], spans: Sequence[int]) -> Integers:
    packed = keys[0]
    for key, span in zip(keys[1:], spans[1:], strict=True):
        packed = packed * span + key
    return packed
