"""Who works when: patterns, public holidays, leave and roster days, as one matrix of reps × days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from pacemark.demo.draws import Flags, Ints, Small
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import Leaves, People, RosterDays, Teams
from pacemark.web.organization.calendar_seed import chinese_days
from pacemark.web.organization.choices import DayKind

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A week (or two) of work. Seconds are counted from local midnight; the break is no working time."""

    name: str
    weeks: tuple[tuple[int, ...], ...]
    shift_start: int
    shift_end: int
    break_start: int
    break_seconds: int

    @property
    def working_seconds(self) -> int:
        return self.shift_end - self.shift_start - self.break_seconds


_FIVE = (0, 1, 2, 3, 4)
_OFFICE = {"shift_start": 9 * HOUR, "shift_end": 18 * HOUR, "break_start": 12 * HOUR, "break_seconds": 5400}
_LATE = {"shift_start": 13 * HOUR, "shift_end": 43 * HOUR // 2, "break_start": 35 * HOUR // 2, "break_seconds": HOUR}
PATTERNS = (
    Pattern(name="双休", weeks=(_FIVE,), **_OFFICE),
    Pattern(name="晚班", weeks=(_FIVE,), **_LATE),
    Pattern(name="大小周", weeks=(_FIVE, (*_FIVE, 5)), **_OFFICE),
)
FIVE_DAYS, EVENING, ALTERNATE_WEEKS = range(3)
ANCHOR_MONDAY = date(2022, 1, 3)


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of(number: int) -> date:
    """Return the date that a day number means."""
    return date.fromordinal(int(number) + EPOCH_ORDINAL)


def pattern_works(first: int, days: int) -> Flags:
    """Return, per pattern and day, whether the pattern works: holidays off, make-up days on."""
    numbers = np.arange(first, first + days)
    weekday = (numbers + 3) % 7  # 1970-01-01 was a Thursday
    weeks_since = (numbers - day_number(ANCHOR_MONDAY)) // 7
    works = np.zeros((len(PATTERNS), days), dtype=bool)
    for i, pattern in enumerate(PATTERNS):
        for k, worked in enumerate(pattern.weeks):
            works[i] |= (weeks_since % len(pattern.weeks) == k) & np.isin(weekday, worked)
    for special in chinese_days():
        at = day_number(special.date) - first
        if 0 <= at < days:
            works[:, at] = special.kind == DayKind.MAKE_UP
    return works


def weekdays_worked(first: date, following: date) -> int:
    """Return the working days of the five-day pattern from a day up to another, that one left out."""
    start = day_number(first)
    return int(pattern_works(start, day_number(following) - start)[FIVE_DAYS].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktime:
    """``works``, ``team`` and ``following`` (the next day worked) have shape (reps, days), from ``first`` on."""

    first: int
    works: Flags
    team: Small
    following: Small

    def pattern_of(self, teams: Teams, rep: Ints | Small, day: Ints | Small) -> Small:
        """Return the pattern that a rep works by on a day, the last known one beyond the end."""
        at = np.clip(day - self.first, 0, self.works.shape[1] - 1)
        return np.asarray(teams.pattern[self.team[rep, at]])

    def next_worked(self, rep: Ints | Small, day: Ints | Small) -> Small:
        """Return the day itself where it is worked, else the next that is; days beyond the end stay as they are."""
        days = self.works.shape[1]
        inside = day - self.first < days
        found = self.following[rep, np.clip(day - self.first, 0, days - 1)]
        return np.where(inside, found, day).astype(np.int32)


def worktime_of(spec: DemoSpec, teams: Teams, people: People, leaves: Leaves, roster: RosterDays) -> Worktime:
    """Put patterns, moves between teams, hiring, leave and roster days together."""
    first, days = day_number(spec.start), (spec.horizon - spec.start).days
    numbers = np.arange(first, first + days)
    moved_later = (people.moved_day[:, None] > numbers) & (people.earlier_team[:, None] >= 0)
    team = np.where(moved_later, people.earlier_team[:, None], people.team[:, None]).astype(np.int32)
    works = pattern_works(first, days)[teams.pattern[team], np.arange(days)]
    works[roster.rep, roster.day - first] = True
    for rep, begin, end in zip(leaves.rep, leaves.first_day - first, leaves.last_day - first, strict=True):
        works[rep, begin : end + 1] = False
    works &= numbers >= people.hired_day[:, None]
    worked = np.where(works, numbers, first + days + 6)
    following = np.minimum.accumulate(worked[:, ::-1], axis=1)[:, ::-1].astype(np.int32)
    return Worktime(first=first, works=works, team=team, following=following)


def clock_seconds(pattern: Small | Ints, worked_seconds: Ints) -> Ints:
    """Return seconds since local midnight for seconds worked in a shift, stepping over the break."""
    start = np.array([p.shift_start for p in PATTERNS])[pattern]
    before_break = np.array([p.break_start - p.shift_start for p in PATTERNS])[pattern]
    pause = np.array([p.break_seconds for p in PATTERNS])[pattern]
    return np.asarray(start + worked_seconds + np.where(worked_seconds >= before_break, pause, 0), dtype=np.int64)
