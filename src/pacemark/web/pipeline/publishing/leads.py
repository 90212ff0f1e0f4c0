"""Leads behind the references: those a file tells of, and stubs for those that are only referred to."""

from __future__ import annotations

from pacemark.web.pipeline.publishing.bulk import indexes_rebuilt
from pacemark.web.pipeline.publishing.context import Publication
from pacemark.web.pipeline.publishing.upsert import MARK_DAYS

# A reference by phone, from a file without lead ids: "tel:" and the number's keyed hash.
PHONE_REF = "tel:"


def adopt_phone_stubs(publication: Publication) -> None:
    """Let a lead that was known by its number alone become the record that now tells of it."""
    publication.run(
        "UPDATE pipeline_lead AS t SET external_id = x.external_id FROM ("
        "SELECT min(s.external_id) AS external_id, s.phone_hash FROM stage_leads s "
        "LEFT JOIN pipeline_lead known ON known.source_id = %s AND known.external_id = s.external_id "
        "WHERE s.phone_hash <> '' AND known.id IS NULL GROUP BY s.phone_hash) x "
        "WHERE t.source_id = %s AND t.content_key = 0 AND t.external_id = %s || x.phone_hash",
        (publication.source_id, publication.source_id, PHONE_REF),
    )


def collect_references(publication: Publication) -> None:
    """List every reference to a lead once. Touches staging alone, so it runs before the transaction."""
    publication.run("DELETE FROM stage_lead_refs")
    noted = publication.staging.references()
    if noted is not None:
        publication.staging.append_work("lead_refs", ("ref",), noted)
        return
    publication.run(
        "INSERT INTO stage_lead_refs (ref) "
        "SELECT lead_ref FROM stage_calls WHERE lead_ref <> '' UNION "
        "SELECT lead_ref FROM stage_records WHERE lead_ref <> ''"
    )


def resolve_references(publication: Publication) -> None:
    """Find or make the lead behind every reference."""
    source = publication.source_id
    with indexes_rebuilt(publication.staging, "pipeline_lead", _new_stubs(publication)):
        _insert_stubs(publication)
    publication.run("DELETE FROM stage_lead_ids")
    publication.run(
        "INSERT INTO stage_lead_ids (ref, lead_id, segment_id) SELECT r.ref, t.id, t.segment_id FROM stage_lead_refs r "
        "JOIN pipeline_lead t ON t.source_id = %s AND t.external_id = r.ref",
        (source,),
    )
    publication.run(
        "INSERT INTO stage_lead_ids (ref, lead_id) SELECT r.ref, e.lead_id FROM stage_lead_refs r "
        "JOIN stage_erased e ON r.ref = %s || e.phone_hash "
        "WHERE NOT EXISTS (SELECT 1 FROM stage_lead_ids i WHERE i.ref = r.ref)",
        (PHONE_REF,),
    )
    publication.run(
        "INSERT INTO stage_lead_ids (ref, lead_id) SELECT r.ref, min(t.id) FROM stage_lead_refs r "
        "JOIN pipeline_lead t ON t.phone_hash = substr(r.ref, %s) "
        "WHERE substr(r.ref, 1, %s) = %s AND NOT EXISTS (SELECT 1 FROM stage_lead_ids i WHERE i.ref = r.ref) "
        "GROUP BY r.ref",
        (len(PHONE_REF) + 1, len(PHONE_REF), PHONE_REF),
    )
    if publication.staging.is_postgres:
        publication.run("ANALYZE stage_lead_ids")


def _new_stubs(publication: Publication) -> int:
    """Count the stubs to be made; numbers are looked up among the leads meanwhile, which want their index."""
    if not publication.staging.is_empty("phones"):
        return 0
    return publication.staging.number(
        "SELECT count(*) FROM stage_lead_refs r LEFT JOIN pipeline_lead t "
        "ON t.source_id = %s AND t.external_id = r.ref WHERE t.id IS NULL",
        [publication.source_id],
    )


def _insert_stubs(publication: Publication) -> None:
    source = publication.source_id
    publication.run(
        "INSERT INTO pipeline_lead (source_id, external_id, content_key, version, batch_id, name, note, "
        "phone_encrypted, phone_hash, phone_last4_hash) "
        "SELECT %s, r.ref, 0, 1, %s, '', '', coalesce(h.phone_encrypted, ''), coalesce(h.phone_hash, ''), "
        "coalesce(h.phone_last4_hash, '') FROM stage_lead_refs r "
        "LEFT JOIN (SELECT ref, min(phone_encrypted) AS phone_encrypted, min(phone_hash) AS phone_hash, "
        "min(phone_last4_hash) AS phone_last4_hash FROM stage_phones GROUP BY ref) h ON h.ref = r.ref "
        "LEFT JOIN pipeline_lead t ON t.source_id = %s AND t.external_id = r.ref "
        "WHERE t.id IS NULL AND (h.phone_hash IS NULL OR NOT EXISTS "
        "(SELECT 1 FROM pipeline_lead o WHERE o.phone_hash = h.phone_hash) AND NOT EXISTS "
        "(SELECT 1 FROM stage_erased e WHERE e.phone_hash = h.phone_hash))",
        (source, publication.batch_id, source),
    )


def note_segmented(publication: Publication) -> None:
    """Note the leads whose segment the staged records may move."""
    publication.run(
        "INSERT INTO stage_segmented (lead_id) SELECT DISTINCT l.lead_id FROM stage_records s "
        "JOIN stage_lead_ids l ON l.ref = s.lead_ref WHERE s.is_opportunity ON CONFLICT DO NOTHING"
    )
    publication.run(
        "INSERT INTO stage_segmented (lead_id) SELECT DISTINCT t.id FROM stage_leads s JOIN pipeline_lead t "
        "ON t.source_id = %s AND t.external_id = s.external_id WHERE TRUE ON CONFLICT DO NOTHING",
        (publication.source_id,),
    )


def settle_segments(publication: Publication) -> None:
    """Give each noted lead its segment: what its own record states, else what its first opened opportunity states.

    Calls that are already there follow their lead, and the days of both sides are marked.
    """
    publication.run("DELETE FROM stage_moved")
    publication.run(
        "INSERT INTO stage_moved (lead_id, segment_id) "
        "SELECT t.id, coalesce(t.stated_segment_id, f.segment_id) FROM stage_segmented n "
        "JOIN pipeline_lead t ON t.id = n.lead_id LEFT JOIN ("
        "SELECT o.lead_id, o.segment_id, row_number() OVER ("
        "PARTITION BY o.lead_id ORDER BY o.opened_at, o.external_id) AS place FROM pipeline_opportunity o "
        "JOIN stage_segmented c ON c.lead_id = o.lead_id WHERE o.segment_id IS NOT NULL) f "
        "ON f.lead_id = t.id AND f.place = 1 "
        "WHERE coalesce(t.segment_id, 0) <> coalesce(t.stated_segment_id, f.segment_id, 0)"
    )
    if publication.staging.is_empty("moved"):
        return
    for table, rep, day in (
        ("pipeline_call", "rep_id", "business_date"),
        ("pipeline_opportunity", "owner_id", "opened_on"),
    ):
        select = (
            f"SELECT DISTINCT coalesce(e.{rep}, 0), e.{day} FROM stage_moved m "
            f"JOIN {table} e ON e.lead_id = m.lead_id WHERE TRUE"
        )
        publication.run(MARK_DAYS.format(select=select))
    for target, key in (("pipeline_lead", "id"), ("pipeline_call", "lead_id")):
        publication.run(
            f"UPDATE {target} AS t SET segment_id = m.segment_id FROM stage_moved m WHERE m.lead_id = t.{key}"
        )
    publication.run(
        "UPDATE stage_lead_ids AS i SET segment_id = m.segment_id FROM stage_moved m WHERE m.lead_id = i.lead_id"
    )
