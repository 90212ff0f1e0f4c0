"""Moments as they are stored: UTC text, with the organisation's business date and hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pacemark.web.intake.values.dates import Moments
from pacemark.web.intake.values.zones import ZoneClock

_DAY = 86_400
_MANY = 2_000  # moments of which it is worth to have each day and each time of day written once
_NO_MOMENT = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMoments:
    """A column as stored. A blank or refused cell is None in ``utc`` and ``dates``."""

    utc: list[str | None]
    utc_seconds: NDArray[np.int64]
    dates: list[str | None]
    hours: list[int]


def no_moments(count: int) -> StoredMoments:
    """Return a column in which no cell tells a moment."""
    seconds = np.full(count, _NO_MOMENT, dtype=np.int64)
    return StoredMoments(utc=[None] * count, utc_seconds=seconds, dates=[None] * count, hours=[0] * count)


class ImportClock:
    """The source's clock and the organisation's, for one import."""

    def __init__(self, source_zone: str, organization_zone: str) -> None:
        self._source = ZoneClock(source_zone)
        self._organization = self._source if organization_zone == source_zone else ZoneClock(organization_zone)

    def store(self, moments: Moments) -> StoredMoments:
        """Turn a column of moments into UTC text, business dates and hours. A bare date is its own business date."""
        utc = self._source.to_utc(moments.seconds)
        for at, offset in moments.offsets.items():
            utc[at] = moments.seconds[at] - offset
        local = self._local(moments, utc)
        texts: list[str | None] = _moment_texts(utc)
        dates: list[str | None] = _day_texts(local // _DAY).tolist()
        for at in moments.blanks:
            texts[at] = dates[at] = None
            utc[at] = _NO_MOMENT
        return StoredMoments(utc=texts, utc_seconds=utc, dates=dates, hours=(local % _DAY // 3600).tolist())

    def _local(self, moments: Moments, utc: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._source is self._organization and not moments.offsets:
            return moments.seconds
        local = self._organization.from_utc(utc)
        for at in moments.bare_dates:
            local[at] = moments.seconds[at]
        return local


def _moment_texts(seconds: NDArray[np.int64]) -> list[str | None]:
    """Return moments as both databases write them: a space, where ISO has a T, between date and time."""
    if len(seconds) > _MANY:
        days = seconds // _DAY
        joined: list[str | None] = (_day_texts(days) + _times_of_day()[seconds - days * _DAY]).tolist()
        return joined
    texts = np.datetime_as_string(seconds.astype("datetime64[s]"), unit="s")
    if len(texts):
        texts.view(np.uint32).reshape(len(texts), -1)[:, 10] = ord(" ")
    found: list[str | None] = texts.tolist()
    return found


def _day_texts(days: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return days since 1970 as ISO dates, each of which is written once where they lie close together."""
    if not len(days):
        return np.empty(0, dtype=object)
    first, last = int(days.min()), int(days.max())
    if last - first > len(days):
        return np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    span = np.arange(first, last + 1).astype("datetime64[D]")
    texts: NDArray[np.object_] = np.datetime_as_string(span).astype(object)[days - first]
    return texts


@cache
def _times_of_day() -> NDArray[np.object_]:
    """Return every second of a day as text, with the space before it."""
    texts = np.datetime_as_string(np.arange(_DAY).astype("datetime64[s]"), unit="s")
    letters = texts.view(np.uint32).reshape(_DAY, -1)[:, 10:].copy()
    letters[:, 0] = ord(" ")
    return letters.view(f"U{letters.shape[1]}")[:, 0].astype(object)
