"""Talks of honest people and of people who stretch some of them, for tests and trials of the padding check."""

from __future__ import annotations

import numpy as np

from pacemark.engine.talks import TalkHistograms, talk_histograms

MEDIAN_SECONDS, SIGMA = 75.0, 1.0
CONVERSION = 0.28


def honest_talks(rng: np.random.Generator, n_talks: int, *, is_bimodal: bool = False) -> np.ndarray:
    """Draw log-normal talks; with ``is_bimodal`` half of them are answered and hung up."""
    seconds = np.floor(MEDIAN_SECONDS * np.exp(SIGMA * rng.standard_normal(n_talks))).astype(np.int64)
    hung_up = is_bimodal & (rng.random(n_talks) < 0.5)
    return np.where(hung_up, rng.integers(1, 9, n_talks), seconds)


def padded_team(
    rng: np.random.Generator, *, n_people: int, n_padders: int, share: float, n_talks: int = 1320,
    is_bimodal: bool = False,
) -> TalkHistograms:  # fmt: skip
    """Return a team whose first people stretch a share of what would have ended within 30 s of the threshold."""
    row = np.repeat(np.arange(n_people), n_talks)
    seconds = honest_talks(rng, n_people * n_talks, is_bimodal=is_bimodal)
    won = ((seconds >= 180) & (rng.random(len(seconds)) < CONVERSION)).astype(float)
    padded = (row < n_padders) & (seconds >= 150) & (seconds < 180) & (rng.random(len(seconds)) < share)
    seconds[padded] = 180 + np.minimum(rng.exponential(3.5, int(padded.sum())).astype(np.int64), 9)
    return talk_histograms(row, seconds, n_people, 180, won)
