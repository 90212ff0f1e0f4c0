"""Reading planned tables piece by piece: rows as they are staged, refused ones beside, and whom and what they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import lt

from pacemark.web.intake.mapping.books import PeopleBook, SegmentBook
from pacemark.web.intake.mapping.calls import map_calls
from pacemark.web.intake.mapping.cells import ImportContext, Mapped, TablePlan, TableReader
from pacemark.web.intake.mapping.clock import ImportClock
from pacemark.web.intake.mapping.leads import map_leads
from pacemark.web.intake.mapping.records import map_records
from pacemark.web.intake.mapping.refunds import map_refunds
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.readers import Chunk, read_chunks
from pacemark.web.intake.refused_rows import RefusedRow
from pacemark.web.organization.labels import PersonLabel
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.staging import Cell

STAGED_AS = {
    EventKind.LEADS: "leads",
    EventKind.CALLS: "calls",
    EventKind.OPPORTUNITIES: "records",
    EventKind.DEALS: "records",
    EventKind.REFUNDS: "refunds",
}
_MAPPERS = {"leads": map_leads, "calls": map_calls, "records": map_records, "refunds": map_refunds}
_NO_DAY = "no day"  # after every date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings:
    """The time zone, currency (with its digits) and country that an import counts with."""

    time_zone: str
    source_zone: str
    currency: str
    digits: int
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One chunk of a table, mapped; ``share`` of the table is read with it. ``phones`` are those that rows refer by."""

    file_no: int
    staged_as: str
    columns: list[list[Cell]]
    phones: list[tuple[str, str, str, str]]
    refused: list[RefusedRow]
    share: float


@dataclass(slots=True, kw_only=True)
class Named:
    """Whom and what the rows name, by their number in this import.

    ``first_seen`` tells each person's first day, "" where no row tells one; people whom only refused rows name are not
    in it.
    """

    people: dict[int, PersonLabel] = field(default_factory=dict)
    segments: dict[int, tuple[str, str]] = field(default_factory=dict)
    first_seen: dict[int, str] = field(default_factory=dict)


class Reading:
    """Reads the tables of one import; numbers given to people and segments hold for all of them."""

    def __init__(self, plan: ImportPlan, settings: ImportSettings) -> None:
        self._plan = plan
        self._context = ImportContext(
            clock=ImportClock(settings.source_zone, settings.time_zone),
            people=PeopleBook(),
            segments=SegmentBook(),
            currency=settings.currency,
            digits=settings.digits,
            region=settings.region,
        )
        self._first_seen: dict[int, str] = {}

    def pieces(self) -> Iterator[Piece]:
        """Read every table, in the plan's order."""
        for table in self._plan.tables:
            reader = TableReader(table, self._context)
            for chunk in read_chunks(table.table):
                yield self._piece(reader, chunk)

    def piece_of(self, chunk: Chunk) -> Piece:
        """Map a chunk of the plan's only table that did not come from its file."""
        return self._piece(TableReader(self._plan.tables[0], self._context), chunk)

    def named(self) -> Named:
        """Return whom and what the pieces so far name."""
        first_seen = {number: "" if day is _NO_DAY else day for number, day in self._first_seen.items()}
        context = self._context
        return Named(people=context.people.labels, segments=context.segments.segments, first_seen=first_seen)

    def _piece(self, reader: TableReader, chunk: Chunk) -> Piece:
        staged_as = STAGED_AS[reader.plan.profile.kind]
        mapped = _MAPPERS[staged_as](reader, chunk)
        self._note_people(mapped)
        return Piece(
            file_no=reader.plan.file_no,
            staged_as=staged_as,
            columns=mapped.columns,
            phones=[(ref, phone.encrypted, phone.digest, phone.last4_digest) for ref, phone in mapped.phones],
            refused=_refused_of(reader.plan, chunk, mapped),
            share=chunk.share,
        )

    def _note_people(self, mapped: Mapped) -> None:
        people, refused, first_seen = mapped.people, mapped.refusals.rows, self._first_seen
        kept = [at for at in range(len(people)) if at not in refused] if refused else None
        if kept is not None:
            people = [people[at] for at in kept]
        for number in set(people).difference(first_seen):
            first_seen[number] = _NO_DAY
        for column in mapped.days:
            days = column if kept is None else [column[at] for at in kept]
            if None not in days and not any(map(lt, days, map(first_seen.__getitem__, people))):  # type: ignore[arg-type]
                continue
            for number, day in zip(people, days, strict=True):
                if day and day < first_seen[number]:
                    first_seen[number] = day


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
