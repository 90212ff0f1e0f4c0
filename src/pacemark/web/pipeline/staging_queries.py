"""Reading staging: who was first seen when, and what refers to nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from pacemark.web.pipeline.models import Source
from pacemark.web.pipeline.staging import Staging


def first_days(staging: Staging) -> dict[int, date]:
    """Return the first business date on which each staged person appears."""
    rows = staging.rows(
        "SELECT person_no, min(day) FROM ("
        "SELECT person_no, min(business_date) AS day FROM stage_calls GROUP BY person_no UNION ALL "
        "SELECT person_no, min(opened_on) FROM stage_records WHERE opened_on IS NOT NULL GROUP BY person_no UNION ALL "
        "SELECT person_no, min(signed_on) FROM stage_records WHERE signed_on IS NOT NULL GROUP BY person_no UNION ALL "
        "SELECT person_no, min(arrived_on) FROM stage_leads GROUP BY person_no) seen "
        "WHERE person_no <> 0 GROUP BY person_no"
    )
    return {int(number): _date(day) for number, day in rows if day is not None}


def staged_people(staging: Staging) -> set[int]:
    """Return the people that accepted rows name."""
    rows = staging.rows(
        "SELECT person_no FROM stage_calls UNION SELECT person_no FROM stage_records "
        "UNION SELECT person_no FROM stage_leads"
    )
    return {int(number) for (number,) in rows if number}


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
    for stage_id, _file_no, _line, _deal in rows:
        staging.execute("DELETE FROM stage_refunds WHERE stage_id = %s", [stage_id])
    return [(int(file_no), int(line), str(deal)) for _stage_id, file_no, line, deal in rows]


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
