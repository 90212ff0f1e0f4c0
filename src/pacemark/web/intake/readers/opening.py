"""Which reader a file needs. The name promises, the first bytes tell; when the two differ the file is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.readers.parquet_tables import open_parquet, read_parquet_chunks
from pacemark.web.intake.readers.tables import CHUNK_ROWS, Chunk, FileFormat, SourceTable
from pacemark.web.intake.readers.text_tables import open_text_table, read_text_chunks
from pacemark.web.intake.readers.workbooks import open_sheets, read_sheet_chunks

TEXT_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".tab"})
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls"})
PARQUET_ENDINGS = frozenset({".parquet", ".pq"})
KNOWN_ENDINGS = TEXT_ENDINGS | WORKBOOK_ENDINGS | PARQUET_ENDINGS

_ZIP, _OLD_OFFICE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"


def open_tables(path: Path) -> list[SourceTable]:
    """Return the tables a file holds.

    Raises
    ------
    FileError
        If the file is empty, is not what its name says, or holds no table.
    """
    ending, head = path.suffix.lower(), _head(path)
    if not head:
        raise FileError(_("%(file)s is empty.") % {"file": path.name})
    found = _what_it_is(head)
    expected = _what_it_says(ending)
    if expected is None:
        raise FileError(
            _("%(file)s is not a kind of file that can be read; use CSV, XLSX or Parquet.") % {"file": path.name}
        )
    if found is not expected and (found is not FileFormat.TEXT or expected is FileFormat.PARQUET):
        raise FileError(_says_otherwise(path, found))
    if expected is FileFormat.WORKBOOK:
        if found is FileFormat.TEXT:
            raise FileError(_says_otherwise(path, found))
        return open_sheets(path)
    return [open_parquet(path)] if expected is FileFormat.PARQUET else [open_text_table(path)]


def read_chunks(table: SourceTable, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Stream a table's rows as text."""
    if table.format is FileFormat.WORKBOOK:
        return read_sheet_chunks(table, rows)
    if table.format is FileFormat.PARQUET:
        return read_parquet_chunks(table, rows)
    return read_text_chunks(table, rows)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise FileError(
            _("%(file)s cannot be read: %(why)s.") % {"file": path.name, "why": error.strerror or str(error)}
        ) from error


def _what_it_says(ending: str) -> FileFormat | None:
    if ending in TEXT_ENDINGS:
        return FileFormat.TEXT
    if ending in WORKBOOK_ENDINGS:
        return FileFormat.WORKBOOK
    return FileFormat.PARQUET if ending in PARQUET_ENDINGS else None


def _what_it_is(head: bytes) -> FileFormat:
    if head.startswith((_ZIP, _OLD_OFFICE)):
        return FileFormat.WORKBOOK
    return FileFormat.PARQUET if head.startswith(_PARQUET) else FileFormat.TEXT


def _says_otherwise(path: Path, found: FileFormat) -> str:
    is_what = {
        FileFormat.WORKBOOK: _("a zip archive or an Excel workbook"),
        FileFormat.PARQUET: _("a Parquet file"),
        FileFormat.TEXT: _("neither an Excel workbook nor a Parquet file"),
    }[found]
    return _("%(file)s is not what its name says: it is %(what)s.") % {"file": path.name, "what": is_what}
