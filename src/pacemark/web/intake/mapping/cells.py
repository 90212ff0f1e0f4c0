"""One chunk's cells by the profile's words, and what every kind of record needs from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pacemark.web.intake.mapping.books import PeopleBook, SegmentBook
from pacemark.web.intake.mapping.clock import ImportClock, StoredMoments
from pacemark.web.intake.profiles import KindProfile
from pacemark.web.intake.readers import Chunk, SourceTable
from pacemark.web.intake.values.amounts import read_amounts
from pacemark.web.intake.values.dates import DateReader, Order
from pacemark.web.intake.values.refusals import ChunkRefusals
from pacemark.web.intake.values.text import folded, read_ids, read_words
from pacemark.web.pipeline.phones import NO_PHONE, SealedPhone, seal_phone
from pacemark.web.pipeline.publishing.leads import PHONE_REF
from pacemark.web.pipeline.staging import Cell

_MOST_REMEMBERED = 200_000

T = TypeVar("T")


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
    _positions: dict[str, int] = field(init=False)
    _dates: dict[str, DateReader] = field(init=False, default_factory=dict)
    _verdicts: dict[str, dict[str, bool]] = field(init=False, default_factory=dict)
    _durations: dict[str, int | None] = field(init=False, default_factory=dict)
    _places: dict[tuple[str, ...], dict[str, int]] = field(init=False, default_factory=dict)
    _phones: dict[str, SealedPhone] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._positions = {}
        for at, name in enumerate(self.plan.table.columns):
            self._positions.setdefault(folded(name), at)

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
        return _remembered(self._durations)

    def verdicts(self, chunk: Chunk, rule_name: str) -> list[bool] | None:
        """Return where a rule holds, or None when the profile has no such rule."""
        rule = self.plan.profile.rules.get(rule_name)
        if rule is None:
            return None
        known = _remembered(self._verdicts.setdefault(rule_name, {}))
        cells = chunk.cells[self._positions[folded(rule.column)]]
        for cell in set(cells).difference(known):
            known[cell] = rule.holds(cell)
        return [known[cell] for cell in cells]

    def first_rule(self, chunk: Chunk, names: Sequence[str]) -> list[int]:
        """Return for each row the position of the first rule that holds, or -1."""
        rules = [self.plan.profile.rules[name] for name in names]
        columns = {folded(rule.column) for rule in rules}
        if len(columns) != 1:
            verdicts = zip(*(self.verdicts(chunk, name) or () for name in names), strict=True)
            return [row.index(True) if True in row else -1 for row in verdicts]
        known = _remembered(self._places.setdefault(tuple(names), {}))
        cells = chunk.cells[self._positions[columns.pop()]]
        for cell in set(cells).difference(known):
            known[cell] = next((at for at, rule in enumerate(rules) if rule.holds(cell)), -1)
        return [known[cell] for cell in cells]

    def rule_cells(self, chunk: Chunk, rule_name: str) -> tuple[str, tuple[str, ...]]:
        """Return a rule's column and its cells."""
        at = self._positions[folded(self.plan.profile.rules[rule_name].column)]
        return self.plan.table.columns[at], chunk.cells[at]

    def people(self, chunk: Chunk) -> list[int]:
        """Return each row's person number."""
        return self.context.people.numbers(
            self.cells(chunk, "employee_no"), self.cells(chunk, "owner"), len(chunk.lines)
        )

    def segments(self, chunk: Chunk) -> list[int]:
        """Return each row's segment number."""
        return self.context.segments.numbers(
            self.words(chunk, "channel", 100), self.words(chunk, "grade", 50), len(chunk.lines)
        )

    def phones(self, chunk: Chunk) -> list[SealedPhone]:
        """Return each row's number, sealed."""
        cells = self.cells(chunk, "phone")
        if cells is None:
            return [NO_PHONE] * len(chunk.lines)
        known = _remembered(self._phones)
        for cell in set(cells).difference(known):
            known[cell] = seal_phone(cell, self.context.region) if cell.strip() else NO_PHONE
        return [known[cell] for cell in cells]

    def lead_refs(self, chunk: Chunk, refusals: ChunkRefusals) -> tuple[list[str], list[tuple[str, SealedPhone]]]:
        """Return each row's reference to a lead, by id or else by phone, and the numbers so referred to."""
        refs = self.ids(chunk, "lead", refusals, is_required=False)
        if not self.has("phone"):
            return refs, []
        used: dict[str, SealedPhone] = {}
        for at, phone in enumerate(self.phones(chunk)):
            if not refs[at] and phone.digest:
                refs[at] = PHONE_REF + phone.digest
                used[refs[at]] = phone
        return refs, list(used.items())


def _remembered(known: dict[str, T]) -> dict[str, T]:
    """Forget when a column turns out to hold no repeats: memory stays bounded."""
    if len(known) > _MOST_REMEMBERED:
        known.clear()
    return known


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
