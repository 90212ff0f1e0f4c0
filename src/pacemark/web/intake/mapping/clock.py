"""Moments as they are stored: UTC text, with the organisation's business date and hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pacemark.web.intake.values.dates import Moments
from pacemark.web.intake.values.zones import ZoneClock

_DAY = 86_400
_EPOCH = date(1970, 1, 1)


class _DayTexts(dict[int, str]):
    def __missing__(self, day: int) -> str:
        text = self[day] = (_EPOCH + timedelta(days=day)).isoformat()
        return text


class _TimeTexts(dict[int, str]):
    def __missing__(self, second: int) -> str:
        text = self[second] = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMoments:
    """A column as stored. A blank or refused cell is None in ``utc`` and ``dates``."""

    utc: list[str | None]
    dates: list[str | None]
    hours: list[int]


class ImportClock:
    """The source's clock and the organisation's, for one import."""

    def __init__(self, source_zone: str, organization_zone: str) -> None:
        self._source = ZoneClock(source_zone)
        self._organization = self._source if organization_zone == source_zone else ZoneClock(organization_zone)
        self._days = _DayTexts()
        self._times = _TimeTexts()

    def store(self, moments: Moments) -> StoredMoments:
        """Turn a column of moments into UTC text, business dates and hours. A bare date is its own business date."""
        utc = self._source.to_utc(moments.seconds)
        for at, offset in moments.offsets.items():
            utc[at] = moments.seconds[at] - offset
        local = self._local(moments, utc)
        days, times = self._days, self._times
        utc_days, utc_seconds = np.divmod(utc, _DAY)
        local_days, local_seconds = np.divmod(local, _DAY)
        texts: list[str | None] = [
            f"{days[day]} {times[second]}" for day, second in zip(utc_days.tolist(), utc_seconds.tolist(), strict=True)
        ]
        dates: list[str | None] = [days[day] for day in local_days.tolist()]
        for at in moments.blanks:
            texts[at] = dates[at] = None
        return StoredMoments(utc=texts, dates=dates, hours=(local_seconds // 3600).tolist())

    def _local(self, moments: Moments, utc: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._source is self._organization and not moments.offsets:
            return moments.seconds
        local = self._organization.from_utc(utc)
        for at in moments.bare_dates:
            local[at] = moments.seconds[at]
        return local
