"""Files that attack whoever opens them: what unpacks without end, what reckons in a spreadsheet, what names a place."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.readers.opening import open_tables
from pacemark.web.intake.refused_rows import RefusedRow, RefusedRows
from pacemark.web.intake.services import imports_folder
from pacemark.web.shared import workbook_sizes
from pacemark.web.shared.plain_cells import plain_cell
from pacemark.web.shared.workbook_sizes import NotAWorkbookError, WorkbookTooLargeError, check_workbook
from pacemark.web.ui.wording import words_for
from tests.support.people import People, client_of

# --- workbooks that are larger than they look -------------------------------------------------------------------------


def _book(cells: dict[tuple[int, int], str]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for (row, column), text in cells.items():
            sheet.write_string(row, column, text)
    return buffer.getvalue()


def _far_corner() -> bytes:
    """Two cells: laid out whole they are seventeen thousand million, and the reader's process dies of it."""
    return _book({(0, 0): "Name", (1, 0): "x", (1_048_575, 16_383): "y"})


def _swollen(claimed_bytes: int | None = None) -> bytes:
    """A sheet of blanks, a thousand times its packed size; the archive may name a smaller one."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (4 * 1024 * 1024))
    packed = buffer.getvalue()
    if claimed_bytes is not None:
        truth = (4 * 1024 * 1024).to_bytes(4, "little")
        assert packed.count(truth) == 2, "in the member's head and in the archive's list"
        packed = packed.replace(truth, claimed_bytes.to_bytes(4, "little"))
    return packed


def test_cells_in_far_corners_are_seen_before_anybody_lays_them_out(people: People, tmp_path: Path) -> None:
    bomb = _far_corner()
    assert len(bomb) < 10_000
    (tmp_path / "bomb.xlsx").write_bytes(bomb)
    with translation.override("en"), pytest.raises(FileError, match="unpacks to more"):
        open_tables(tmp_path / "bomb.xlsx")

    client = client_of(people.operations)
    upload = {"uploads": SimpleUploadedFile("leads.xlsx", bomb)}
    assert client.post(reverse("intake:upload"), upload).status_code == 400
    assert not ImportBatch.objects.exists()
    targets = {"workbook": SimpleUploadedFile("targets.xlsx", bomb)}
    told = client.post(reverse("goals:prepare_import"), targets, follow=True)
    assert words_for("goals.workbook_too_large", None) in told.content.decode()


@pytest.mark.parametrize("claimed", [None, 10])
def test_what_unpacks_to_too_much_is_refused_whatever_it_claims(
    monkeypatch: pytest.MonkeyPatch, claimed: int | None
) -> None:
    monkeypatch.setattr(workbook_sizes, "MAX_UNPACKED_BYTES", 3 * 1024 * 1024)
    bomb = _swollen(claimed)
    assert len(bomb) < 10_000
    with pytest.raises(WorkbookTooLargeError):
        check_workbook(io.BytesIO(bomb))
    monkeypatch.setattr(workbook_sizes, "MAX_UNPACKED_BYTES", 5 * 1024 * 1024)
    check_workbook(io.BytesIO(bomb))


@pytest.mark.parametrize(
    ("cell", "is_far"),
    [
        (b'<c r="Z99999">', False),
        (b'<c r="B900000">', False),
        (b'<c r="XFD3000"><c r="A1">', False),  # wide and short
        (b'<c r="XFD4000"><c r="A1">', True),
        (b"<c r='XFD1048576'>", True),
        (b'<row r="1048576"><c><v>1</v></c></row><c r="BZ1">', True),
        (b'<c  r = "BZ1048576" s="1">', True),
    ],
)
def test_far_cells_are_seen_however_they_are_written(cell: bytes, is_far: bool) -> None:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        # across the edge of what is read at a time
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (1024 * 1024 - 5) + cell)
    if is_far:
        with pytest.raises(WorkbookTooLargeError):
            check_workbook(buffer)
    else:
        check_workbook(buffer)


def test_an_honest_workbook_passes_and_other_archives_do_not(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(_book({(0, 0): "Name", (0, 1): "Phone", (1, 0): "Li", (1, 1): "1"}))
    check_workbook(path)
    assert CalamineWorkbook.from_path(str(path)).sheet_names
    with ZipFile(tmp_path / "other.xlsx", "w") as parts:
        parts.writestr("content.xml", "x")
    with pytest.raises(NotAWorkbookError):
        check_workbook(tmp_path / "other.xlsx")
    (tmp_path / "cut.xlsx").write_bytes(path.read_bytes()[:300])
    with pytest.raises(NotAWorkbookError):
        check_workbook(tmp_path / "cut.xlsx")


# --- uploads ----------------------------------------------------------------------------------------------------------


def test_an_upload_past_the_limit_is_not_read(people: People, settings: Any) -> None:
    settings.PACEMARK_UPLOAD_MB = 1
    client = client_of(people.operations)
    large = {"uploads": SimpleUploadedFile("leads.csv", b"Name,Phone\n" * 120_000)}

    assert client.post(reverse("intake:upload"), large).status_code == 400
    assert not ImportBatch.objects.exists()


def test_a_body_past_the_limit_is_not_read(people: People, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = client_of(people.operations)
    answer = client.post("/api/v1/leads", b'{"x": "' + b"y" * 2000 + b'"}', content_type="application/json")

    assert answer.status_code in {400, 413}


@pytest.mark.parametrize(
    "name", ["../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "....//evil.csv", "a/../../evil.csv"]
)
def test_a_file_s_name_leads_nowhere_else(people: People, settings: Any, tmp_path: Path, name: str) -> None:
    settings.PACEMARK_HOME, settings.MEDIA_ROOT = tmp_path / "home", tmp_path / "home" / "uploads"
    text = b"lead id,phone,name,created at\nL1,13800138000,Li,2024-03-01 10:00\n"
    body = (
        b'--X\r\nContent-Disposition: form-data; name="uploads"; filename="%s"\r\n'
        b"Content-Type: text/csv\r\n\r\n%s\r\n--X--\r\n" % (name.encode(), text)
    )
    client_of(people.operations).post(reverse("intake:upload"), body, content_type="multipart/form-data; boundary=X")

    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(imports_folder()) for path in written), written
    assert not Path("/etc/evil.csv").exists()


@pytest.mark.parametrize("path", ["../settings.py", "..%2f..%2fconfig/settings.py", "%2e%2e/%2e%2e/secret.key"])
def test_static_files_lead_nowhere_else(client: Any, path: str) -> None:
    assert client.get(f"/static/{path}").status_code in {302, 400, 404}


# --- what leaves ------------------------------------------------------------------------------------------------------

FORMULAS = ("=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "＝1+1")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_would_reckon_gets_an_apostrophe(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Li", "-5", "+8613800138000", "1,250.50", "a=b", "李"])
def test_a_cell_that_would_not_stays(text: str) -> None:
    assert plain_cell(text) == text


def test_refused_rows_carry_no_formula(tmp_path: Path) -> None:
    rows = RefusedRows(tmp_path / "errors.csv")
    rows.add(
        RefusedRow(file="=f.csv", line=number, column="@c", reason="no date", value=text)
        for number, text in enumerate(FORMULAS)
    )

    with (tmp_path / "errors.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" \t\r").startswith(("=", "+", "-", "@", "＝"))]


def test_workbooks_carry_no_formula(people: People) -> None:
    """A person whose name is a formula, in every workbook that leaves."""
    people.rep_row.name = '=HYPERLINK("https://evil.example","x")'
    people.rep_row.save(update_fields=["name"])
    client = client_of(people.operations)
    found = 0
    for name in ("goals:export", "goals:targets_workbook"):
        answer = client.get(reverse(name))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if not body.startswith(b"PK"):
            continue
        with ZipFile(io.BytesIO(body)) as parts:
            sheets = b"".join(parts.read(one) for one in parts.namelist() if one.startswith("xl/worksheets/"))
        assert b"evil.example" not in sheets and b"<hyperlink" not in sheets, "it stands among the texts"
        found += 1
    assert found
