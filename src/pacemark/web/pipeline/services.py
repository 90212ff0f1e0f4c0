"""Writing events. One transaction brings a whole import in, or nothing of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from pacemark.web.accounts.models import User
from pacemark.web.jobs.services import enqueue_unless_waiting
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline import sourcing
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.duplicates import last_layer
from pacemark.web.pipeline.fact_models import ChangedDay, RepDay
from pacemark.web.pipeline.facts_rebuild import lock_days
from pacemark.web.pipeline.facts_services import rebuild_facts, refresh_changed_days
from pacemark.web.pipeline.models import Segment, Source
from pacemark.web.pipeline.publishing import deals, erased, leads, reported
from pacemark.web.pipeline.publishing.context import Outcomes, Publication
from pacemark.web.pipeline.publishing.tables import (
    CALL_ROWS,
    DEAL_ROWS,
    DEALS,
    LEAD_ROWS,
    OPPORTUNITY_ROWS,
    REFUND_ROWS,
)
from pacemark.web.pipeline.publishing.upsert import (
    EventTable,
    count_known,
    find_known,
    has_events,
    publish_layer,
)
from pacemark.web.pipeline.staging import Staging, open_staging
from pacemark.web.trail.services import record

COUNT_DAYS = "count days"
_PUBLISH_LOCK = 0x7061636D


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedImport:
    """What stands in staging, and whose it is. ``segments`` are (channel, lead grade) by their staged number."""

    staging: Staging
    source_name: str
    segments: Mapping[int, tuple[str, str]]
    batch_id: int | None


def preview_publication(staged: StagedImport) -> Outcomes:
    """Count what publishing would do; nothing but staging is written."""
    outcomes = Outcomes()
    source = Source.objects.filter(name=staged.source_name).first()
    publication = _publication(staged, source.pk if source else 0)
    erased.set_apart_erased(publication)
    outcomes.erased = erased.count_erased(publication)
    for table in (LEAD_ROWS, CALL_ROWS, OPPORTUNITY_ROWS, DEAL_ROWS, REFUND_ROWS):
        find_known(publication, table, 0)
        _count(publication, table, 0, outcomes)
        _count_later_files(publication, table, outcomes)
    return outcomes


def publish(*, actor: User | None, staged: StagedImport, people: Mapping[int, int]) -> Outcomes:
    """Make staged rows visible; ``people`` maps staged person numbers to reps.

    Atomic and short: set-based statements alone. Changed records become new versions, the days of old and new are
    marked for the facts in the same transaction, and the trail tells of the import. Call it inside the transaction
    that settles the import's own record.
    """
    with transaction.atomic():
        take_turn()
        _hold_first_count()
        source, _is_new = Source.objects.get_or_create(name=staged.source_name)
        publication = _publication(staged, source.pk)
        _fill_people_and_segments(staged, people)
        outcomes = _publish_all(publication)
        record(
            actor=actor,
            action="pipeline.imported",
            subject=source,
            changes={kind: outcome.as_dict() for kind, outcome in outcomes.kinds.items()},
        )
    return outcomes


def bring_facts_up_to_date(*, actor: User | None) -> None:
    """Count the changed days anew; where there are no facts yet, all of them, by two readers where that is quicker.

    Runs after the events are committed. Atomic; killed, it leaves the marks for the next one.
    """
    if RepDay.objects.exists():
        refresh_changed_days(actor=actor)
    elif ChangedDay.objects.exists():
        rebuild_facts(actor=actor)


def take_turn() -> None:
    """Let one write of many events go before the next, until this transaction ends.

    SQLite's write lock says so by itself. Called before people are looked up, nobody is created twice either.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PUBLISH_LOCK])


def _hold_first_count() -> None:
    """While there are no facts, one marked day asks for all: they must not be counted between here and the commit."""
    if not RepDay.objects.exists():
        with connection.cursor() as cursor:
            lock_days(cursor)


def count_soon() -> None:
    """Have the changed days counted by a worker within a second or so. Call it in the transaction of the write."""
    if ChangedDay.objects.exists():
        enqueue_unless_waiting(COUNT_DAYS)


def count_facts_by_new_definitions(*, actor: User | None) -> None:
    """Count all facts anew after a threshold changed: first which talk led to which opportunity, then the facts.

    Must not run inside a transaction. Killed in between, the next run does the same again.
    """
    with tempfile.TemporaryDirectory(prefix="sourcing-") as folder, open_staging(Path(folder)) as staging:
        publication = _publication(StagedImport(staging=staging, source_name="", segments={}, batch_id=None), 0)
        with transaction.atomic():
            take_turn()
            sourcing.note_every_lead(publication)
            sourcing.source_opportunities(publication)
    rebuild_facts(actor=actor)


def prepare_publication(staged: StagedImport) -> None:
    """Do before the transaction what touches staging alone."""
    publication = _publication(staged, 0)
    leads.collect_references(publication)
    erased.set_apart_erased(publication)
    staged.staging.analyze()


def _publication(staged: StagedImport, source_id: int) -> Publication:
    settings = organization()
    return Publication(
        staging=staged.staging,
        source_id=source_id,
        batch_id=staged.batch_id,
        now=timezone.now(),
        connect_seconds=settings.connect_seconds,
        deep_talk_seconds=settings.deep_talk_seconds,
        has_facts=RepDay.objects.exists(),
    )


def _fill_people_and_segments(staged: StagedImport, people: Mapping[int, int]) -> None:
    staging = staged.staging
    staging.execute("DELETE FROM stage_people")
    staging.execute("DELETE FROM stage_segments")
    staging.append_work("people", ("person_no", "rep_id"), list(people.items()))
    rows = []
    for number, (channel, grade) in staged.segments.items():
        segment, _is_new = Segment.objects.get_or_create(channel=channel, lead_grade=grade)
        rows.append((number, segment.pk))
    staging.append_work("segments", ("segment_no", "segment_id"), rows)


def _publish_all(publication: Publication) -> Outcomes:
    outcomes = Outcomes()
    staging = publication.staging
    for work in ("touched", "segmented", "moved", "sourced", "dropped"):
        publication.run(f"DELETE FROM stage_{work}")
    leads.adopt_phone_stubs(publication)
    outcomes.erased = erased.count_erased(publication)
    _publish_table(publication, LEAD_ROWS, outcomes)
    erased.block_erased(publication)
    leads.resolve_references(publication)
    if has_events(replace_source(publication, reported.REPORTED_SOURCE), "pipeline_opportunity"):
        reported.adopt_reported(publication)
    _publish_table(publication, OPPORTUNITY_ROWS, outcomes)
    leads.note_segmented(publication)
    leads.settle_segments(publication)
    _publish_table(publication, CALL_ROWS, outcomes)
    for layer in range(last_layer(staging, "records") + 1):
        deals.take_back_wins(publication, layer)
        _publish_layer(publication, DEAL_ROWS, layer, outcomes)
        deals.link_deals(publication, layer)
    if not staging.is_empty("records"):
        deals.close_by_contract(publication)
    _publish_table(publication, _refund_rows(publication), outcomes)
    sourcing.note_touched(publication)
    sourcing.source_opportunities(publication)
    return outcomes


def replace_source(publication: Publication, name: str) -> Publication:
    """Return the publication as another source would run it."""
    source = Source.objects.filter(name=name).first()
    return replace(publication, source_id=source.pk if source else 0)


def _publish_table(publication: Publication, table: EventTable, outcomes: Outcomes) -> None:
    if publication.staging.is_empty(table.staged):
        return
    for layer in range(last_layer(publication.staging, table.staged) + 1):
        _publish_layer(publication, table, layer, outcomes)


def _publish_layer(publication: Publication, table: EventTable, layer: int, outcomes: Outcomes) -> None:
    find_known(publication, table, layer)
    _count(publication, table, layer, outcomes)
    if table.target in {"pipeline_opportunity", "pipeline_call"}:
        sourcing.note_left_leads(publication, table.target)
    if table is DEAL_ROWS:
        deals.mark_opportunities_of_changed(publication)
    publish_layer(publication, table, layer)


def _count(publication: Publication, table: EventTable, layer: int, outcomes: Outcomes) -> None:
    """Count rows of files per kind; a row that is an opportunity and a deal counts once, as the kind of its file."""
    if table is OPPORTUNITY_ROWS:
        for kind in (EventKind.DEALS.value, EventKind.OPPORTUNITIES.value):
            found = count_known(publication, table, layer, f"s.kind = '{kind}'")
            if found.total:
                outcomes.of(kind).add(found)
        return
    only = "NOT s.is_opportunity" if table is DEAL_ROWS else "TRUE"
    found = count_known(publication, table, layer, only)
    if found.total:
        outcomes.of(table.kind).add(found)


def _count_later_files(publication: Publication, table: EventTable, outcomes: Outcomes) -> None:
    """Count rows that a later file of the same import repeats, against the earlier file's row."""
    kind = "s.kind" if table.staged == "records" else f"'{table.kind}'"
    if table is DEAL_ROWS or not last_layer(publication.staging, table.staged):
        return
    rows = publication.staging.rows(
        f"SELECT {kind}, count(*), count(CASE WHEN s.content_key = b.content_key THEN 1 END) "
        f"FROM stage_{table.staged} s JOIN stage_{table.staged} b "
        f"ON b.external_id = s.external_id AND b.layer = s.layer - 1 WHERE s.layer > 0 GROUP BY 1"
    )
    for name, total, same in rows:
        outcome = outcomes.of(str(name))
        outcome.unchanged += int(same)
        outcome.updated += int(total) - int(same)


def _refund_rows(publication: Publication) -> EventTable:
    joins = DEALS % {"source": int(publication.source_id)}
    return replace(REFUND_ROWS, joins=joins, staged_joins=joins)
