"""Amounts as people write them, to whole minor units, exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from pacemark.web.intake.values.refusals import CellError, ChunkRefusals
from pacemark.web.intake.values.text import BLANKS

MAX_MINOR = 10**17

_MARKS = re.compile(r"人民币|rmb|cny|usd|eur|gbp|jpy|hkd|twd|rub|chf|元整|us\$|hk\$|[€$£¥￥₽₴₸₹元圆块]", re.IGNORECASE)
_SPACES = re.compile(r"[\s'’\u00a0\u202f\u2009_]")
_SCALES = {"万": 10_000, "w": 10_000, "亿": 100_000_000, "千": 1_000, "k": 1_000, "百万": 1_000_000}
_NUMBER = re.compile(r"[\d.,]+")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in ".,"}


def read_amounts(
    cells: Sequence[str], column: str, refusals: ChunkRefusals, *, decimal: str, digits: int
) -> list[int | None]:
    """Return amounts in minor units; None where the cell is empty. ``decimal`` is ``"."``, ``","`` or ``"auto"``."""
    cache: dict[str, int | None] = {}
    amounts: list[int | None] = []
    for at, cell in enumerate(cells):
        if cell not in cache:
            try:
                cache[cell] = parse_amount(cell, decimal=decimal, digits=digits)
            except CellError as error:
                refusals.refuse(at, column, str(error), cell)
                amounts.append(None)
                continue
        amounts.append(cache[cell])
    return amounts


def parse_amount(cell: str, *, decimal: str = "auto", digits: int = 2) -> int | None:
    """Read one amount.

    Raises
    ------
    CellError
        If the text is no amount, or could be two different ones.
    """
    text = _SPACES.sub("", cell.strip())
    if text.casefold() in BLANKS:
        return None
    text = _MARKS.sub("", text)
    is_negative = text.startswith(("-", "−", "(")) or text.endswith("-")
    text = text.strip("+-−()")
    scale, text = _scale_of(text)
    if not text or not _NUMBER.fullmatch(text):
        raise CellError(_("is not an amount"))
    value = Decimal(_plain_number(text, decimal)) * scale
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value():
        raise CellError(_("has more decimals than the currency"))
    if minor > MAX_MINOR:
        raise CellError(_("is too large to be an amount"))
    return -int(minor) if is_negative else int(minor)


def _scale_of(text: str) -> tuple[int, str]:
    for mark in ("百万", "万", "亿", "千", "w", "k"):
        if text.casefold().endswith(mark):
            return _SCALES[mark], text[: -len(mark)]
    return 1, text


def _plain_number(text: str, decimal: str) -> str:
    """Return digits with at most one point as the decimal sign."""
    dots, commas = text.count("."), text.count(",")
    if decimal == "auto" or (dots and commas):
        decimal = _decimal_sign(text, dots, commas)
    grouping = "," if decimal == "." else "."
    whole, sign, fraction = text.partition(decimal)
    is_grouped = grouping not in whole or _GROUPED[grouping].fullmatch(whole)
    if decimal in fraction or grouping in fraction or (sign and not fraction) or not is_grouped:
        raise CellError(_("is not an amount"))
    if _is_ambiguous(whole, fraction):
        raise CellError(_("may be a thousands or a decimal sign"))
    return f"{whole.replace(grouping, '') or '0'}.{fraction or '0'}"


def _is_ambiguous(whole: str, fraction: str) -> bool:
    """Three digits after the only sign look like thousands; money is not written with three decimals."""
    return len(fraction) == 3 and len(whole) <= 3 and whole not in {"", "0"}


def _decimal_sign(text: str, dots: int, commas: int) -> str:
    """Tell the decimal sign from one amount: the later of two marks, or what a single mark can only be."""
    if dots and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    mark = "." if dots else ","
    other = "," if dots else "."
    if dots + commas == 0:
        return "."
    if dots + commas > 1:
        return other
    whole, _sign, tail = text.partition(mark)
    if not _is_ambiguous(whole, tail):
        return mark
    if mark == ",":
        return "."  # 3,500: three decimals of money are not written, thousands are
    raise CellError(_("may be a thousands or a decimal point; say which in the profile (decimal)"))


def decimal_style(cells: Sequence[str]) -> str:
    """Tell a column's decimal sign from amounts that leave no doubt; ``"auto"`` when there are none, or both."""
    signs = set()
    for cell in set(cells):
        text = _MARKS.sub("", _SPACES.sub("", cell.strip()))
        text = _scale_of(text.strip("+-−()"))[1]
        if not _NUMBER.fullmatch(text) or not ("." in text or "," in text):
            continue
        try:
            _plain_number(text, "auto")
            sign = _decimal_sign(text, text.count("."), text.count(","))
        except CellError:
            continue
        signs.add(sign)
    return signs.pop() if len(signs) == 1 else "auto"
