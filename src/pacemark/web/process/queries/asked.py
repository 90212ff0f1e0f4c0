"""Which period a diagnosis is asked about: a sales month against its plan, or any days against any earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pacemark.engine.errors import EngineError
from pacemark.engine.periods import Period, sales_month, sales_month_of
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.queries import organization
from pacemark.web.process.bridge.ground import Span
from pacemark.web.process.queries.findings import counted_months

# Nobody looks back further, and each day more is read.
MOST_DAYS = 400
DATES = ("first", "last", "base_first", "base_last")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The month asked for, the months there are, and both periods where two are compared."""

    month: Period
    months: tuple[Period, ...]
    now: Span | None = None
    base: Span | None = None
    is_wrong: bool = False

    @property
    def is_compared(self) -> bool:
        """Tell whether two periods are compared."""
        return self.now is not None


def asked_of(given: Mapping[str, str]) -> Asked:
    """Return what the address asks for; what cannot be meant is said, and the newest month shown instead."""
    start_day = organization().sales_month_start_day
    months = tuple(sales_month_of(day, start_day) for day in counted_months())
    month = months[0] if months else sales_month_of(local_today(organization().time_zone), start_day)
    label, is_wrong = given.get("period", ""), False
    if label:
        try:
            month = sales_month(label, start_day)
        except EngineError:
            is_wrong = True
    texts = [given.get(name, "") for name in DATES]
    if not any(texts):
        return Asked(month=month, months=months, is_wrong=is_wrong)
    spans = _spans(texts)
    if spans is None:
        return Asked(month=month, months=months, is_wrong=True)
    return Asked(month=month, months=months, now=spans[0], base=spans[1], is_wrong=is_wrong)


def _spans(texts: list[str]) -> tuple[Span, Span] | None:
    try:
        first, last, base_first, base_last = (date.fromisoformat(text) for text in texts)
    except ValueError:
        return None
    now, base = Span(first=first, last=last), Span(first=base_first, last=base_last)
    is_sound = all(0 < span.n_days <= MOST_DAYS for span in (now, base)) and base_last < first
    return (now, base) if is_sound else None
