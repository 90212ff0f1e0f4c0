"""What follows from deals: wins that are taken back, and opportunities that a contract closes."""

from __future__ import annotations

from pacemark.web.pipeline.publishing.context import Publication
from pacemark.web.pipeline.publishing.tables import DEAL_ROWS, REFUND_ROWS
from pacemark.web.pipeline.publishing.upsert import MARK_DAYS, keep_versions_of

# A deal without a day makes the win of its opportunity one that says nothing of lags: the opening day counts by it.
_OPENED = "SELECT DISTINCT coalesce(o.owner_id, 0), o.opened_on"


def _tied(rows: str) -> str:
    """Join the opportunities of deals, given as ``FROM … pipeline_deal t …``."""
    return rows.replace("pipeline_deal t", "pipeline_deal t JOIN pipeline_opportunity o ON o.id = t.opportunity_id", 1)


def mark_opportunities_of_changed(publication: Publication) -> None:
    """Mark the opening days of the opportunities that changed deals belong to so far."""
    changed = "FROM stage_known k JOIN pipeline_deal t ON t.id = k.target_id"
    tied = "JOIN pipeline_opportunity o ON o.id = t.opportunity_id WHERE NOT k.is_same"
    publication.run(MARK_DAYS.format(select=f"{_OPENED} {changed} {tied}"))


def _mark_linked(publication: Publication, layer: int) -> None:
    select = (
        f"{_OPENED} FROM stage_records s "
        "JOIN pipeline_deal t ON t.source_id = %s AND t.external_id = s.external_id "
        "JOIN pipeline_opportunity o ON o.id = t.opportunity_id LEFT JOIN stage_known k ON k.stage_id = s.stage_id "
        "WHERE s.layer = %s AND s.is_deal AND t.is_undated AND (k.stage_id IS NULL OR NOT k.is_same)"
    )
    publication.run(MARK_DAYS.format(select=select), (publication.source_id, layer))


def take_back_wins(publication: Publication, layer: int) -> None:
    """Remove deals whose record no longer says won, with their refunds; both stay in the history."""
    publication.run("DELETE FROM stage_dropped")
    publication.run(
        "INSERT INTO stage_dropped (external_id) SELECT s.external_id FROM stage_records s "
        "JOIN pipeline_deal t ON t.source_id = %s AND t.external_id = s.external_id "
        "WHERE s.layer = %s AND NOT s.is_deal",
        (publication.source_id, layer),
    )
    if publication.staging.is_empty("dropped"):
        return
    source = int(publication.source_id)
    gone = f"FROM pipeline_deal t JOIN stage_dropped n ON n.external_id = t.external_id WHERE t.source_id = {source}"
    publication.run(MARK_DAYS.format(select=f"SELECT DISTINCT coalesce(t.owner_id, 0), t.signed_on {gone}"))
    publication.run(MARK_DAYS.format(select=f"{_OPENED} {_tied(gone)}"))
    refunds = (
        "FROM pipeline_refund t JOIN pipeline_deal d ON d.id = t.deal_id "
        f"JOIN stage_dropped n ON n.external_id = d.external_id WHERE d.source_id = {source}"
    )
    publication.run(MARK_DAYS.format(select=f"SELECT DISTINCT coalesce(d.owner_id, 0), t.refunded_on {refunds}"))
    keep_versions_of(publication, REFUND_ROWS, refunds)
    keep_versions_of(publication, DEAL_ROWS, gone)
    publication.run(f"DELETE FROM pipeline_refund WHERE id IN (SELECT t.id {refunds})")
    publication.run(f"DELETE FROM pipeline_deal WHERE id IN (SELECT t.id {gone})")


def link_deals(publication: Publication, layer: int) -> None:
    """Tie each staged deal to its opportunity: its own record, the one it names, else the lead's last before it."""
    source = publication.source_id
    publication.run(
        "UPDATE pipeline_deal AS t SET opportunity_id = o.id FROM stage_records s, pipeline_opportunity o "
        "WHERE s.layer = %s AND s.is_deal AND t.source_id = %s AND t.external_id = s.external_id "
        "AND o.source_id = %s AND o.external_id = CASE WHEN s.is_opportunity THEN s.external_id "
        "ELSE s.opportunity_ref END",
        (layer, source, source),
    )
    publication.run(
        "UPDATE pipeline_deal AS t SET opportunity_id = (SELECT o.id FROM pipeline_opportunity o "
        "WHERE o.lead_id = t.lead_id AND o.state <> 'unqualified' AND o.opened_on <= t.signed_on "
        "ORDER BY o.opened_at DESC, o.external_id DESC LIMIT 1) "
        "FROM stage_records s WHERE s.layer = %s AND s.is_deal AND NOT s.is_opportunity AND t.source_id = %s "
        "AND t.external_id = s.external_id AND t.opportunity_id IS NULL AND t.lead_id IS NOT NULL",
        (layer, source),
    )
    if publication.has_facts:
        _mark_linked(publication, layer)


def close_by_contract(publication: Publication) -> None:
    """Let an open opportunity be won on the day of the contract that is tied to it."""
    pairs = (
        "FROM pipeline_opportunity t JOIN pipeline_deal d ON d.opportunity_id = t.id "
        "WHERE d.source_id = %s AND t.state = 'open'"
    )
    publication.run(
        MARK_DAYS.format(select=f"SELECT DISTINCT coalesce(t.owner_id, 0), t.opened_on {pairs}"),
        (publication.source_id,),
    )
    publication.run(
        "UPDATE pipeline_opportunity AS t SET state = 'won', closed_on = x.signed_on FROM ("
        "SELECT d.opportunity_id, min(d.signed_on) AS signed_on FROM pipeline_deal d WHERE d.source_id = %s "
        "GROUP BY d.opportunity_id) x WHERE x.opportunity_id = t.id AND t.state = 'open'",
        (publication.source_id,),
    )
