"""Where leads went, and what they have brought: by their owner now and their segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.bridge import definitions_of
from pacemark.web.pipeline.queries.columns import literal, whole_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFlow:
    """Leads that arrived on some days, by owner (0: nobody) and segment (0: none), with what came of them so far."""

    rep_id: int
    segment_id: int
    leads: int
    opportunities: int
    deals: int
    net_minor: int


def lead_flow(first: date, last: date) -> list[LeadFlow]:
    """Return what became of the leads that arrived on some days; money net of refunds, whenever it came."""
    arrived = f"l.arrived_on BETWEEN {literal(first)} AND {literal(last)} AND l.duplicate_of_id IS NULL"
    key = "COALESCE(l.owner_id, 0), COALESCE(l.segment_id, 0)"
    amount = definitions_of(organization()).revenue_column
    found: dict[tuple[int, int], list[int]] = {}
    for place, sql in enumerate((
        f"SELECT {key}, COUNT(*), 0 FROM pipeline_lead AS l WHERE {arrived} GROUP BY 1, 2",
        f"""
        SELECT {key}, COUNT(*), 0 FROM pipeline_lead AS l JOIN pipeline_opportunity AS o ON o.lead_id = l.id
        WHERE {arrived} AND o.state <> 'unqualified' GROUP BY 1, 2
        """,
        f"""
        SELECT {key}, COUNT(*), CAST(SUM(COALESCE(d.{amount}, 0) - COALESCE(r.back, 0)) AS BIGINT)
        FROM pipeline_lead AS l JOIN pipeline_deal AS d ON d.lead_id = l.id
        LEFT JOIN (SELECT deal_id, SUM(amount_minor) AS back FROM pipeline_refund GROUP BY deal_id) AS r
            ON r.deal_id = d.id
        WHERE {arrived} GROUP BY 1, 2
        """,
    )):  # fmt: skip
        for rep_id, segment_id, count, net in zip(*(one.tolist() for one in whole_numbers(sql, 4)), strict=True):
            row = found.setdefault((rep_id, segment_id), [0, 0, 0, 0])
            row[place] += count
            row[3] += net
    return [
        LeadFlow(rep_id=rep_id, segment_id=segment_id, leads=leads, opportunities=opened, deals=deals, net_minor=net)
        for (rep_id, segment_id), (leads, opened, deals, net) in sorted(found.items())
    ]
