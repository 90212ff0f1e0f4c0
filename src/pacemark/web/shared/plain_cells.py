"""Cells of a CSV that stay text: a spreadsheet must not read what somebody typed as a formula of its own."""

from __future__ import annotations

import re

_BEGINS_A_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d.,]+")


def plain_cell(text: str) -> str:
    """Return a cell with an apostrophe before it where a spreadsheet would begin to reckon; numbers stay.

    Examples
    --------
    >>> plain_cell("=1+1")
    "'=1+1"
    >>> plain_cell("-5"), plain_cell("Li Na")
    ('-5', 'Li Na')
    """
    return f"'{text}" if _BEGINS_A_FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
