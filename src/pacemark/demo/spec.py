"""What decides a made-up organisation: its seed and sizes, and the dates on which its planted truths hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

FEWEST_REPS = 24
QUARTER_DAYS = 91
TRIAL_DAYS = 61
LARGE_ORGANISATION = 500
LARGE_MONTHS = 4  # 2,000 reps reach ten million calls in four months and a part


class SpecError(ValueError):
    """A size that no organisation can have; its text is one sentence for the person who asked."""


def usual_months(reps: int) -> int:
    """Return the months of events that an organisation of this size gets when nobody says."""
    return LARGE_MONTHS if reps >= LARGE_ORGANISATION else 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def as_json(self) -> list[str]:
        return [self.first.isoformat(), self.last.isoformat()]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSpec:
    """The same spec gives the same organisation, byte for byte; more ``advance_days`` give it the same past."""

    seed: int
    end: date
    reps: int = 60
    months: int = 9
    monthly_history: int = 30
    is_null: bool = False
    advance_days: int = 0

    def __post_init__(self) -> None:
        if self.reps < FEWEST_REPS:
            raise SpecError(f"the made-up organisation needs at least {FEWEST_REPS} reps")
        if self.months < 1:
            raise SpecError("the made-up organisation needs at least one month of events")
        if self.monthly_history < 0 or self.advance_days < 0 or self.seed < 0:
            raise SpecError("seed, monthly history and days must not be negative")

    @property
    def start(self) -> date:
        """The first day with events: ``months`` whole months before the month of ``end``."""
        return months_later(self.end.replace(day=1), -self.months)

    @property
    def last_day(self) -> date:
        """The last day that was lived."""
        return self.end + timedelta(days=self.advance_days)

    @property
    def horizon(self) -> date:
        """The first day that is not simulated: months are simulated whole and cut afterwards."""
        return months_later(self.last_day.replace(day=1), 1)

    @property
    def last_quarter(self) -> Window:
        """The ninety-one days up to ``end``, in which the bad closer and the unlucky person had their quarter."""
        return Window(first=max(self.start, self.end - timedelta(days=QUARTER_DAYS - 1)), last=self.end)

    @property
    def trial(self) -> Window:
        """The two months up to ``end``, in which people tried the practice and the sham."""
        half = (self.end - self.start).days // 2
        return Window(
            first=max(self.end - timedelta(days=TRIAL_DAYS - 1), self.end - timedelta(days=half)), last=self.end
        )

    @property
    def lucky_quarter(self) -> Window:
        """The quarter before the trial, from which the sham takes its fame."""
        last = self.trial.first - timedelta(days=1)
        return Window(first=max(self.start, last - timedelta(days=QUARTER_DAYS - 1)), last=last)

    def month_starts(self) -> list[date]:
        """Return the first day of every simulated month."""
        starts = [self.start]
        while (following := months_later(starts[-1], 1)) < self.horizon:
            starts.append(following)
        return starts

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "end": self.end.isoformat(),
            "reps": self.reps,
            "months": self.months,
            "monthly_history": self.monthly_history,
            "is_null": self.is_null,
            "advance_days": self.advance_days,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> DemoSpec:
        return cls(**{**kept, "end": date.fromisoformat(kept["end"])})


def months_later(first_of_month: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    count = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
