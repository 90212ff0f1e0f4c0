"""Cells of a workbook that hold a formula without an answer: readers of values see nothing in them at all."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

MAX_UNPACKED_BYTES = 200 * 1024 * 1024


class TooLargeError(ValueError):
    """A workbook that unpacks to more than anybody's months."""


def faulty_cells(book: bytes) -> Mapping[str, frozenset[str]]:
    """Return the references of such cells by sheet; nothing for what is no XLSX."""
    try:
        with ZipFile(BytesIO(book)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED_BYTES:
                raise TooLargeError
            names = set(parts.namelist())
            if "xl/workbook.xml" not in names:
                return {}
            paths = _paths(parts.read("xl/workbook.xml"), parts.read("xl/_rels/workbook.xml.rels"))
            return {sheet: _Cells().faulty_in(parts.read(path)) for sheet, path in paths.items() if path in names}
    except (BadZipFile, KeyError, ExpatError):
        return {}


def _paths(book: bytes, links: bytes) -> dict[str, str]:
    """Return each sheet's place in the archive."""
    target_of = {
        link.get("Id", ""): link.get("Target", "").removeprefix("/xl/") for link in _all(links, "Relationship")
    }
    return {sheet.get("name", ""): f"xl/{target_of.get(sheet.get('r:id', ''), '')}" for sheet in _all(book, "sheet")}


def _all(text: bytes, wanted: str) -> list[dict[str, str]]:
    """Return the attributes of every element of a name."""
    found: list[dict[str, str]] = []

    def started(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = ParserCreate()
    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = _refuse_definitions
    parser.Parse(text, True)
    return found


def _refuse_definitions(*_parts: object) -> None:
    # A workbook defines no entities of its own; one that does wants to blow up whoever reads it.
    raise ExpatError("a definition of entities in a workbook")


class _Cells:
    """One walk through a sheet."""

    def __init__(self) -> None:
        self._found: set[str] = set()
        self._cell: dict[str, str] = {}
        self._inside = ""
        self._has_formula = False
        self._value = ""

    def faulty_in(self, text: bytes) -> frozenset[str]:
        """Return the cells whose formula has no answer, or an error for one."""
        parser = ParserCreate()
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._read
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.Parse(text, True)
        return frozenset(self._found)

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = name.rpartition(":")[2]
        if self._inside == "c":
            self._cell, self._has_formula, self._value = attributes, False, ""
        self._has_formula = self._has_formula or self._inside == "f"

    def _read(self, text: str) -> None:
        if self._inside == "v":
            self._value += text

    def _ended(self, name: str) -> None:
        self._inside = ""
        is_cell = name.rpartition(":")[2] == "c"
        if is_cell and (self._cell.get("t") == "e" or (self._has_formula and not self._value.strip())):
            self._found.add(self._cell.get("r", ""))
