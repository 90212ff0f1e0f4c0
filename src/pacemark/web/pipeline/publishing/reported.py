"""An opportunity reported on Today and the same one imported later are one: they merge by lead."""

from __future__ import annotations

from pacemark.web.pipeline.publishing.context import Publication

REPORTED_SOURCE = "pacemark"


def adopt_reported(publication: Publication) -> None:
    """Give an opportunity reported here to the record that the source now tells of the same lead.

    The row keeps its report and becomes the source's stub, so that the import fills it in and counts it as accepted.
    """
    publication.run(
        "UPDATE pipeline_opportunity AS t SET source_id = %s, external_id = x.external_id, content_key = 0 FROM ("
        "SELECT o.id, min(s.external_id) AS external_id FROM stage_records s "
        "JOIN stage_lead_ids l ON l.ref = s.lead_ref "
        "JOIN pipeline_opportunity o ON o.lead_id = l.lead_id "
        "JOIN pipeline_source r ON r.id = o.source_id AND r.name = %s "
        "LEFT JOIN pipeline_opportunity known ON known.source_id = %s AND known.external_id = s.external_id "
        "WHERE s.is_opportunity AND s.state <> 'unqualified' AND known.id IS NULL AND o.id = ("
        "SELECT min(f.id) FROM pipeline_opportunity f JOIN pipeline_source q ON q.id = f.source_id AND q.name = %s "
        "WHERE f.lead_id = o.lead_id) GROUP BY o.id) x WHERE x.id = t.id",
        (publication.source_id, REPORTED_SOURCE, publication.source_id, REPORTED_SOURCE),
    )
