"""One chunk's cells by the profile's words, and what every kind of record needs from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pacemark.web.intake.mapping.books import PeopleBook, SegmentBook
from pacemark.web.intake.mapping.clock import ImportClock, StoredMoments
from pacemark.web.intake.mapping.rule_cells import RuleReader, remembered
from pacemark.web.intake.profiles import KindProfile
from pacemark.web.intake.readers import Chunk, SourceTable
from pacemark.web.intake.values.amounts import read_amounts
from pacemark.web.intake.values.dates import DateReader, Order
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.intake.values.text import folded, read_ids, read_words
from pacemark.web.pipeline.phones import SealedPhone
from pacemark.web.pipeline.staging import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What all tables of one import share."""

    clock: ImportClock
    people: PeopleBook
    segments: SegmentBook
    currency: str
    digits: int
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """One table of the import: its part of the profile, and what was decided by looking at whole columns."""

    table: SourceTable
    profile: KindProfile
    file_no: int
    orders: dict[str, Order] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class TableReader:
    """Reads the chunks of one table; what was read once is remembered from chunk to chunk."""

    plan: TablePlan
    context: ImportContext
    rules: RuleReader = field(init=False)
    known_phones: dict[str, SealedPhone] = field(init=False, default_factory=dict)
    _positions: dict[str, int] = field(init=False)
    _dates: dict[str, DateReader] = field(init=False, default_factory=dict)
    _durations: dict[str, int | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._positions = {}
        for at, name in enumerate(self.plan.table.columns):
            self._positions.setdefault(folded(name), at)
        self.rules = RuleReader(self.plan.profile.rules, self.plan.table.columns, self._positions)

    def has(self, name: str) -> bool:
        """Say whether a field is mapped."""
        return name in self.plan.profile.columns

    def column(self, name: str) -> str:
        """Return the table's own name for a mapped field."""
        return self.plan.table.columns[self._positions[folded(self.plan.profile.columns[name])]]

    def cells(self, chunk: Chunk, name: str) -> tuple[str, ...] | None:
        """Return a mapped field's cells, or None when it is not mapped."""
        if not self.has(name):
            return None
        return chunk.cells[self._positions[folded(self.plan.profile.columns[name])]]

    def ids(self, chunk: Chunk, name: str, refusals: ChunkRefusals, *, is_required: bool) -> list[str]:
        """Return a field's ids; blanks where it is not mapped."""
        cells = self.cells(chunk, name)
        if cells is None:
            return [""] * len(chunk.lines)
        return read_ids(cells, self.column(name), refusals, is_required=is_required)

    def words(self, chunk: Chunk, name: str, max_chars: int) -> list[str]:
        """Return a field's tidy texts; blanks where it is not mapped."""
        cells = self.cells(chunk, name)
        return [""] * len(chunk.lines) if cells is None else read_words(cells, max_chars)

    def moments(self, chunk: Chunk, name: str, refusals: ChunkRefusals, required: str = "") -> StoredMoments:
        """Return a field's moments as stored; with ``required`` a blank cell refuses its row for that reason."""
        cells = self._date_cells(chunk, name)
        reader = self._dates.setdefault(name, DateReader(order=self.plan.orders.get(name, "ymd")))
        moments = reader.read_column(cells, self.column(name), refusals)
        if required:
            for at in moments.blanks:
                refusals.refuse(at, self.column(name), required, cells[at])
        return self.context.clock.store(moments)

    def _date_cells(self, chunk: Chunk, name: str) -> Sequence[str]:
        cells = self.cells(chunk, name) or ()
        times = self.cells(chunk, "time") if name == "at" else None
        if times is None:
            return cells
        return [f"{day.strip()} {time.strip()}".strip() for day, time in zip(cells, times, strict=True)]

    def amounts(self, chunk: Chunk, name: str, refusals: ChunkRefusals) -> list[int | None]:
        """Return a field's amounts in minor units; None where it is blank or not mapped."""
        cells = self.cells(chunk, name)
        if cells is None:
            return [None] * len(chunk.lines)
        decimal = self.plan.decimals.get(name, "auto")
        return read_amounts(cells, self.column(name), refusals, decimal=decimal, digits=self.context.digits)

    def known_durations(self) -> dict[str, int | None]:
        """Return what is remembered of durations."""
        return remembered(self._durations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A chunk's rows as staged columns, and what was refused of it."""

    columns: list[list[Cell]]
    lines: list[int]
    refusals: ChunkRefusals
    phones: list[tuple[str, SealedPhone]] = field(default_factory=list)
    people: Sequence[int] = ()
    days: tuple[Sequence[str | None], ...] = ()  # on which each row shows its person


def without_refused(columns: Sequence[Sequence[Cell]], refusals: ChunkRefusals) -> list[list[Cell]]:
    """Return the columns without the refused rows."""
    if not refusals.rows:
        return [list(column) for column in columns]
    refused = refusals.rows
    return [[cell for at, cell in enumerate(column) if at not in refused] for column in columns]
