"""Writing into a workbook for whom and when it was made: on every printed page and in the file's properties."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_MOST_FOOTER = 250  # a spreadsheet refuses more


def stamp_workbook(book: Any, *, text: str, account: str, at: datetime) -> None:
    """Stamp every sheet there is; call it after the last one was added."""
    book.set_properties({"author": account, "comments": text, "created": at.astimezone(UTC).replace(tzinfo=None)})
    # An ampersand begins a code in footers.
    footer = f"&L&8{text.replace('&', '&&')}"[:_MOST_FOOTER]
    for sheet in book.worksheets():
        sheet.set_footer(footer)
