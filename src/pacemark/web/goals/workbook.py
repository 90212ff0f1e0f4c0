"""Plans as a workbook: one sheet of people, one of their rates."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pacemark.web.accounts.exports import Watermark
from pacemark.web.goals.pages.words import STAGES, confidence_words, rate_words, stage_words
from pacemark.web.shared.stamping import stamp_workbook


def plans_workbook(documents: Sequence[dict[str, Any]], mark: Watermark | None = None) -> bytes:
    """Return the workbook's bytes. Text stays text: nothing in it is read as a formula."""
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        _people_sheet(book.add_worksheet(_("Plans")), documents, bold)
        _rates_sheet(book.add_worksheet(_("Own rates")), documents, bold)
        if mark is not None:
            book.add_worksheet(_("About this file")).write_string(0, 0, mark.text)
            stamp_workbook(book, text=mark.text, account=mark.account, at=mark.at)
    return buffer.getvalue()


def _people_sheet(sheet: Any, documents: Sequence[dict[str, Any]], bold: Any) -> None:
    words, sure = stage_words(), confidence_words()
    head = [pgettext("person", "Name"), _("Employee no."), _("Team"), _("Role"), words["target"], _("Working days")]
    for word in sure.values():
        head += [f"{word} · {_('Chance')}", *(f"{word} · {words[stage]}" for stage in ("pipeline", "deals", *STAGES))]
        head += [f"{word} · {_('Dials a day')}", f"{word} · {_('Fits')}"]
    sheet.write_row(0, 0, head, bold)
    for row, document in enumerate(documents, start=1):
        cells = [document[name] for name in ("rep", "employee_no", "team", "role", "target", "days")]
        for key in sure:
            cells += _plan_cells(document["plans"][key])
        sheet.write_row(row, 0, cells)
    sheet.freeze_panes(1, 1)
    sheet.autofit()


def _plan_cells(plan: dict[str, Any]) -> list[Any]:
    dials = plan["per_day"]["dials"]
    fits = "" if plan["feasible"] is None else _("yes") if plan["feasible"] else _("no")
    return [
        plan["odds"],
        *(plan[stage] for stage in ("pipeline", "deals", *STAGES)),
        None if dials is None else dials["exact"],
        fits,
    ]


def _rates_sheet(sheet: Any, documents: Sequence[dict[str, Any]], bold: Any) -> None:
    words = rate_words()
    head = [
        pgettext("person", "Name"),
        _("Rate"),
        _("Raw"),
        _("Successes"),
        _("Trials"),
        _("Estimate"),
        _("Low"),
        _("High"),
        _("From peers"),
    ]
    sheet.write_row(0, 0, head, bold)
    row = 1
    for document in documents:
        for name, rate in (*document["rates"].items(), ("deal_value", document["deal_value"])):
            cells = [document["rep"], words[name], rate["raw"], rate.get("won"), rate["tried"], rate["mean"]]
            sheet.write_row(row, 0, [*cells, *rate["interval"], rate["from_peers"]])
            row += 1
    sheet.freeze_panes(1, 1)
    sheet.autofit()
