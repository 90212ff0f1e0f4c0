"""Names, ids and words as people type them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from pacemark.web.intake.values.refusals import ChunkRefusals

MAX_ID_CHARS = 128

# What people and systems write where nothing is known.
BLANKS = frozenset(
    {"", "-", "--", "—", "–", "/", "n/a", "na", "#n/a", "null", "none", "nan", "nil", "无", "空", "暂无", "未知", "\\n"}
)
_LONGEST_BLANK = max(map(len, BLANKS))
UNASSIGNED = BLANKS | {"unassigned", "false", "未分配", "无归属", "公海"}

_SPREADSHEET_MARKS = ("e+", "E+", '="', "'", ".0", "\u200b")
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+]?\d+", re.IGNORECASE)
_FLOAT_TAIL = re.compile(r"(\d+)\.0+")
_EXCEL_TEXT = re.compile(r'="(.*)"')
_LOOKALIKES = str.maketrans("АВСЕНКМОРТХасеорху", "ABCEHKMOPTXaceopxy")


def folded(text: str) -> str:
    """Return text as rules compare it: one case, single spaces, full-width and Cyrillic look-alikes made plain."""
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    return " ".join(plain.split()).casefold()


def tidy(text: str) -> str:
    """Return a name with single spaces."""
    return " ".join(text.split())


def read_ids(cells: Sequence[str], column: str, refusals: ChunkRefusals, *, is_required: bool) -> list[str]:
    """Return ids as text with every digit; an id that a spreadsheet rounded is refused, never guessed."""
    ids = list(map(str.strip, cells))
    digits = "".join(ids)
    is_plain = digits.isascii() and digits.encode().isdigit()  # most are, and one look tells
    if not is_plain and _has_spreadsheet_marks(ids):
        ids = [_plain_id(cell) for cell in ids]
        _refuse_where(
            ids, column, refusals, _ROUNDED.fullmatch, _("the id was rounded by a spreadsheet; export ids as text")
        )
    lengths = list(map(len, ids))
    if max(lengths, default=0) > MAX_ID_CHARS:
        _refuse_where(ids, column, refusals, _is_too_long, _("the id is longer than 128 characters"))
    if not is_required:
        may_be_blank = not is_plain and min(lengths, default=0) <= _LONGEST_BLANK
        return ["" if cell.lower() in BLANKS else cell for cell in ids] if may_be_blank else ids
    if "" in ids:
        _refuse_where(ids, column, refusals, _is_missing, _("the id is missing"))
    return ids


def _has_spreadsheet_marks(ids: list[str]) -> bool:
    joined = "\n".join(ids)
    return any(mark in joined for mark in _SPREADSHEET_MARKS)


def _refuse_where(
    ids: list[str], column: str, refusals: ChunkRefusals, is_bad: Callable[[str], object], reason: str
) -> None:
    for at, cell in enumerate(ids):
        if is_bad(cell):
            refusals.refuse(at, column, reason, cell)


def _is_too_long(cell: str) -> bool:
    return len(cell) > MAX_ID_CHARS


def _is_missing(cell: str) -> bool:
    return not cell


def _plain_id(cell: str) -> str:
    plain = cell.strip("\u200b\ufeff ")
    excel = _EXCEL_TEXT.fullmatch(plain)
    if excel:
        plain = excel.group(1)
    plain = plain.removeprefix("'")
    tail = _FLOAT_TAIL.fullmatch(plain)
    # "123.0" is a whole number that went through a float; below 2^53 that lost nothing.
    return tail.group(1) if tail and int(tail.group(1)) < 2**53 else plain


def read_words(cells: Sequence[str], max_chars: int) -> list[str]:
    """Return tidy text, cut to what the record keeps; blanks are empty."""
    cache: dict[str, str] = {}
    words = []
    for cell in cells:
        word = cache.get(cell)
        if word is None:
            word = tidy(cell)[:max_chars]
            word = cache[cell] = "" if word.casefold() in BLANKS else word
        words.append(word)
    return words
