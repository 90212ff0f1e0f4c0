"""Bringing a workbook of people × months in: whom each line means, as a batch to preview."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.batches import RefusedCell, Wish
from pacemark.web.goals.bridge.target_book import BookRow, TargetBook, read_target_book
from pacemark.web.goals.choices import BatchKind
from pacemark.web.goals.models import TargetBatch
from pacemark.web.goals.services.batches import prepare_batch
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The people that the one who brings the workbook may see, by what a line can call them."""

    by_number: Mapping[str, int]
    by_short_number: Mapping[str, tuple[int, ...]]
    by_name: Mapping[str, tuple[int, ...]]
    name_of: Mapping[int, str]


def prepare_import(*, actor: User, book: bytes, file_name: str, rep_ids: frozenset[int] | None) -> TargetBatch:
    """Read a workbook and keep a preview of what it would change; ``rep_ids`` are those whom the actor may see.

    What cannot be read or matched is told cell by cell, and keeps nothing else out.
    """
    settings = organization()
    read = read_target_book(book, minor_digits(settings.currency))
    wishes, refused = matched(read, directory_of(rep_ids), settings.sales_month_start_day)
    return prepare_batch(
        actor=actor,
        kind=BatchKind.IMPORT,
        wishes=wishes,
        refused=[*read.refused, *refused],
        file_name=file_name,
    )


def directory_of(rep_ids: Collection[int] | None) -> Directory:
    """Return everyone who may be meant."""
    reps = Rep.objects.all() if rep_ids is None else Rep.objects.filter(pk__in=rep_ids)
    rows = list(reps.values_list("pk", "employee_no", "name"))
    short, names = defaultdict(list), defaultdict(list)
    for pk, number, name in rows:
        names[_plain(name)].append(pk)
        if number:
            short[_short(number)].append(pk)
    return Directory(
        by_number={**{_plain(number): pk for pk, number, _ in rows if number}, **{f"#{pk}": pk for pk, _, _ in rows}},
        by_short_number={number: tuple(found) for number, found in short.items()},
        by_name={name: tuple(found) for name, found in names.items()},
        name_of={pk: name for pk, _, name in rows},
    )


def matched(read: TargetBook, known: Directory, start_day: int) -> tuple[list[Wish], list[RefusedCell]]:
    """Tell whom each line means; return the wishes, and the lines and cells that mean nothing."""
    wishes: list[Wish] = []
    refused: list[RefusedCell] = []
    for row in read.rows:
        rep_id, problem = _who(row, known)
        if rep_id is None:
            shown = " ".join(part for part in (row.employee_no, row.name) if part)
            refused.append(RefusedCell(sheet=row.sheet, cell=row.cell, problem=problem, shown=shown[:100]))
            continue
        refused += _bad_cells(row)
        wishes += [
            Wish(
                rep_id=rep_id,
                month=sales_month(cell.month, start_day).first,
                new_minor=cell.minor,
                cell=f"{row.sheet}!{cell.cell}",
            )
            for cell in row.amounts
            if not cell.problem
        ]
    return wishes, refused


def _bad_cells(row: BookRow) -> Iterable[RefusedCell]:
    return (
        RefusedCell(sheet=row.sheet, cell=cell.cell, problem=cell.problem, shown=cell.shown)
        for cell in row.amounts
        if cell.problem
    )


def _who(row: BookRow, known: Directory) -> tuple[int | None, str]:
    """Return whom a line means: by number, else by name. A number and a name of two people are no one."""
    named = known.by_name.get(_plain(row.name), ()) if row.name else ()
    if row.employee_no:
        found = known.by_number.get(_plain(row.employee_no))
        short = known.by_short_number.get(_short(row.employee_no), ())
        # Excel drops the zeros before a number that it takes for one.
        found = short[0] if found is None and len(short) == 1 else found
        if found is None:
            return None, "unknown_person"
        return (None, "name_differs") if named and found not in named else (found, "")
    if len(named) > 1:
        return None, "ambiguous_person"
    return (named[0], "") if named else (None, "unknown_person")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _short(number: str) -> str:
    return _plain(number).lstrip("0")
