"""What a bulk edit or a copy asks for, person by person and month by month; nothing is checked or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pacemark.engine.goals.adjust import rescale
from pacemark.engine.goals.quantify import quantify
from pacemark.engine.periods import Period, sales_month, shift_month
from pacemark.web.goals.bridge.batches import Wish
from pacemark.web.goals.choices import CopySource, EditKind, SpreadBy
from pacemark.web.goals.queries.batches import Key, Standing, standing_of
from pacemark.web.goals.queries.seasons import quarter_months, quarter_shapes
from pacemark.web.goals.refusals import refuse
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries import booked_by_month
from pacemark.web.shared.currency import minor_digits

MONTHS_BACK = {CopySource.QUARTER: 3, CopySource.YEAR: 12}
PER_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkEdit:
    """One change of many targets: an amount in major units, or per cent where the kind multiplies."""

    kind: EditKind
    value: Decimal
    weights: SpreadBy = SpreadBy.TARGETS


def edit_wishes(rep_ids: Sequence[int], months: Sequence[Period], edit: BulkEdit) -> list[Wish]:
    """Return what an edit makes of each chosen person's chosen months."""
    if not rep_ids or not months:
        raise refuse("nobody_chosen", "Choose at least one person and one open month.")
    settings = organization()
    standing = standing_of(months[0].first, months[-1].first, set(rep_ids))
    keys = [(rep_id, month.first) for rep_id in rep_ids for month in months]
    if edit.kind == EditKind.SPREAD:
        return _spread(keys, edit, standing, settings)
    return [_edited(key, edit, standing, settings) for key in keys]


def _edited(key: Key, edit: BulkEdit, standing: Standing, settings: Organization) -> Wish:
    amount = _minor(edit.value, settings)
    if edit.kind == EditKind.SET:
        return Wish(rep_id=key[0], month=key[1], new_minor=amount)
    cell = standing.cells.get(key)
    if cell is None:
        return Wish(rep_id=key[0], month=key[1], new_minor=None, problem="no_target")
    if edit.kind == EditKind.ADD:
        return Wish(rep_id=key[0], month=key[1], new_minor=cell.amount_minor + amount)
    factor = Fraction(edit.value) / PER_CENT
    return Wish(rep_id=key[0], month=key[1], new_minor=rescale(cell.amount_minor, factor, _step(settings)))


def _spread(keys: Sequence[Key], edit: BulkEdit, standing: Standing, settings: Organization) -> list[Wish]:
    """Spread one amount over all chosen months of all chosen people who are there; the parts add up to it."""
    there = [key for key in keys if _is_there(key, standing)]
    weights = _weights(there, edit.weights, standing)
    if not any(weights):
        raise refuse("nothing_to_spread_by", "Nobody chosen has anything to spread the amount by; spread it equally.")
    parts = quantify(Fraction(_minor(edit.value, settings)), weights, step=Fraction(_step(settings)))
    return [
        Wish(rep_id=rep_id, month=month, new_minor=int(part))
        for (rep_id, month), part in zip(there, parts, strict=True)
    ]


def _weights(keys: Sequence[Key], by: SpreadBy, standing: Standing) -> list[Fraction]:
    if by == SpreadBy.EQUAL:
        return [Fraction(1)] * len(keys)
    if by == SpreadBy.TARGETS:
        cells = [standing.cells.get(key) for key in keys]
        return [Fraction(cell.amount_minor if cell else 0) for cell in cells]
    before = _month_before(min(month for _, month in keys))
    booked = booked_by_month([before], {rep_id for rep_id, _ in keys})
    return [Fraction(max(booked.get((rep_id, 0), 0), 0)) for rep_id, _ in keys]


def _is_there(key: Key, standing: Standing) -> bool:
    """Tell whether a person is employed in a month; whoever is not gets no share."""
    hired_on, left_on = standing.employed.get(key[0], (None, None))
    month = standing.months[key[1]]
    return (left_on is None or left_on > month.first) and (hired_on is None or hired_on <= month.last)


def copy_wishes(rep_ids: Sequence[int], months: Sequence[Period], source: CopySource, *, is_scaled: bool) -> list[Wish]:
    """Return each person's targets of the period before for the months given.

    Where it is scaled, a target moves in proportion to season weight × working days of the two months.
    """
    if not rep_ids or not months:
        raise refuse("nobody_chosen", "Choose at least one person and one open month.")
    settings = organization()
    start_day = settings.sales_month_start_day
    sources = {month.first: _source(months, month, source, start_day) for month in months}
    firsts = [*sources.values(), *(month.first for month in months)]
    standing = standing_of(min(firsts), max(firsts), set(rep_ids))
    claims = _claims(firsts, settings) if is_scaled else {}
    return [
        _copied((rep_id, month.first), sources[month.first], standing, claims, _step(settings))
        for rep_id in rep_ids
        for month in months
    ]


def _copied(key: Key, source: date, standing: Standing, claims: Mapping[date, Fraction], step_minor: int) -> Wish:
    cell = standing.cells.get((key[0], source))
    if cell is None:
        return Wish(rep_id=key[0], month=key[1], new_minor=None, problem="no_source")
    here, there = claims.get(key[1], Fraction(1)), claims.get(source, Fraction(1))
    # A month without a working day or with no season says nothing of another one; it is copied as it is.
    factor = here / there if here and there else Fraction(1)
    return Wish(rep_id=key[0], month=key[1], new_minor=rescale(cell.amount_minor, factor, step_minor))


def _source(months: Sequence[Period], month: Period, source: CopySource, start_day: int) -> date:
    """Return the first day of the month to copy from; "the month before" is the one before all that are filled."""
    if source == CopySource.MONTH:
        return _month_before(months[0].first).first
    return sales_month(shift_month(month.label, -MONTHS_BACK[source]), start_day).first


def _claims(firsts: Sequence[date], settings: Organization) -> dict[date, Fraction]:
    """Return what each month weighs: season × working days."""
    start_day = settings.sales_month_start_day
    shapes = quarter_shapes({quarter_months(first, start_day)[0].first for first in firsts}, settings)
    return {
        month.first: weight * days
        for shape in shapes.values()
        for month, weight, days in zip(shape.months, shape.weights, shape.workdays, strict=True)
    }


def _month_before(first: date) -> Period:
    start_day = organization().sales_month_start_day
    return sales_month(shift_month(_label(first, start_day), -1), start_day)


def _label(first: date, start_day: int) -> str:
    return next(month.label for month in quarter_months(first, start_day) if month.first == first)


def _minor(amount: Decimal, settings: Organization) -> int:
    return int(amount * _step(settings))


def _step(settings: Organization) -> int:
    step: int = 10 ** minor_digits(settings.currency)
    return step
