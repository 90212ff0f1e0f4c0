"""Reading a planned import into staging: chunk by chunk, refused rows on the side."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from pacemark.web.intake.mapping.books import PeopleBook, SegmentBook
from pacemark.web.intake.mapping.calls import map_calls
from pacemark.web.intake.mapping.cells import ImportContext, Mapped, TablePlan, TableReader
from pacemark.web.intake.mapping.clock import ImportClock
from pacemark.web.intake.mapping.leads import map_leads
from pacemark.web.intake.mapping.records import map_records
from pacemark.web.intake.mapping.refunds import map_refunds
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.readers import Chunk, read_chunks
from pacemark.web.intake.refused_rows import RefusedRow, RefusedRows
from pacemark.web.organization.arrivals import PersonLabel, untouched_organization
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.duplicates import settle_repeats
from pacemark.web.pipeline.publishing.context import Outcomes
from pacemark.web.pipeline.staging import Staging
from pacemark.web.pipeline.staging_queries import deals_missing, has_sources
from pacemark.web.shared.currency import minor_digits

Progress = Callable[[float, str], None]

_STAGED_AS = {
    EventKind.LEADS: ("leads", map_leads),
    EventKind.CALLS: ("calls", map_calls),
    EventKind.OPPORTUNITIES: ("records", map_records),
    EventKind.DEALS: ("records", map_records),
    EventKind.REFUNDS: ("refunds", map_refunds),
}
READING_SHARE = 0.7  # of the whole import, as the progress bar tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings:
    """The time zone, currency and country that an import counts with."""

    time_zone: str
    source_zone: str
    currency: str
    region: str


@dataclass(slots=True, kw_only=True)
class StagedRows:
    """What reading left behind: rows in staging, people and segments by number, refused rows, counts so far."""

    plan: ImportPlan
    staging: Staging
    people: PeopleBook
    segments: SegmentBook
    refused: RefusedRows
    outcomes: Outcomes = field(default_factory=Outcomes)
    first_seen: dict[int, str] = field(default_factory=dict)  # person number → first day, "" where no row tells

    def note_people(self, mapped: Mapped) -> None:
        """Note whom the rows of a chunk name, and the first day each is seen on."""
        refused, first_seen = mapped.refusals.rows, self.first_seen
        for days in mapped.days:
            for at, (number, day) in enumerate(zip(mapped.people, days, strict=True)):
                seen = first_seen.get(number)
                if (seen is None or (day and (not seen or day < seen))) and at not in refused:
                    first_seen[number] = day or ""

    def label_first_days(self) -> dict[PersonLabel, date | None]:
        """Return the people that accepted rows name, with the first day each was seen on."""
        return {
            label: date.fromisoformat(day) if (day := self.first_seen.get(number)) else None
            for number, label in self.people.labels.items()
        }

    def labels(self) -> list[PersonLabel]:
        """Return the people that accepted rows name."""
        return [self.people.labels[number] for number in sorted(self.first_seen) if number in self.people.labels]


def sets_organization_up() -> bool:
    """Say whether this is the first import and nobody has named the organisation: it takes the profile's settings."""
    return untouched_organization() and not has_sources()


def settings_for(plan: ImportPlan) -> ImportSettings:
    """Return what counts: the organisation's settings, or the profile's while nobody has set the organisation up."""
    stands = organization()
    profile = plan.profile
    time_zone = (profile.time_zone if sets_organization_up() else "") or stands.time_zone
    return ImportSettings(
        time_zone=time_zone,
        source_zone=profile.time_zone or time_zone,
        currency=profile.currency or stands.currency,
        region=profile.region or stands.default_region,
    )


def stage(plan: ImportPlan, staging: Staging, errors_path: Path, progress: Progress) -> StagedRows:
    """Read every planned table into staging and settle what only the whole can tell: repeated ids, missing deals."""
    rows = _rows_of(plan, staging, RefusedRows(errors_path))
    context = _context_of(rows)
    with _without_cycle_search():
        _read_tables(rows, replace(context, digits=minor_digits(context.currency)), progress)
    _settle(rows, _("the id stands already on line %(line)d with other content"))
    return rows


def stage_posted(plan: ImportPlan, chunk: Chunk, staging: Staging, refused: RefusedRows) -> StagedRows:
    """Stage rows that were posted, all of them one chunk of the plan's only table; amounts are in minor units."""
    rows = _rows_of(plan, staging, refused)
    with _without_cycle_search():
        _stage_chunk(rows, TableReader(plan.tables[0], _context_of(rows)), chunk)
    _settle(rows, "the id stands already at index %(line)d with other content")
    return rows


def _rows_of(plan: ImportPlan, staging: Staging, refused: RefusedRows) -> StagedRows:
    return StagedRows(plan=plan, staging=staging, people=PeopleBook(), segments=SegmentBook(), refused=refused)


def _context_of(rows: StagedRows) -> ImportContext:
    settings = settings_for(rows.plan)
    return ImportContext(
        clock=ImportClock(settings.source_zone, settings.time_zone),
        people=rows.people,
        segments=rows.segments,
        currency=settings.currency,
        digits=0,
        region=settings.region,
    )


@contextlib.contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Chunks are millions of small objects without cycles: searching them for cycles doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read_tables(rows: StagedRows, context: ImportContext, progress: Progress) -> None:
    plan = rows.plan
    sizes = [max(table.table.path.stat().st_size, 1) for table in plan.tables]
    done = 0
    for table, size in zip(plan.tables, sizes, strict=True):
        reader = TableReader(table, context)
        for chunk in read_chunks(table.table):
            _stage_chunk(rows, reader, chunk)
            progress(READING_SHARE * (done + chunk.share * size) / sum(sizes), table.table.name)
        done += size


def _stage_chunk(rows: StagedRows, reader: TableReader, chunk: Chunk) -> None:
    name, mapper = _STAGED_AS[reader.plan.profile.kind]
    mapped = mapper(reader, chunk)
    rows.note_people(mapped)
    if mapped.columns and mapped.columns[0]:
        rows.staging.append(name, mapped.columns)
    if mapped.phones:
        rows.staging.append_work(
            "phones",
            ("ref", "phone_encrypted", "phone_hash", "phone_last4_hash"),
            [(ref, phone.encrypted, phone.digest, phone.last4_digest) for ref, phone in mapped.phones],
        )
    _refuse(rows, reader.plan, _refused_of(reader.plan, chunk, mapped))


def _refused_of(plan: TablePlan, chunk: Chunk, mapped: Mapped) -> list[RefusedRow]:
    found = [
        RefusedRow(file=plan.table.name, line=bad.line, column="", reason=bad.reason, value=bad.text)
        for bad in chunk.malformed
    ]
    found += [
        RefusedRow(
            file=plan.table.name,
            line=mapped.lines[at],
            column=refusal.column,
            reason=refusal.reason,
            value=refusal.value,
        )
        for at, refusal in mapped.refusals.rows.items()
    ]
    return sorted(found, key=lambda row: row.line)


def _refuse(rows: StagedRows, plan: TablePlan, refused: list[RefusedRow]) -> None:
    rows.refused.add(refused)
    rows.outcomes.of(plan.profile.kind.value).refused += len(refused)


def _settle(rows: StagedRows, repeated: str) -> None:
    plans = {plan.file_no: plan for plan in rows.plan.tables}
    for name in dict.fromkeys(_STAGED_AS[plan.profile.kind][0] for plan in rows.plan.tables):
        repeats = settle_repeats(rows.staging, name)
        for file_no, count in repeats.same.items():
            rows.outcomes.of(plans[file_no].profile.kind.value).unchanged += count
        for repeat in repeats.different:
            plan = plans[repeat.file_no]
            reason = repeated % {"line": repeat.first_line}
            _refuse(rows, plan, [_row(plan, repeat.line, "id", reason, repeat.external_id)])
    for file_no, line, deal_ref in deals_missing(rows.staging, rows.plan.source_name):
        plan = plans[file_no]
        _refuse(rows, plan, [_row(plan, line, "deal", _("there is no such deal"), deal_ref)])


def _row(plan: TablePlan, line: int, field_name: str, reason: str, value: str) -> RefusedRow:
    column = plan.profile.columns[field_name]
    return RefusedRow(file=plan.table.name, line=line, column=column, reason=reason, value=value)
