"""People and units with what they brought, what was asked of them, and where the span will end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from pacemark.engine.results.attainment import Remaining, attained_share, forecast_groups
from pacemark.engine.results.attribution import Placed

# What moves everyone at once (prices, leads, a holiday that falls badly), as a share of what is still to come. People's
# own luck evens out over a region; this does not, and a band without it would promise more than anyone can know.
SHARED_SPREAD = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where somebody's span ends at the pace shown, as last worked out; minor units, without split credit."""

    as_of: date
    booked_minor: int
    mean_minor: int
    low_minor: int
    high_minor: int
    chance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Expected at the end, one in ten below ``low`` and above ``high``, and the chance of the target."""

    expected_minor: int
    low_minor: int
    high_minor: int
    odds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What was brought and asked for, of anybody or any unit."""

    won_minor: int
    refunds_minor: int
    target_minor: int | None

    @property
    def net_minor(self) -> int:
        """Won less given back."""
        return self.won_minor - self.refunds_minor

    @property
    def share(self) -> Fraction | None:
        """The share of the target that is there."""
        return attained_share(self.net_minor, self.target_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine(_Line):
    """One person: what they brought in the units in sight; ``elsewhere_minor`` in others in the same span."""

    rep_id: int
    name: str
    employee_no: str
    team_id: int | None
    team_name: str
    grade_id: int | None
    grade_name: str
    role: str
    has_left: bool
    moved_minor: int
    elsewhere_minor: int
    parts: tuple[Placed, ...]
    tier: str = ""
    outcome: str = ""
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine(_Line):
    """A team, a region or everything in sight. ``unit_id`` 0 is what belongs to none."""

    level: str
    unit_id: int
    name: str
    n_people: int
    region_id: int = 0
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Which unit each person's rest of the span counts for: the team they stand in last."""

    of_rep: Mapping[int, int]
    target_minor: Mapping[int, int]
    booked_minor: Mapping[int, int] = field(default_factory=dict)


def forecasts_of(
    groups: Groups, outlooks: Mapping[int, Outlook], shared_spread: float = SHARED_SPREAD
) -> dict[int, Forecast]:
    """Add up people's outlooks to their units'; what is booked is the unit's own, what is to come its people's."""
    keys = sorted({*groups.of_rep.values(), *groups.booked_minor})
    place = {key: at for at, key in enumerate(keys)}
    known = [(place[unit], outlooks[rep]) for rep, unit in groups.of_rep.items() if rep in outlooks]
    rest = [(at, one, max(one.mean_minor - one.booked_minor, 0)) for at, one in known]
    low = [max(one.low_minor - one.booked_minor, 0) for _at, one, _mean in rest]
    remaining = Remaining(
        group=np.array([at for at, _one, _mean in rest], dtype=np.int64),
        booked=np.zeros(len(rest)),
        mean=np.array([mean for _at, _one, mean in rest], dtype=np.float64),
        low=np.array(low, dtype=np.float64),
        high=np.array(
            [max(one.high_minor - one.booked_minor, floor) for (_at, one, _m), floor in zip(rest, low, strict=True)],
            dtype=np.float64,
        ),
    )
    booked = [groups.booked_minor.get(key, 0) for key in keys]
    target = np.array([groups.target_minor.get(key, np.nan) for key in keys], dtype=np.float64)
    found = forecast_groups(remaining, target - np.array(booked, dtype=np.float64), shared_spread)
    return {
        key: Forecast(
            expected_minor=booked[at] + round(float(found.expected[at])),
            low_minor=booked[at] + round(float(found.low[at])),
            high_minor=booked[at] + round(float(found.high[at])),
            odds=None if np.isnan(found.odds[at]) else float(found.odds[at]),
        )
        for key, at in place.items()
    }


def own_forecasts(
    net_minor: Mapping[int, int], target_minor: Mapping[int, int], outlooks: Mapping[int, Outlook]
) -> dict[int, Forecast]:
    """Return each person's: what is there now, and what their outlook says is still to come."""
    groups = Groups(
        of_rep={rep_id: rep_id for rep_id in outlooks},
        target_minor=target_minor,
        booked_minor={rep_id: net_minor.get(rep_id, 0) for rep_id in outlooks},
    )
    return forecasts_of(groups, outlooks, shared_spread=0.0)


def sums_by_team(parts: Sequence[Placed]) -> dict[int, tuple[int, int]]:
    """Return won and given back by team; 0 for no team."""
    sums: dict[int, tuple[int, int]] = {}
    for part in parts:
        won, back = sums.get(part.team_id or 0, (0, 0))
        sums[part.team_id or 0] = (won + part.won_minor, back + part.refunds_minor)
    return sums
