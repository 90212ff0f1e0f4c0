"""The workbook, read by another library: the same numbers, and nothing that a spreadsheet would run."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from pacemark.engine.periods import sales_month
from pacemark.web.goals.services.plans import work_out
from pacemark.web.goals.workbook import plans_workbook
from tests.web.goals.floor import Floor, steady_months, weekdays

EVIL = ('=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "=1+1|cmd", "https://x.example", "00123")
STAGES = ("pipeline", "deals", "opportunities", "deep_talks", "connects", "dials")


@pytest.fixture
def documents(db: None) -> list[dict[str, Any]]:
    floor = Floor()
    reps = [floor.rep(name, "full_cycle", employee_no=f"={name}"[:64]) for name in EVIL]
    closer, setter = floor.rep("Closer", "closer"), floor.rep("Setter", "setter")
    days = weekdays(date(2024, 1, 15), date(2024, 1, 31))
    steady_months(floor, reps[:2], days)
    steady_months(floor, [setter], days, [closer])
    floor.count()
    return work_out(sales_month("2024-02"), date(2024, 2, 1))


def _sheets(documents: list[dict[str, Any]], language: str) -> list[list[list[Any]]]:
    with translation.override(language):
        book = CalamineWorkbook.from_filelike(BytesIO(plans_workbook(documents)))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_people_sheet_holds_the_plans(documents: list[dict[str, Any]], language: str) -> None:
    people, _rates = _sheets(documents, language)
    head, *rows = people

    assert len(head) == len(set(head)) == 6 + 3 * (1 + len(STAGES) + 2)
    assert len(rows) == len(documents)
    for document, row in zip(documents, rows, strict=True):
        assert row[:4] == [document["rep"], document["employee_no"], document["team"], document["role"]]
        assert row[4:6] == [document["target"], document["days"]]
        for place, plan in enumerate(document["plans"].values()):
            odds, *stages, per_day, _fits = row[6 + 9 * place : 15 + 9 * place]
            dials = plan["per_day"]["dials"]
            expected = [plan["odds"], *(plan[stage] for stage in STAGES), dials and dials["exact"]]
            for found, wanted in zip([odds, *stages, per_day], expected, strict=True):
                assert found == ("" if wanted is None else pytest.approx(wanted, rel=1e-12))


def test_the_rates_sheet_holds_every_rate_with_its_n(documents: list[dict[str, Any]]) -> None:
    _people, (_head, *rows) = _sheets(documents, "en")
    expected = [
        [document["rep"], rate["raw"], rate.get("won"), rate["tried"], rate["mean"], *rate["interval"]]
        for document in documents
        for rate in (*document["rates"].values(), document["deal_value"])
    ]

    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        blank = ["" if value is None else value for value in wanted]
        assert row[0] == blank[0]
        for found, value in zip(row[2:8], blank[1:], strict=True):
            assert found == (value if value == "" else pytest.approx(value, rel=1e-12))


def test_nothing_in_it_is_a_formula_or_a_link(documents: list[dict[str, Any]]) -> None:
    with zipfile.ZipFile(BytesIO(plans_workbook(documents))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}

    assert not any("<f>" in text or "<f " in text for text in parts.values())
    assert not any("<hyperlink" in text for text in parts.values())
    people = _sheets(documents, "en")[0]
    assert {row[0] for row in people[1:]} >= set(EVIL), "names are shown as they were entered"


def test_no_people_is_an_empty_workbook() -> None:
    people, rates = _sheets([], "en")
    assert (len(people), len(rates)) == (1, 1)
