"""Everything that stands before the first event: teams, reps, rates and working time of a made-up layout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacemark.demo.draws import Ints, Small, stream
from pacemark.demo.people import abilities, make_people, make_seats, make_teams
from pacemark.demo.planted import Planted, choose_adopters, choose_singles
from pacemark.demo.rates import Rates, make_rates
from pacemark.demo.spec import DemoSpec, months_later
from pacemark.demo.tables import Leaves, People, RosterDays, Teams, join
from pacemark.demo.worktime import FIVE_DAYS, Worktime, day_number, pattern_works, worktime_of

LEAVE_PER_MONTH = 0.3
SATURDAY_PER_MONTH = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What decides the events, apart from chance."""

    spec: DemoSpec
    teams: Teams
    people: People
    planted: Planted
    rates: Rates
    leaves: Leaves
    roster: RosterDays
    worktime: Worktime

    def month_days(self, month: int) -> tuple[int, int]:
        """Return the first day of a simulated month and the first day after it."""
        first = self.spec.month_starts()[month]
        return day_number(first), day_number(months_later(first, 1))


def make_layout(spec: DemoSpec) -> Layout:
    """Return the organisation that a spec means; a longer one has the same people and the same past."""
    teams = make_teams(spec)
    at = make_seats(spec, teams)
    planted = choose_singles(spec, teams, at.team, at.role)
    ability = abilities(spec, at.role, planted)
    planted = choose_adopters(spec, teams, at.team, at.role, planted, ability)
    people = make_people(spec, teams, at, planted, ability)
    leaves, roster = _absences(spec, people)
    return Layout(
        spec=spec, teams=teams, people=people, planted=planted, rates=make_rates(spec, planted),
        leaves=leaves, roster=roster, worktime=worktime_of(spec, teams, people, leaves, roster),
    )  # fmt: skip


def _absences(spec: DemoSpec, people: People) -> tuple[Leaves, RosterDays]:
    """Draw each month's leave (one to four days) and Saturdays on duty; nobody has both in one month."""
    leaves, rosters = [], []
    for month, first_day in enumerate(spec.month_starts()):
        rng = stream(spec.seed, "absences", month)
        first, following = day_number(first_day), day_number(months_later(first_day, 1))
        drawn = rng.random(spec.reps)
        begins = first + rng.integers(0, following - first, spec.reps)
        ends = np.minimum(begins + rng.integers(0, 4, spec.reps), following - 1)
        saturdays = _free_saturdays(first, following)
        on_duty = saturdays[rng.integers(0, len(saturdays), spec.reps)]
        away = np.flatnonzero((drawn < LEAVE_PER_MONTH) & (people.hired_day < first))
        extra = np.flatnonzero((drawn > 1 - SATURDAY_PER_MONTH) & (people.hired_day < first))
        leaves.append(Leaves(rep=_small(away), first_day=_small(begins[away]), last_day=_small(ends[away])))
        rosters.append(RosterDays(rep=_small(extra), day=_small(on_duty[extra])))
    return join(leaves), join(rosters)


def _free_saturdays(first: int, following: int) -> Ints:
    """Return Saturdays without a holiday before or after them, so that duty never falls into one."""
    days = np.arange(first, following)
    normal = ~pattern_works(first, following - first)[FIVE_DAYS]
    friday_worked = pattern_works(first - 1, following - first)[FIVE_DAYS]
    monday_worked = pattern_works(first + 2, following - first)[FIVE_DAYS]
    free = days[((days + 3) % 7 == 5) & normal & friday_worked & monday_worked]
    return np.asarray(free if len(free) else days[(days + 3) % 7 == 5])


def _small(values: Ints) -> Small:
    return values.astype(np.int32)
