"""Telling a text file's encoding. The whole file is tried, so that a late byte cannot surprise the reader."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

_BLOCK_BYTES = 1 << 20
_WINDOW_BYTES = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTE = ["cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "shift_jis", "big5", "euc_kr", "koi8_r"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A codec's name, and whether some bytes of the file do not fit it (their lines are refused one by one)."""

    name: str
    has_bad_bytes: bool = False


def detect_encoding(path: Path) -> Encoding | None:
    """Return the encoding of a text file, or None when it is not text."""
    with path.open("rb") as file:
        head = file.read(_WINDOW_BYTES)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name=name, has_bad_bytes=_first_bad_byte(path, name) is not None)
    wide = _wide_without_mark(head)
    if wide:
        return Encoding(name=wide, has_bad_bytes=_first_bad_byte(path, wide) is not None)
    if b"\x00" in head or _is_mostly_control(head):
        return None
    bad_at = _first_bad_byte(path, "utf-8")
    if bad_at is None:
        return Encoding(name="utf-8")
    return _other_than_utf8(path, _window(path, bad_at))


def _wide_without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: nearly every other byte of a table's ASCII part is zero."""
    if len(head) < 4:
        return None
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    half = min(len(head), 2000) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _is_mostly_control(head: bytes) -> bool:
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in {9, 10, 12, 13})
    return controls > 0.02 * max(len(head), 1)


def _first_bad_byte(path: Path, name: str) -> int | None:
    decoder = codecs.getincrementaldecoder(name)("strict")
    offset = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK_BYTES)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return max(offset + error.start, 0)
            if not block:
                return None
            offset += len(block)


def _window(path: Path, around: int) -> bytes:
    """Return whole lines around an offset: what follows the first bad byte shows the encoding best."""
    with path.open("rb") as file:
        file.seek(max(around - 2048, 0))
        window = file.read(_WINDOW_BYTES)
    return window.rpartition(b"\n")[0] or window


def _other_than_utf8(path: Path, window: bytes) -> Encoding:
    good, bad = _utf8_score(window)
    if good > bad:
        return Encoding(name="utf-8", has_bad_bytes=True)
    if _looks_chinese(window):
        return Encoding(name="gb18030", has_bad_bytes=_first_bad_byte(path, "gb18030") is not None)
    best = from_bytes(window, cp_isolation=_SINGLE_BYTE).best()
    name = best.encoding if best is not None else "cp1252"
    bad_bytes = _first_bad_byte(path, name) is not None
    return Encoding(name="latin-1") if bad_bytes and name == "cp1252" else Encoding(name=name, has_bad_bytes=bad_bytes)


def _utf8_score(window: bytes) -> tuple[int, int]:
    """Count characters beyond ASCII that are sound UTF-8, and bytes that are not."""
    text = window.decode("utf-8", "surrogateescape")
    bad = sum(1 for letter in text if "\udc80" <= letter <= "\udcff")
    return sum(1 for letter in text if letter > "\x7f") - bad, bad


def _looks_chinese(window: bytes) -> bool:
    """GB text: nearly all high bytes come in pairs of the common hanzi and punctuation."""
    try:
        text = window.decode("gb18030", "ignore")
    except UnicodeDecodeError:
        return False
    wide = [letter for letter in text if letter > "\x7f"]
    if not wide:
        return False
    common = 0
    for letter in wide:
        code = letter.encode("gb18030")
        is_common = len(code) == 2 and 0xA1 <= code[0] <= 0xD7 and code[1] >= 0xA1
        common += is_common and ("\u4e00" <= letter <= "\u9fff" or letter in "，。、；：！？（）《》“”￥·—…")
    return common >= 0.85 * len(wide)
