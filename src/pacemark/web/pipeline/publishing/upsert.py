"""From a staging table into an events' table: what is new goes in, what changed becomes a new version.

Every statement is set-based. ``s`` is the staged row, ``t`` the event's row, ``k`` what is known of the staged row;
a table's own joins may add ``p`` (people), ``l`` (leads) and ``g`` (segments).
"""

from __future__ import annotations

from dataclasses import dataclass

from pacemark.web.pipeline.publishing.bulk import indexes_rebuilt
from pacemark.web.pipeline.publishing.context import Outcome, Publication

MARK_DAYS = "INSERT INTO fact_changed_day (rep_id, business_date) {select}"

PEOPLE = "LEFT JOIN stage_people p ON p.person_no = s.person_no"
LEADS = "LEFT JOIN stage_lead_ids l ON l.ref = s.lead_ref"
SEGMENTS = "LEFT JOIN stage_segments g ON g.segment_no = s.segment_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """How one staging table becomes one events' table.

    ``values`` maps the event's columns to expressions over the staged row; ``kept`` overrides them on an update, over
    the event's row ``t`` and the new value ``x``. ``days`` are pairs (rep, date) over ``t``; ``staged_days`` the same
    over the staged row; ``day_columns`` are the only staged columns it needs, so that a million rows shrink first.
    """

    kind: str
    staged: str
    target: str
    values: dict[str, str]
    joins: str = ""
    rows: str = "TRUE"
    kept: dict[str, str] | None = None
    days: tuple[tuple[str, str], ...] = ()
    staged_days: tuple[tuple[str, str], ...] = ()
    day_joins: str = ""
    day_columns: tuple[str, ...] = ()
    staged_joins: str = PEOPLE
    version_columns: tuple[str, ...] = ()


def has_events(publication: Publication, target: str) -> bool:
    """Say whether the source has any event in a table yet; the first import can skip looking for each row."""
    return bool(
        publication.staging.rows(f"SELECT 1 FROM {target} WHERE source_id = %s LIMIT 1", [publication.source_id])
    )


def find_known(publication: Publication, table: EventTable, layer: int) -> None:
    """Note which staged rows the source has told of before, and whether with the same content."""
    publication.run("DELETE FROM stage_known")
    if not has_events(publication, table.target):
        return
    publication.run(
        f"INSERT INTO stage_known (stage_id, target_id, is_stub, is_same) "
        f"SELECT s.stage_id, t.id, t.content_key = 0, t.content_key = s.content_key FROM stage_{table.staged} s "
        f"JOIN {table.target} t ON t.source_id = %s AND t.external_id = s.external_id "
        f"WHERE s.layer = %s AND {table.rows}",
        (publication.source_id, layer),
    )
    if publication.staging.is_postgres:
        publication.run("ANALYZE stage_known")


def _has_known(publication: Publication) -> bool:
    return not publication.staging.is_empty("known")


def count_known(publication: Publication, table: EventTable, layer: int, only: str = "TRUE") -> Outcome:
    """Count staged rows by what :func:`find_known` noted."""
    rows = f"stage_{table.staged} s WHERE s.layer = %s AND {table.rows} AND {only}"
    if not _has_known(publication):
        if table.rows == only == "TRUE":
            return Outcome(accepted=publication.staging.count(table.staged, layer))
        return Outcome(accepted=publication.staging.number(f"SELECT count(*) FROM {rows}", [layer]))
    (row,) = publication.staging.rows(
        f"SELECT count(*), count(CASE WHEN k.stage_id IS NULL OR k.is_stub THEN 1 END), "
        f"count(CASE WHEN k.is_same AND NOT k.is_stub THEN 1 END) "
        f"FROM stage_{table.staged} s LEFT JOIN stage_known k ON k.stage_id = s.stage_id "
        f"WHERE s.layer = %s AND {table.rows} AND {only}",
        [layer],
    )
    total, accepted, unchanged = (int(number) for number in row)
    return Outcome(accepted=accepted, updated=total - accepted - unchanged, unchanged=unchanged)


def publish_layer(publication: Publication, table: EventTable, layer: int) -> None:
    """Bring one layer of staged rows in; :func:`find_known` must have run for it."""
    has_known = _has_known(publication)
    if has_known:
        _mark_old_days(publication, table)
        _keep_versions(publication, table)
        _update_changed(publication, table)
    _mark_staged_days(publication, table, layer)
    new_rows = _new_rows(publication, table, layer)
    with indexes_rebuilt(publication.staging, table.target, new_rows):
        _insert_new(publication, table, layer, has_known)


def _new_rows(publication: Publication, table: EventTable, layer: int) -> int:
    staged = publication.staging.count(table.staged, layer)
    return staged - publication.staging.number("SELECT count(*) FROM stage_known")


def _insert_new(publication: Publication, table: EventTable, layer: int, has_known: bool) -> None:
    columns = ", ".join(table.values)
    values = ", ".join(table.values.values())
    anti_join = "LEFT JOIN stage_known k ON k.stage_id = s.stage_id" if has_known else ""
    is_new = "AND k.stage_id IS NULL" if has_known else ""
    publication.run(
        f"INSERT INTO {table.target} (source_id, external_id, content_key, version, batch_id, {columns}) "
        f"SELECT %s, s.external_id, s.content_key, 1, %s, {values} FROM stage_{table.staged} s "
        f"{table.joins} {anti_join} WHERE s.layer = %s AND {table.rows} {is_new} ORDER BY s.stage_id",
        (publication.source_id, publication.batch_id, layer),
    )


def _update_changed(publication: Publication, table: EventTable) -> None:
    kept = table.kept or {}
    settings = ", ".join(f"{column} = {kept.get(column, f'x.{column}')}" for column in table.values)
    values = ", ".join(f"{value} AS {column}" for column, value in table.values.items())
    publication.run(
        f"UPDATE {table.target} AS t SET {settings}, content_key = x.content_key, batch_id = %s, "
        f"version = t.version + CASE WHEN x.is_stub THEN 0 ELSE 1 END "
        f"FROM (SELECT k.target_id, k.is_stub, s.content_key, {values} FROM stage_known k "
        f"JOIN stage_{table.staged} s ON s.stage_id = k.stage_id {table.joins} WHERE NOT k.is_same) x "
        f"WHERE x.target_id = t.id",
        (publication.batch_id,),
    )


def _keep_versions(publication: Publication, table: EventTable) -> None:
    keep_versions_of(
        publication,
        table,
        f"FROM stage_known k JOIN {table.target} t ON t.id = k.target_id WHERE NOT k.is_same AND NOT k.is_stub",
    )


def keep_versions_of(publication: Publication, table: EventTable, rows: str) -> None:
    """Copy event rows, given as ``FROM … t …``, into the history."""
    maker = "jsonb_build_object" if publication.staging.is_postgres else "json_object"
    pairs = ", ".join(f"'{column}', t.{column}" for column in (*table.version_columns, "content_key", "batch_id"))
    publication.run(
        f"INSERT INTO pipeline_eventversion "
        f"(kind, source_id, external_id, version, content, replaced_at, replaced_by_batch_id) "
        f"SELECT %s, t.source_id, t.external_id, t.version, {maker}({pairs}), %s, {_batch(publication)} {rows} "
        f"ON CONFLICT DO NOTHING",
        (table.kind, publication.now),
    )


def _batch(publication: Publication) -> str:
    return "NULL" if publication.batch_id is None else str(int(publication.batch_id))


def _mark_old_days(publication: Publication, table: EventTable) -> None:
    for rep, day in table.days:
        select = (
            f"SELECT DISTINCT {rep}, {day} FROM stage_known k JOIN {table.target} t ON t.id = k.target_id "
            f"{table.day_joins} WHERE NOT k.is_same AND {day} IS NOT NULL"
        )
        publication.run(MARK_DAYS.format(select=select))


def _mark_staged_days(publication: Publication, table: EventTable, layer: int) -> None:
    columns = ", ".join(f"c.{column}" for column in table.day_columns) or "c.*"
    has_known = _has_known(publication)
    known = "LEFT JOIN stage_known k ON k.stage_id = c.stage_id" if has_known else ""
    is_news = "AND (k.stage_id IS NULL OR NOT k.is_same)" if has_known else ""
    rows = table.rows.replace("s.", "c.")
    # Where there are no facts yet all of them will be counted, whichever days are marked: one mark asks for it.
    distinct, limit = ("DISTINCT", "") if publication.has_facts else ("", "LIMIT 1")
    for rep, day in table.staged_days:
        select = (
            f"SELECT DISTINCT {rep}, {day} FROM ("
            f"SELECT {distinct} {columns} FROM stage_{table.staged} c {known} "
            f"WHERE c.layer = %s AND {rows} {is_news} {limit}) s "
            f"{table.staged_joins} WHERE {day} IS NOT NULL ORDER BY 1, 2"
        )
        publication.run(MARK_DAYS.format(select=select), (layer,))
