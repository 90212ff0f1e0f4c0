"""Records of customers who were erased: they go in, so that counts are right, without a name, a number or a note."""

from __future__ import annotations

from collections.abc import Iterator

from pacemark.web.organization.erasure_key import erasure_key
from pacemark.web.pipeline.erased_numbers import erased_leads
from pacemark.web.pipeline.publishing.context import Publication

_STEP = 20_000


def set_apart_erased(publication: Publication) -> None:
    """Take personal values off staged rows of erased numbers. Touches staging alone; run twice, it finds none."""
    if erasure_key() is None:
        return
    known = {str(row[0]) for row in publication.staging.rows("SELECT phone_hash FROM stage_erased")}
    for rows in _staged_numbers(publication):
        found = [(phone_hash, lead) for phone_hash, lead in erased_leads(rows).items() if phone_hash not in known]
        publication.staging.append_work("erased", ("phone_hash", "lead_id"), found)
        known.update(phone_hash for phone_hash, _lead in found)
    publication.run(
        "INSERT INTO stage_erased_leads (external_id) SELECT DISTINCT s.external_id FROM stage_leads s "
        "JOIN stage_erased e ON e.phone_hash = s.phone_hash WHERE TRUE ON CONFLICT DO NOTHING"
    )
    publication.run(
        "UPDATE stage_leads SET name = '', note = '', phone_encrypted = '', phone_hash = '', phone_last4_hash = '' "
        "WHERE phone_hash IN (SELECT phone_hash FROM stage_erased)"
    )


def _staged_numbers(publication: Publication) -> Iterator[dict[str, str]]:
    """Give staged numbers, each by its hash, in steps: a large import's do not fit into the memory together."""
    last = 0
    while rows := publication.staging.rows(
        "SELECT stage_id, phone_hash, phone_encrypted FROM stage_leads WHERE stage_id > %s AND phone_hash <> '' "
        "ORDER BY stage_id LIMIT %s",
        [last, _STEP],
    ):
        last = int(rows[-1][0])
        yield {str(phone_hash): str(text) for _id, phone_hash, text in rows}
    after = ""
    while rows := publication.staging.rows(
        "SELECT phone_hash, min(phone_encrypted) FROM stage_phones WHERE phone_hash > %s GROUP BY phone_hash "
        "ORDER BY phone_hash LIMIT %s",
        [after, _STEP],
    ):
        after = str(rows[-1][0])
        yield {str(phone_hash): str(text) for phone_hash, text in rows}


def block_erased(publication: Publication) -> None:
    """Mark the leads that rows of erased numbers have become: nobody is to contact them under a new id either."""
    if publication.staging.is_empty("erased_leads"):
        return
    publication.run(
        "UPDATE pipeline_lead SET is_blocked = TRUE, erased_at = %s, name = '', note = '', phone_encrypted = '', "
        "phone_hash = '', phone_last4_hash = '' WHERE source_id = %s AND erased_at IS NULL "
        "AND external_id IN (SELECT external_id FROM stage_erased_leads)",
        (publication.now, publication.source_id),
    )


def count_erased(publication: Publication) -> int:
    """Count staged leads of erased customers: by their number, or by an id that stands for one."""
    if erasure_key() is None:
        return 0
    return publication.staging.number(
        "SELECT count(*) FROM stage_leads s LEFT JOIN stage_erased_leads e ON e.external_id = s.external_id "
        "LEFT JOIN pipeline_lead t ON t.source_id = %s AND t.external_id = s.external_id "
        "WHERE e.external_id IS NOT NULL OR t.erased_at IS NOT NULL",
        [publication.source_id],
    )
