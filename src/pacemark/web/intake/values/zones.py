"""From a source's clock to UTC, and from UTC to the organisation's day and hour, a whole column at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_SLOT_SECONDS = 900  # every change of every zone's offset falls on a quarter of an hour
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone yet


class ZoneClock:
    """One time zone's offsets, looked up once per quarter of an hour."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._zone = ZoneInfo(name)
        self._from_utc: dict[int, int] = {}
        self._from_local: dict[int, int] = {}

    def to_utc(self, local_seconds: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return UTC seconds of wall-clock seconds; the hour that comes twice in autumn counts as its first time."""
        return local_seconds - self._offsets(local_seconds, self._from_local, is_local=True)

    def from_utc(self, utc_seconds: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return wall-clock seconds of UTC seconds."""
        return utc_seconds + self._offsets(utc_seconds, self._from_utc, is_local=False)

    def _offsets(self, seconds: NDArray[np.int64], known: dict[int, int], *, is_local: bool) -> NDArray[np.int64]:
        slots, where = np.unique(seconds // _SLOT_SECONDS, return_inverse=True)
        offsets = np.empty(len(slots), dtype=np.int64)
        for at, slot in enumerate(slots.tolist()):
            offset = known.get(slot)
            if offset is None:
                offset = known[slot] = self._offset_at(slot * _SLOT_SECONDS, is_local=is_local)
            offsets[at] = offset
        return offsets[where]

    def _offset_at(self, seconds: int, *, is_local: bool) -> int:
        if is_local:
            moment = (_LOCAL_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=self._zone)
        else:
            moment = (_EPOCH + timedelta(seconds=seconds)).astimezone(self._zone)
        offset = moment.utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0
