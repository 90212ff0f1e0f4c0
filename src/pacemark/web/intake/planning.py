"""Planning an import: which files hold which kind of record, and what whole columns say about dates and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal, cast

from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.mapping.cells import TablePlan
from pacemark.web.intake.profiles import KindProfile, Profile
from pacemark.web.intake.profiles.fields import AMOUNT_FIELDS, DATE_FIELDS
from pacemark.web.intake.profiles.guessing import guess_profile
from pacemark.web.intake.readers import SourceTable, open_tables, read_chunks
from pacemark.web.intake.readers.opening import KNOWN_ENDINGS
from pacemark.web.intake.values.amounts import decimal_style
from pacemark.web.intake.values.dates import Order, numeric_order, order_of
from pacemark.web.intake.values.text import folded
from pacemark.web.pipeline.choices import EventKind

_KIND_ORDER = (
    EventKind.LEADS, EventKind.CALLS, EventKind.OPPORTUNITIES, EventKind.DEALS, EventKind.REFUNDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A file that stays out, and why."""

    name: str
    reason: str
    is_mistake: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What will be read, by which profile; tables in the order their kinds build on each other."""

    profile: Profile
    source_name: str
    tables: tuple[TablePlan, ...]
    skipped: tuple[SkippedFile, ...]
    is_guessed: bool


def plan_import(paths: Iterable[Path], profile: Profile | None, source_name: str = "") -> ImportPlan:
    """Open the files and tell what each of them is.

    Without a profile it is guessed from the columns. A file that cannot be used is skipped when others can.

    Raises
    ------
    FileError
        If there is nothing to bring in; the text says why, for each file.
    """
    files = list(_files(paths))
    tables, skipped = _open(files)
    is_guessed = profile is None
    if profile is None:
        profile, unclear = guess_profile(tables)
        skipped += [SkippedFile(name=name, reason=reason, is_mistake=False) for name, reason in unclear]
    planned, unfit = _match(tables, profile, {item.name for item in skipped})
    skipped += unfit
    if not planned:
        raise FileError(" ".join(item.reason for item in skipped) or _("There is no file to bring in."))
    if is_guessed:
        profile = replace(profile, kinds=tuple(_spelled_out(kind, planned) for kind in profile.kinds))
    name = source_name or profile.source or _source_from(files)
    return ImportPlan(
        profile=profile, source_name=name[:64], tables=tuple(planned), skipped=tuple(skipped), is_guessed=is_guessed
    )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(
                item for item in path.rglob("*") if item.is_file() and not item.name.startswith((".", "~$"))
            )
            if not inside:
                raise FileError(_("The folder %(name)s holds no file.") % {"name": path.name or str(path)})
            yield from (item for item in inside if item.suffix.lower() in KNOWN_ENDINGS)
        elif path.exists():
            yield path
        else:
            raise FileError(_("There is no file %(name)s.") % {"name": str(path)})


def _open(files: list[Path]) -> tuple[list[SourceTable], list[SkippedFile]]:
    tables: list[SourceTable] = []
    skipped: list[SkippedFile] = []
    for path in files:
        try:
            tables.extend(open_tables(path))
        except FileError as error:
            skipped.append(SkippedFile(name=path.name, reason=str(error), is_mistake=True))
    return tables, skipped


def _match(tables: list[SourceTable], profile: Profile, settled: set[str]) -> tuple[list[TablePlan], list[SkippedFile]]:
    found: list[tuple[SourceTable, KindProfile]] = []
    skipped: list[SkippedFile] = []
    for table in tables:
        if table.name in settled:
            continue
        try:
            kind = profile.kind_for(table)
            if kind is None:
                reason = _("%(file)s fits no part of the profile and was left out.") % {"file": table.name}
                skipped.append(SkippedFile(name=table.name, reason=reason, is_mistake=False))
                continue
            found.append((table, _settle_columns(table, kind)))
        except FileError as error:
            skipped.append(SkippedFile(name=table.name, reason=str(error), is_mistake=True))
    found.sort(key=lambda pair: _KIND_ORDER.index(pair[1].kind))  # stable: files of a kind stay in their order
    plans = [_plan(table, kind, file_no) for file_no, (table, kind) in enumerate(found, start=1)]
    return plans, skipped


def _settle_columns(table: SourceTable, kind: KindProfile) -> KindProfile:
    """Return the part of the profile with the table's own spelling of each column."""
    own = {folded(name): name for name in reversed(table.columns)}
    columns = {field: own[folded(name)] for field, name in kind.columns.items()}
    rules = {name: replace(rule, column=own[folded(rule.column)]) for name, rule in kind.rules.items()}
    return replace(kind, columns=columns, rules=rules)


def _plan(table: SourceTable, kind: KindProfile, file_no: int) -> TablePlan:
    orders: dict[str, Order] = {}
    decimals: dict[str, str] = {}
    for field, column in kind.columns.items():
        if field in DATE_FIELDS:
            orders[field] = _order(table, column) if kind.dates == "auto" else kind.dates
        if field in AMOUNT_FIELDS:
            decimals[field] = decimal_style(table.sample_of(column)) if kind.decimal == "auto" else kind.decimal
    return TablePlan(table=table, profile=kind, file_no=file_no, orders=orders, decimals=decimals)


def _spelled_out(kind: KindProfile, plans: list[TablePlan]) -> KindProfile:
    """Return a guessed part with what its files showed of dates and amounts: a later, smaller file may not show it."""
    own = [plan for plan in plans if plan.profile.kind is kind.kind and plan.profile.columns == kind.columns]
    orders = {order for plan in own for order in plan.orders.values()} - {"ymd"}  # year first is understood anyway
    decimals = {sign for plan in own for sign in plan.decimals.values()} - {"auto"}
    return replace(
        kind,
        dates=orders.pop() if len(orders) == 1 else kind.dates,
        decimal=cast("Literal['.', ',', 'auto']", decimals.pop() if len(decimals) == 1 else kind.decimal),
    )


def _order(table: SourceTable, column: str) -> Order:
    """Tell day from month by the sample, and where that leaves doubt by the whole column."""
    sample = table.sample_of(column)
    order = numeric_order(sample) or order_of(sample)
    if order is not None and order != "ymd":
        return order
    at = table.columns.index(column)
    order = order_of(chain.from_iterable(chunk.cells[at] for chunk in read_chunks(table))) if order is None else order
    if order is None:
        raise FileError(
            _("%(file)s: nothing in “%(column)s” tells whether day or month stands first; say dates in the profile.")
            % {"file": table.name, "column": column}
        )
    return order


def _source_from(files: list[Path]) -> str:
    """Name the source after the folder of its files: later exports from there belong to the same one."""
    return files[0].resolve().parent.name if files else ""
