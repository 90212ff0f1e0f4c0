from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.readers import open_tables, read_chunks

CHINESE = "编号,坐席,通话时长\n1,李伟,180\n2,王芳,95\n"
GERMAN = "Nr;Käufer;Straße\n1;Müller;Königstraße\n2;Jäger;Gänseweg\n"
RUSSIAN = "номер;менеджер\n1;Иванова\n2;Петров\n3;Щукина\n" * 5


def rows_of(path: Path, chunk_rows: int = 10_000) -> list[tuple[int, tuple[str, ...]]]:
    (table,) = open_tables(path)
    found: list[tuple[int, tuple[str, ...]]] = []
    for chunk in read_chunks(table, chunk_rows):
        found.extend(zip(chunk.lines, zip(*chunk.cells, strict=True), strict=True))
    return found


def malformed_of(path: Path) -> list[tuple[int, str]]:
    (table,) = open_tables(path)
    return [(bad.line, bad.reason) for chunk in read_chunks(table) for bad in chunk.malformed]


def write(folder: Path, content: bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_chinese_text_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, CHINESE.encode(encoding))

    assert open_tables(path)[0].columns == ("编号", "坐席", "通话时长")
    assert rows_of(path) == [(2, ("1", "李伟", "180")), (3, ("2", "王芳", "95"))]


@pytest.mark.parametrize(("text", "encoding"), [(GERMAN, "cp1252"), (GERMAN, "utf-8"), (RUSSIAN, "cp1251")])
def test_other_alphabets_are_not_taken_for_chinese(tmp_path: Path, text: str, encoding: str) -> None:
    path = write(tmp_path, text.encode(encoding))

    first_line, second_line = text.splitlines()[:2]
    assert open_tables(path)[0].columns == tuple(first_line.split(";"))
    assert rows_of(path)[0] == (2, tuple(second_line.split(";")))


def test_the_first_chinese_letter_may_come_late(tmp_path: Path) -> None:
    text = "id,name\n" + "1,plain\n" * 200_000 + "2,李伟和王芳\n"
    path = write(tmp_path, text.encode("gb18030"))

    assert rows_of(path)[-1] == (200_002, ("2", "李伟和王芳"))


def test_a_broken_byte_costs_its_line_alone(tmp_path: Path) -> None:
    text = "id,name\n1,Müller\n2,Jäger\n".encode() + b"3,K\xf6nig\n" + "4,Schäfer\n".encode()
    path = write(tmp_path, text)

    assert [line for line, _row in rows_of(path)] == [2, 3, 5]
    ((line, reason),) = malformed_of(path)
    assert line == 4
    assert "utf-8" in reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_told(tmp_path: Path, delimiter: str) -> None:
    text = "id,note,amount\n1,x,2\n2,y,3\n".replace(",", delimiter)

    assert rows_of(write(tmp_path, text.encode()))[0] == (2, ("1", "x", "2"))


def test_excels_own_first_line_names_the_delimiter(tmp_path: Path) -> None:
    path = write(tmp_path, "sep=;\nid;note\n1;a,b\n".encode("utf-8-sig"))

    assert rows_of(path) == [(3, ("1", "a,b"))]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "导出时间,2024-01-01,,\n\nid,at,owner,seconds\n1,2024-01-02,A,5\n".encode())

    assert open_tables(path)[0].columns == ("id", "at", "owner", "seconds")
    assert rows_of(path) == [(4, ("1", "2024-01-02", "A", "5"))]


def test_lines_count_through_breaks_inside_cells(tmp_path: Path) -> None:
    text = 'id,note\n1,"two\nlines"\n\n2,"with ""quotes"", and comma"\n3,plain\n'
    path = write(tmp_path, text.encode())

    expected = [(2, ("1", "two\nlines")), (5, ("2", 'with "quotes", and comma')), (6, ("3", "plain"))]
    assert rows_of(path) == expected
    assert rows_of(path, chunk_rows=2) == expected


def test_rows_of_another_width_are_refused_by_line(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,note\n1,a\n2\n3,b,c\n4,d,\n5,e\n")

    assert [line for line, _row in rows_of(path)] == [2, 5, 6]
    assert [line for line, _reason in malformed_of(path)] == [3, 4]


def test_an_open_quote_costs_its_line_and_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, b'id,note\n1,a\n2,"b"x\n3,c\n4,"open\n5,d\n')

    assert [line for line, _row in rows_of(path)] == [2, 4]
    assert len(malformed_of(path)) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 10**20).map(str), st.text("ab,;\"'\n 李é", max_size=8)), min_size=1, max_size=12
    ),
    chunk_rows=st.integers(1, 5),
)
def test_what_was_written_is_read_whatever_the_chunks(
    tmp_path: Path, rows: list[tuple[str, str]], chunk_rows: int
) -> None:
    path = tmp_path / "t.csv"
    quoted = ['"id","note"'] + ['"{}","{}"'.format(*(cell.replace('"', '""') for cell in row)) for row in rows]
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8", newline="")

    assert [row for _line, row in rows_of(path, chunk_rows)] == rows


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book)
    book.close()
    return path


def test_a_workbook_gives_text_ids_dates_and_rounded_numbers(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["id", "rounded", "at", "day", "seconds", "flag"])
        sheet.write_string(1, 0, "5805028000000805001")
        sheet.write_number(1, 1, 5805028000000805001)
        sheet.write_datetime(1, 2, datetime(2024, 1, 2, 3, 4), stamp)  # noqa: DTZ001
        sheet.write_datetime(1, 3, date(2024, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(1, 4, 180)
        sheet.write_boolean(1, 5, True)

    path = workbook(tmp_path / "t.xlsx", fill)

    ((line, row),) = rows_of(path)
    assert line == 2
    assert row[0] == "5805028000000805001"
    assert "e+18" in row[1]
    assert row[2] == "2024-01-02 03:04:00"
    assert row[3].startswith("2024-01-02")
    assert row[4:] == ("180", "true")


def test_every_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("calls", "deals"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", name])
            sheet.write_row(1, 0, ["x1", "y"])
        book.add_worksheet("empty")

    tables = open_tables(workbook(tmp_path / "t.xlsx", fill))

    assert [table.name for table in tables] == ["t.xlsx#calls", "t.xlsx#deals"]


def test_parquet_keeps_whole_numbers_and_moments(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT 5805028000000805001::BIGINT AS id, 5805028000000805001::DOUBLE AS rounded, "
        "TIMESTAMP '2024-01-02 03:04:05' AS at, NULL::VARCHAR AS note, 12.50::DECIMAL(9,2) AS amount, 7::DOUBLE AS n "
        "FROM range(25000)"
    ).write_parquet(str(path))

    rows = rows_of(path, 10_000)
    assert len(rows) == 25_000
    line, row = rows[-1]
    assert line == 25_000
    assert row[0] == "5805028000000805001"
    assert "e+18" in row[1]
    assert row[2:] == ("2024-01-02 03:04:05", "", "12.50", "7")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\n \n", "is empty"),
        ("t.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01", "binary data"),
        ("t.csv", bytes(range(256)) * 40, "binary data"),
        ("t.csv", b"PK\x03\x04rest", "not what its name says"),
        ("t.csv", b"PAR1rest", "not what its name says"),
        ("t.xlsx", b"id,name\n1,2\n", "not what its name says"),
        ("t.xlsx", b"PK\x03\x04 broken inside", "cannot be opened as an Excel workbook"),
        ("t.parquet", b"id,name\n1,2\n", "not what its name says"),
        ("t.parquet", b"PAR1 broken inside", "cannot be read as Parquet"),
        (
            "t.csv",
            b"5805028000000805001,2023-06-30 08:43:00,Ann,171\n5805028000000805002,2023-06-30,Bo,1\n",
            "no header",
        ),
        ("t.xls", b"<html><table><tr><td>id</td></tr></table></html>", "not what its name says"),
        ("t.csv", b"<html><body>Sign in</body></html>\n", "web page"),
        ("t.pdf", b"%PDF-1.7", "not a kind of file"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(FileError) as refused:
        open_tables(write(tmp_path, content, name))

    text = str(refused.value)
    assert sentence in text
    assert name in text
    assert "\n" not in text
