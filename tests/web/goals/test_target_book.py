"""The workbook of people × months: out and back again, in both languages, and whatever people do to it in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation
from python_calamine import CalamineWorkbook

from pacemark.engine.periods import sales_month
from pacemark.web.goals.bridge.batches import content_of
from pacemark.web.goals.bridge.target_book import month_label, read_target_book, reference
from pacemark.web.goals.choices import BatchState, TargetBasis
from pacemark.web.goals.models import Target, TargetBatch
from pacemark.web.goals.queries.grid import load_grid, months_shown
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services.batches import confirm_batch
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.goals.services.workbooks import prepare_import
from pacemark.web.goals.targets_workbook import targets_workbook
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.organization.queries import organization
from tests.support.people import People

APRIL = sales_month("2024-04")
MONTHS = ("2024-04", "2024-05", "2024-06")


@pytest.fixture
def floor(people: People, today: date) -> People:
    nameless = Rep.objects.create(name="=1+1")
    Membership.objects.create(rep=nameless, team=people.team, valid_from=date(2023, 1, 1))
    changes = {
        (rep.pk, sales_month(label).first): 1_000_00 * (at + 1) + 50
        for at, rep in enumerate((people.rep_row, people.outsider_row, nameless))
        for label in MONTHS
    }
    set_months(actor=None, changes=changes, basis=TargetBasis.TYPED, hold=False)
    return people


def _export(language: str = "en") -> bytes:
    settings = organization()
    grid = load_grid(months_shown(APRIL, "quarter", 1), APRIL, settings, None)
    with translation.override(language):
        return targets_workbook(grid, range(len(grid.people)), 100)


def _rows(book: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()


def _book(rows: Any, write: Callable[[Any], None] | None = None) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Mine")
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(place, column, value, book.add_format({"num_format": "yyyy-mm"}))
                elif value not in {"", None}:
                    sheet.write(place, column, value)
        if write:
            write(sheet)
    return buffer.getvalue()


def _import(floor: People, book: bytes, rep_ids: frozenset[int] | None = None) -> TargetBatch:
    return prepare_import(actor=floor.operations, book=book, file_name="mine.xlsx", rep_ids=rep_ids)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_export_that_nobody_changed_changes_nothing(floor: People, language: str) -> None:
    batch = _import(floor, _export(language))
    content = content_of(batch.changes)
    assert (content.rows, content.refused, content.n_same) == ((), (), 9)


def test_the_sums_are_formulas_and_nothing_else_is(floor: People) -> None:
    rows = _rows(_export())
    assert rows[0] == ["Employee no.", "Name", "Team", *MONTHS, "Total"]
    assert [sum(row[3:6]) for row in rows[1:-1]] == pytest.approx([row[6] for row in rows[1:-1]])
    assert rows[-1][6] == pytest.approx(sum(row[6] for row in rows[1:-1]))
    assert "=1+1" in {row[1] for row in rows}, "a name stays a name"


def test_columns_may_be_renamed_turned_round_and_have_company(floor: People) -> None:
    number, april, june = floor.rep_row.employee_no, 5_000, 6_000.5
    rows = [
        ["Plan for the board"],
        [],
        ["备注", "Jun 2024", "工号", "姓名", date(2024, 4, 1), "合计"],
        ["x", june, number, floor.rep_row.name, april, 99],
        ["", "", "", "合计", 5, 5],
    ]
    batch = _import(floor, _book(rows))
    assert content_of(batch.changes).refused == ()
    confirm_batch(actor=floor.operations, batch_id=batch.pk)
    run_pending()
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED
    newest = {row.period_start: row for row in Target.objects.filter(rep=floor.rep_row).order_by("version")}
    assert [newest[sales_month(label).first].amount_minor for label in MONTHS] == [5_000_00, 1_000_50, 6_000_50]
    assert newest[APRIL.first].basis == TargetBasis.IMPORTED


def test_each_bad_cell_is_told_by_its_place_and_the_good_rows_stay(floor: People) -> None:
    other = floor.outsider_row
    Rep.objects.create(name="Twin")
    Rep.objects.create(name="Twin")
    rows = [
        ["No.", "Name", "2024-04", "2024-05", "2024-06"],
        ["1", floor.rep_row.name, 4_000, "soon", -5],
        ["9999", "Nobody", 1, "", ""],
        ["", "Twin", 1, "", ""],
        [other.employee_no, floor.rep_row.name, 1, "", ""],
        ["", "", 1, "", ""],
        [other.employee_no, "", "", "4,000", True],
    ]
    batch = _import(floor, _book(rows, lambda sheet: sheet.write_formula("C7", "=1/0", None, "#DIV/0!")))
    content = content_of(batch.changes)
    assert {(one.cell, one.problem) for one in content.refused} == {
        ("D2", "not_an_amount"),
        ("A3", "unknown_person"),
        ("A4", "ambiguous_person"),
        ("A5", "name_differs"),
        ("A6", "no_person"),
        ("C7", "broken_formula"),
        ("E7", "not_an_amount"),
    }
    assert [(row.cell, row.new_minor, row.problems) for row in content.rows] == [
        ("Mine!C2", 4_000_00, ()),
        ("Mine!E2", -5_00, ("negative",)),
        ("Mine!D7", 4_000_00, ()),
    ]


def test_a_formula_without_an_answer_is_told_and_one_with_an_answer_counts(floor: People) -> None:
    def write(sheet: Any) -> None:
        sheet.write_formula("C2", "=1000*1.1", None, 1100.0000000001)
        sheet.write_formula("D2", "=B9", None, "")

    batch = _import(floor, _book([["No.", "Name", "2024-04", "2024-05"], ["0001", "", "", ""]], write))
    content = content_of(batch.changes)
    assert [(row.new_minor, row.problems) for row in content.rows] == [(1_100_00, ())]
    assert [(one.cell, one.problem) for one in content.refused] == [("D2", "broken_formula")]


def test_somebody_named_twice_is_refused_in_both_lines(floor: People) -> None:
    rows = [["No.", "2024-04"], ["0001", 1], ["0001", 2]]
    found = content_of(_import(floor, _book(rows)).changes).rows
    assert [(row.cell, row.problems) for row in found] == [("Mine!B2", ("duplicate",)), ("Mine!B3", ("duplicate",))]


def test_a_month_with_two_columns_is_refused_and_the_other_months_stay(floor: People) -> None:
    content = content_of(_import(floor, _book([["No.", "2024-04", "Apr 2024", "2024-05"], ["0001", 1, 2, 3]])).changes)
    assert [(one.cell, one.problem) for one in content.refused] == [
        ("B1", "duplicate_column"),
        ("C1", "duplicate_column"),
    ]
    assert [row.new_minor for row in content.rows] == [3_00]


def test_who_is_out_of_sight_is_unknown_like_who_does_not_exist(floor: People) -> None:
    rows = [["No.", "Name", "2024-04"], ["0002", floor.outsider_row.name, 5], ["", floor.outsider_row.name, 5]]
    content = content_of(_import(floor, _book(rows), frozenset({floor.rep_row.pk})).changes)
    assert [one.problem for one in content.refused] == ["unknown_person"] * 2
    assert content.rows == ()


@pytest.mark.parametrize(
    ("book", "code"),
    [
        (b"", "goals.workbook_unreadable"),
        (b"PK\x03\x04 not a workbook", "goals.workbook_unreadable"),
        (_book([["No.", "Name", "Amount"], ["1", "x", 5]]), "goals.workbook_without_months"),
        (_book([["2024-04"], [5]]), "goals.workbook_without_months"),
        (_book([]), "goals.workbook_without_months"),
    ],
)
def test_a_file_that_is_no_such_workbook_is_refused_whole(book: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_target_book(book, 2)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("2024-04", "2024-04"), ("2024/4", "2024-04"), ("2024年4月", "2024-04"), ("2024 年 4 月", "2024-04"),
        ("Apr 2024", "2024-04"), ("april 2024", "2024-04"), (date(2024, 4, 30), "2024-04"), ("2024-13", None),
        ("4", None), ("Total", None), ("2024-Q1", None), ("", None), (5.0, None),
    ],
)  # fmt: skip
def test_which_heads_name_a_month(head: Any, label: str | None) -> None:
    assert month_label(head) == label


def test_cells_are_named_as_excel_names_them() -> None:
    assert [reference(0, at) for at in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
