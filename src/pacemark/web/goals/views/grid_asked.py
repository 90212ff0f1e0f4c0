"""What the address of the Goals page asks for: which months, whom, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse

from pacemark.web.goals.bridge.grid import GridFilter
from pacemark.web.goals.queries.periods import Period, shown_period

SPANS = ("quarter", "year")
MAX_ID_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class GridAsked:
    """One view of people × months. ``edit`` names the cell that is being typed into, where there are no scripts."""

    period: Period
    span: str = "quarter"
    filter: GridFilter = field(default_factory=GridFilter)
    sort: str = ""
    page: str = ""
    edit: str = ""

    def query(self, **changes: str) -> str:
        """Return the query that asks for the same, with some words changed; what is empty is left out."""
        kept = {
            "period": self.period.label,
            "span": "" if self.span == SPANS[0] else self.span,
            "region": _text(self.filter.region_id),
            "team": _text(self.filter.team_id),
            "grade": _text(self.filter.grade_id),
            "role": self.filter.role,
            "state": self.filter.state,
            "over": "1" if self.filter.only_over_capacity else "",
            "q": self.filter.sought,
            "sort": self.sort,
            "page": self.page,
        }
        return urlencode({name: value for name, value in {**kept, **changes}.items() if value})

    def url(self, **changes: str) -> str:
        """Return the address of the page that asks for the same, with some words changed."""
        return f"{reverse('goals:list')}?{self.query(**changes)}"

    def everybody(self) -> GridAsked:
        """Return the same months without any filter."""
        return replace(self, filter=GridFilter(), page="", edit="")

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Return what a form must carry along to come back to the same view."""
        return (("back", self.query()),)


def grid_asked(words: Mapping[str, str]) -> GridAsked:
    """Read an address; whatever makes no sense in it is as if it were not there."""
    span = words.get("span", "")
    return GridAsked(
        period=shown_period(words.get("period", "")),
        span=span if span in SPANS else SPANS[0],
        filter=GridFilter(
            region_id=_number(words.get("region", "")),
            team_id=_number(words.get("team", "")),
            grade_id=_number(words.get("grade", "")),
            role=words.get("role", ""),
            state=words.get("state", ""),
            only_over_capacity=words.get("over", "") == "1",
            sought=words.get("q", "").strip()[:100],
        ),
        sort=words.get("sort", ""),
        page=words.get("page", ""),
        edit=words.get("edit", ""),
    )


def _number(text: str) -> int | None:
    # No id has more digits; Python refuses to read thousands of them.
    return int(text[:MAX_ID_DIGITS]) if text.isascii() and text.isdecimal() else None


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
