"""Reading staging: what refers to nothing."""

from __future__ import annotations

from pacemark.web.pipeline.models import Source
from pacemark.web.pipeline.staging import Staging


def has_sources() -> bool:
    """Say whether any records have come in yet."""
    return Source.objects.exists()


def deals_missing(staging: Staging, source_name: str) -> list[tuple[int, int, str]]:
    """Take refunds of deals that nobody has told of out of staging; return their file, line and deal."""
    if staging.is_empty("refunds"):
        return []
    source = Source.objects.filter(name=source_name).first()
    orphans = (
        "FROM stage_refunds s WHERE NOT EXISTS (SELECT 1 FROM stage_records r "
        "WHERE r.external_id = s.deal_ref AND r.is_deal) "
        "AND NOT EXISTS (SELECT 1 FROM pipeline_deal t WHERE t.source_id = %s AND t.external_id = s.deal_ref)"
    )
    params = [source.pk if source else 0]
    rows = staging.rows(
        f"SELECT s.stage_id, s.file_no, s.line, s.deal_ref {orphans} ORDER BY s.file_no, s.line", params
    )
    if rows:
        staging.single_layered.discard("refunds")
    for stage_id, _file_no, _line, _deal in rows:
        staging.execute("DELETE FROM stage_refunds WHERE stage_id = %s", [stage_id])
    return [(int(file_no), int(line), str(deal)) for _stage_id, file_no, line, deal in rows]
