"""The overview in words and positions: sheets in, what the template draws out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pacemark.web.organization.queries import organization
from pacemark.web.results.bridge.attained import UnitLine
from pacemark.web.results.pages.words import CauseRow, causes_chart, span_query, spans_to_pick
from pacemark.web.results.queries.sheets import FlowLine, Sheet
from pacemark.web.results.queries.spans import Span

WIDTH = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A unit with where booked, band and target lie on a line of ``WIDTH``; None for what there is not."""

    line: UnitLine
    booked_x: int
    low_x: int | None
    band_width: int
    expected_x: int | None
    target_x: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """Leads of one source, or of one source in one region."""

    channel: str
    region_id: int | None
    region_name: str
    leads: int
    opportunities: int
    deals: int
    net_minor: int

    @property
    def per_lead_minor(self) -> int | None:
        """What a lead has brought so far."""
        return round(self.net_minor / self.leads) if self.leads else None

    @property
    def won_share(self) -> float | None:
        """Deals by lead."""
        return self.deals / self.leads if self.leads else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """Everything the page shows."""

    span: Span
    spans: list[tuple[str, str, bool]]
    query: str
    currency: str
    sheet: Sheet
    quarter: Sheet | None
    whole: Bar
    regions: tuple[Bar, ...]
    cause_rows: tuple[CauseRow, ...]
    causes_chart: dict[str, Any] | None
    flow: tuple[FlowRow, ...]


def overview_page(span: Span, sheet: Sheet, quarter: Sheet | None) -> OverviewPage:
    """Return the page of a sheet, with the quarter's beside a running month."""
    currency = organization().currency
    causes = sheet.causes
    rows = [CauseRow(line=line, is_whole=False) for line in sheet.region_causes]
    return OverviewPage(
        span=span,
        spans=spans_to_pick(span),
        query=span_query(span),
        currency=currency,
        sheet=sheet,
        quarter=quarter,
        whole=_bars([sheet.whole])[0],
        regions=tuple(_bars(sheet.regions)),
        cause_rows=(*rows, CauseRow(line=causes, is_whole=True)) if causes else (),
        causes_chart=causes_chart(causes, currency) if causes else None,
        flow=tuple(_flow(sheet.flow)),
    )


def _bars(lines: Sequence[UnitLine]) -> list[Bar]:
    """Place units on one scale, so that regions can be compared."""
    ends = [
        max(line.net_minor, line.target_minor or 0, line.forecast.high_minor if line.forecast else 0, 1)
        for line in lines
    ]
    scale = WIDTH / max(ends, default=1)

    def at(minor: int) -> int:
        return max(0, min(WIDTH, round(minor * scale)))

    found = []
    for line in lines:
        ahead = line.forecast
        found.append(
            Bar(
                line=line,
                booked_x=at(line.net_minor),
                low_x=at(ahead.low_minor) if ahead else None,
                band_width=max(2, at(ahead.high_minor) - at(ahead.low_minor)) if ahead else 0,
                expected_x=at(ahead.expected_minor) if ahead else None,
                target_x=at(line.target_minor) if line.target_minor else None,
            )
        )
    return found


def _flow(lines: Sequence[FlowLine]) -> list[FlowRow]:
    """Return each source with its sum first and its regions below, the sources that bring most money first."""
    channels: dict[str, list[FlowLine]] = {}
    for line in lines:
        channels.setdefault(line.channel, []).append(line)
    found = []
    for channel, parts in sorted(channels.items(), key=lambda one: (-sum(line.net_minor for line in one[1]), one[0])):
        found.append(
            FlowRow(
                channel=channel, region_id=None, region_name="", leads=sum(line.leads for line in parts),
                opportunities=sum(line.opportunities for line in parts), deals=sum(line.deals for line in parts),
                net_minor=sum(line.net_minor for line in parts),
            )
        )  # fmt: skip
        if len(parts) > 1:
            found += [
                FlowRow(
                    channel=channel, region_id=line.region_id, region_name=line.region_name, leads=line.leads,
                    opportunities=line.opportunities, deals=line.deals, net_minor=line.net_minor,
                )
                for line in parts
            ]  # fmt: skip
    return found
