"""Which deep talk led to an opportunity: ``sourced_by``, ``sourced_call`` and ``sourced_on``. See decision 0008."""

from __future__ import annotations

from pacemark.web.pipeline.publishing.context import Publication
from pacemark.web.pipeline.publishing.upsert import MARK_DAYS

# A deep talk as the facts count it: an outbound call that was answered and lasted.
_DEEP_TALK = (
    "c.direction = 1 AND coalesce(c.answered, TRUE) AND c.talk_seconds >= {deep} AND c.talk_seconds >= {connect} "
    "AND c.rep_id IS NOT NULL"
)

# With a known report: the last deep talk up to it. Else: the first from the opening on, failing that the last before.
_PLACE = (
    "row_number() OVER (PARTITION BY o.id ORDER BY "
    "CASE WHEN o.reported_at IS NULL AND c.occurred_at < o.opened_at THEN 1 ELSE 0 END, "
    "CASE WHEN o.reported_at IS NULL AND c.occurred_at >= o.opened_at THEN c.occurred_at END, "
    "CASE WHEN o.reported_at IS NULL AND c.occurred_at >= o.opened_at THEN c.external_id END, "
    "c.occurred_at DESC, c.external_id DESC)"
)


def note_touched(publication: Publication) -> None:
    """Note the leads of staged records and of staged calls long enough to be deep talks.

    Where there is no opportunity, none came from any of them.
    """
    if not publication.staging.rows("SELECT 1 FROM pipeline_opportunity LIMIT 1"):
        return
    publication.run(
        "INSERT INTO stage_touched (lead_id) SELECT DISTINCT l.lead_id FROM stage_records s "
        "JOIN stage_lead_ids l ON l.ref = s.lead_ref WHERE s.is_opportunity ON CONFLICT DO NOTHING"
    )
    publication.run(
        "INSERT INTO stage_touched (lead_id) SELECT DISTINCT l.lead_id FROM stage_calls s "
        "JOIN stage_lead_ids l ON l.ref = s.lead_ref WHERE s.talk_seconds >= %s AND s.direction = 1 "
        "ON CONFLICT DO NOTHING",
        (publication.deep_talk_seconds,),
    )


def note_left_leads(publication: Publication, target: str) -> None:
    """Note the leads that changed calls or records belonged to so far, before they are overwritten."""
    tables = ("stage_touched", "stage_segmented") if target == "pipeline_opportunity" else ("stage_touched",)
    for table in tables:
        publication.run(
            f"INSERT INTO {table} (lead_id) SELECT DISTINCT t.lead_id FROM stage_known k "
            f"JOIN {target} t ON t.id = k.target_id WHERE NOT k.is_same AND t.lead_id IS NOT NULL "
            "ON CONFLICT DO NOTHING"
        )


def note_every_lead(publication: Publication) -> None:
    """Note all leads with an opportunity: for a change of the deep-talk threshold."""
    publication.run(
        "INSERT INTO stage_touched (lead_id) SELECT DISTINCT lead_id FROM pipeline_opportunity "
        "WHERE lead_id IS NOT NULL ON CONFLICT DO NOTHING"
    )


def source_opportunities(publication: Publication) -> int:
    """Find the deep talk behind each opportunity of the noted leads; return how many changed theirs.

    An opportunity without one is direct: nobody sourced it. The days of the former and of the new deep talk are marked.
    """
    _find(publication)
    _drop_unchanged(publication)
    if publication.staging.is_empty("sourced"):
        return 0
    for rep, day, join in (
        ("t.sourced_by_id", "t.sourced_on", "JOIN pipeline_opportunity t ON t.id = n.opportunity_id"),
        ("n.rep_id", "n.day", ""),
    ):
        select = (
            f"SELECT DISTINCT {rep}, {day} FROM stage_sourced n {join} WHERE {rep} IS NOT NULL AND {day} IS NOT NULL"
        )
        publication.run(MARK_DAYS.format(select=select))
    return publication.run(
        "UPDATE pipeline_opportunity AS t SET sourced_by_id = n.rep_id, sourced_call_id = n.call_id, "
        "sourced_on = n.day FROM stage_sourced n WHERE n.opportunity_id = t.id"
    )


def _find(publication: Publication) -> None:
    deep_talk = _DEEP_TALK.format(deep=int(publication.deep_talk_seconds), connect=int(publication.connect_seconds))
    if publication.staging.is_postgres:
        publication.run("ANALYZE stage_touched")
    publication.run("DELETE FROM stage_sourced")
    publication.run(
        "INSERT INTO stage_sourced (opportunity_id, call_id, rep_id, day) "
        "SELECT o.id, f.call_id, f.rep_id, f.day FROM stage_touched n "
        "JOIN pipeline_opportunity o ON o.lead_id = n.lead_id LEFT JOIN ("
        f"SELECT o.id AS opportunity_id, c.id AS call_id, c.rep_id, c.business_date AS day, {_PLACE} AS place "
        "FROM stage_touched n JOIN pipeline_opportunity o ON o.lead_id = n.lead_id "
        "JOIN pipeline_call c ON c.lead_id = o.lead_id "
        f"WHERE o.state <> 'unqualified' AND {deep_talk} "
        "AND (o.reported_at IS NULL OR c.occurred_at <= o.reported_at)"
        ") f ON f.opportunity_id = o.id AND f.place = 1"
    )
    # A record that lost its lead, or never had one, has no deep talk either.
    publication.run(
        "INSERT INTO stage_sourced (opportunity_id) SELECT id FROM pipeline_opportunity "
        "WHERE lead_id IS NULL AND sourced_call_id IS NOT NULL ON CONFLICT DO NOTHING"
    )


def _drop_unchanged(publication: Publication) -> None:
    publication.run(
        "DELETE FROM stage_sourced WHERE EXISTS (SELECT 1 FROM pipeline_opportunity t "
        "WHERE t.id = stage_sourced.opportunity_id "
        "AND coalesce(t.sourced_call_id, 0) = coalesce(stage_sourced.call_id, 0) "
        "AND coalesce(t.sourced_by_id, 0) = coalesce(stage_sourced.rep_id, 0) "
        "AND (t.sourced_on = stage_sourced.day OR (t.sourced_on IS NULL AND stage_sourced.day IS NULL)))"
    )
