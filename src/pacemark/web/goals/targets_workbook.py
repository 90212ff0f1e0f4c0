"""People × months as a workbook that can be changed and brought back. Amounts are values; only sums are formulas."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.utility import xl_rowcol_to_cell

from pacemark.web.accounts.exports import Watermark
from pacemark.web.goals.bridge.grid import NO_TARGET, Grid
from pacemark.web.shared.stamping import stamp_workbook

FIRST_MONTH = 3
_TEXT_STAYS_TEXT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def targets_workbook(grid: Grid, places: Sequence[int], minor_units: int, mark: Watermark | None = None) -> bytes:
    """Return the workbook's bytes. Whoever has no employee number is named by ``#`` and our own, so that rows match."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _TEXT_STAYS_TEXT) as book:
        bold = book.add_format({"bold": True})
        has_coins = bool((np.maximum(grid.target_minor, 0) % minor_units).any())
        money = book.add_format({"num_format": "#,##0.00" if has_coins else "#,##0"})
        sheet = book.add_worksheet(_("Targets"))
        labels = [month.label for month in grid.months]
        head = [_("Employee no."), pgettext("person", "Name"), _("Team"), *labels, _("Total")]
        sheet.write_row(0, 0, head, bold)
        for row, place in enumerate(places, start=1):
            _person_row(sheet, row, grid, place, (minor_units, money))
        _total_row(sheet, grid, places, (minor_units, money, bold))
        sheet.freeze_panes(1, FIRST_MONTH)
        sheet.autofit()
        if mark is not None:
            stamp_workbook(book, text=mark.text, account=mark.account, at=mark.at)
    return buffer.getvalue()


def _person_row(sheet: Any, row: int, grid: Grid, place: int, units: tuple[int, Any]) -> None:
    member, (scale, money) = grid.people[place], units
    sheet.write_row(row, 0, [member.employee_no or f"#{member.rep_id}", member.name, member.team_name])
    amounts = [_major(minor, scale) for minor in grid.target_minor[place].tolist()]
    for column, amount in enumerate(amounts, start=FIRST_MONTH):
        if amount is not None:
            sheet.write_number(row, column, amount, money)
    first, last = xl_rowcol_to_cell(row, FIRST_MONTH), xl_rowcol_to_cell(row, FIRST_MONTH + len(amounts) - 1)
    whole = sum(max(minor, 0) for minor in grid.target_minor[place].tolist())
    sheet.write_formula(row, FIRST_MONTH + len(amounts), f"=SUM({first}:{last})", money, _major(whole, scale) or 0)


def _total_row(sheet: Any, grid: Grid, places: Sequence[int], units: tuple[int, Any, Any]) -> None:
    scale, money, bold = units
    row = len(places) + 1
    sheet.write_string(row, 1, _("Total"), bold)
    sums = [sum(max(int(grid.target_minor[place, at]), 0) for place in places) for at in range(len(grid.months))]
    for column, minor in enumerate([*sums, sum(sums)], start=FIRST_MONTH):
        first, last = xl_rowcol_to_cell(1, column), xl_rowcol_to_cell(max(row - 1, 1), column)
        sheet.write_formula(row, column, f"=SUM({first}:{last})", money, _major(minor, scale) or 0)


def _major(minor: int, scale: int) -> float | int | None:
    if minor == NO_TARGET:
        return None
    return minor // scale if minor % scale == 0 else minor / scale
