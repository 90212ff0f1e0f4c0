"""How large a workbook really is, before anybody opens it: a small file may unpack to more than the memory holds.

Two tricks are known. The zip's members unpack to a thousand times their size, whatever sizes the archive names. And two
cells in opposite corners make a sheet of seventeen thousand million, for readers lay a sheet out whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_CELLS = 50_000_000
_BLOCK = 1024 * 1024
_OVERLAP = 64
_NARROW, _SHORT = 26, 99_999  # what is not looked at one by one: columns A to Z in rows of up to five digits
_FAR = re.compile(rb"""\br\s*=\s*["']\s*(?:([A-Z]{2,3})(\d{1,7})|([A-Z]?)(\d{6,7}))["'\s]""")
_ANY = re.compile(rb"""\br\s*=\s*["']\s*(?:([A-Z]{2,3})(\d{1,7})|([A-Z]?)(\d{1,7}))["'\s]""")
_ZIP = b"PK\x03\x04"


class WorkbookTooLargeError(ValueError):
    """A workbook that unpacks to more than can be read here."""


class NotAWorkbookError(ValueError):
    """A zip archive that is no XLSX."""


def check_workbook(source: Path | IO[bytes]) -> None:
    """Refuse a workbook that is larger than it looks; files that are no zip archive pass.

    Raises
    ------
    WorkbookTooLargeError
        When it unpacks to more bytes, or lays out to more cells, than can be read here.
    NotAWorkbookError
        When it is an archive of something else.
    """
    if _head(source) != _ZIP:
        return
    try:
        with ZipFile(source) as parts:
            if "xl/workbook.xml" not in parts.namelist():
                raise NotAWorkbookError
            _measure(parts)
    except (BadZipFile, zlib.error, struct.error) as error:
        raise NotAWorkbookError from error


def _head(source: Path | IO[bytes]) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(len(_ZIP))
    source.seek(0)
    return source.read(len(_ZIP))


def _measure(parts: ZipFile) -> None:
    total = 0
    for part in parts.infolist():
        rows, columns, before = _SHORT, _NARROW, b""
        for block in _unpacked(parts, part):
            total += len(block)
            if total > MAX_UNPACKED_BYTES:
                raise WorkbookTooLargeError
            rows, columns = _reach(_FAR, before + block, rows, columns)
            before = block[-_OVERLAP:]
        if rows * columns > MAX_CELLS:
            _measure_exactly(parts, part)


def _measure_exactly(parts: ZipFile, part: ZipInfo) -> None:
    """Look at every cell of a sheet that is wide or tall: it may be either without being both."""
    rows, columns, before = 1, 1, b""
    for block in _unpacked(parts, part):
        rows, columns = _reach(_ANY, before + block, rows, columns)
        before = block[-_OVERLAP:]
    if rows * columns > MAX_CELLS:
        raise WorkbookTooLargeError


def _reach(cells: re.Pattern[bytes], text: bytes, rows: int, columns: int) -> tuple[int, int]:
    for wide, row, narrow, tall in cells.findall(text):
        rows, columns = max(rows, int(row or tall)), max(columns, _place(wide or narrow))
    return rows, columns


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place


def _unpacked(parts: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    """Give what a member really holds: the sizes that the archive names are not believed."""
    file = parts.fp
    if file is None or part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or part.flag_bits & 1:
        raise NotAWorkbookError
    file.seek(part.header_offset)
    names = struct.unpack("<2H", file.read(30)[26:30])
    file.seek(sum(names), 1)
    left, place = part.compress_size, file.tell()
    if part.compress_type == ZIP_STORED:
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            left -= len(block)
            yield block
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not unpacker.eof:
        file.seek(place)
        packed = file.read(min(left, _BLOCK))
        if not packed:
            return
        left, place = left - len(packed), file.tell()
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _BLOCK)
            packed = unpacker.unconsumed_tail
