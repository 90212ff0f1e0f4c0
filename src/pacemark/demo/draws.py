"""Chance, by name: every purpose and month has its own stream, so that nothing shifts when a month is added."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FAR = 1 << 34  # seconds; more than any time since the first simulated day


def stream(seed: int, purpose: str, month: int = 0) -> np.random.Generator:
    """Return the stream of one purpose in one month. CRC-32 names it: Python's own hash changes between runs."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), month])))


def standard_scores(rng: np.random.Generator, size: int, pinned: Flags) -> Floats:
    """Return normal scores with mean 0 and standard deviation 1 over everyone, 0 for those who are pinned.

    Scores are drawn within ±2.5 and then centred and scaled, so that the planted spread holds for every seed.
    """
    drawn = rng.standard_normal((12, size))
    order = np.argmax(np.abs(drawn) <= 2.5, axis=0)
    scores = drawn[order, np.arange(size)]
    free = ~pinned
    scores[pinned] = 0.0
    scores[free] -= scores[free].mean()
    return np.asarray(scores * np.sqrt(size / np.sum(scores**2)))


def starts_of(counts: Ints) -> Ints:
    """Return where each group begins when groups of these sizes lie end to end."""
    return np.asarray(np.cumsum(counts) - counts)


def rank_within(counts: Ints) -> Ints:
    """Return 0, 1, 2 … inside each group of these sizes."""
    total = int(counts.sum())
    return np.asarray(np.arange(total, dtype=np.int64) - np.repeat(starts_of(counts), counts))


def sums_before(values: Floats, counts: Ints) -> Floats:
    """Return the running sum inside each group, the value itself left out."""
    running = np.cumsum(values) - values
    begins = starts_of(counts)[counts > 0]
    return np.asarray(running - np.repeat(running[begins], counts[counts > 0]))
