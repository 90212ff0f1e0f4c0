"""`pacemark plan` and `pacemark people`: what they print, and one plain sentence for each mistake."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pacemark.cli import main
from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.services.plans import work_out
from tests.web.goals.floor import Floor, weekdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["pacemark", *(str(word) for word in words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Ran(code=code, **dict(zip(("out", "err"), capsys.readouterr(), strict=True)))

    return command


@pytest.fixture
def floor(db: None) -> Floor:
    floor = Floor()
    for name, number in (("Ann", "0007"), ("Bob", None)):
        rep = floor.rep(name, "full_cycle", employee_no=number)
        for day in weekdays(date(2024, 1, 1), date(2024, 1, 31)):
            floor.dials(rep, day, 10, 4, 2)
    floor.count()
    return floor


def _people(ran: Ran) -> dict[str, dict[str, Any]]:
    assert (ran.code, ran.err) == (0, "")
    return {document["rep"]: document for document in json.loads(ran.out)["people"]}


def test_json_is_the_plan_and_nothing_is_written(run: Run, floor: Floor) -> None:
    ran = run("plan", "--json")
    answer = json.loads(ran.out)

    assert (answer["period"], answer["as_of"]) == ("2024-02", "2024-02-01")
    documents = work_out(sales_month("2024-02"), date(2024, 2, 1))
    assert answer["people"] == [{name: one[name] for name in one if name != "carried"} for one in documents]
    for document in answer["people"]:
        assert {"rep", "role", "target", "rates", "plans"} <= set(document)
        for rate in document["rates"].values():
            assert {"raw", "tried", "mean", "interval", "from_peers"} <= set(rate)
        assert set(document["plans"]) == {"0.5", "0.8", "0.9"}
        assert {"per_day", "per_week", "feasible", "dials"} <= set(document["plans"]["0.5"])
    assert not RepPlan.objects.exists()


def test_period_and_as_of(run: Run, floor: Floor) -> None:
    answer = json.loads(run("plan", "--period", "2024-01", "--as-of", "2024-01-15", "--json").out)

    assert (answer["period"], answer["as_of"]) == ("2024-01", "2024-01-15")
    assert {document["days"] for document in answer["people"]} == {13}
    assert {document["rates"]["connect_per_dial"]["tried"] for document in answer["people"]} == {100}


def test_one_target_for_everyone(run: Run, floor: Floor) -> None:
    found = _people(run("plan", "--target", "1234.56", "--json"))
    assert {(d["target"], d["target_basis"]) for d in found.values()} == {(1234.56, "typed")}


def test_targets_from_a_file_by_name_or_number(run: Run, floor: Floor, tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text('\ufeffrep,target\n0007,"30,000.00"\n Bob ,"€ 1.500,00"\n', encoding="utf-8")
    found = _people(run("plan", "--targets", path, "--json"))

    assert {name: document["target"] for name, document in found.items()} == {"Ann": 30_000, "Bob": 1_500}


def test_a_workbook_with_the_same_people(run: Run, floor: Floor, tmp_path: Path) -> None:
    path = tmp_path / "plans.xlsx"
    found = _people(run("plan", "--target", "9000", "--json", "--xlsx", path))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]

    assert {row[0]: row[4] for row in rows} == {name: document["target"] for name, document in found.items()}


def test_a_table_for_people(run: Run, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ran = run("plan", "--target", "9000")

    assert ran.code == 0
    assert "2024-02: 2024-02-01 to 2024-02-29" in ran.out
    assert "Ann" in ran.out
    assert "9,000" in ran.out


def test_an_empty_database_says_what_to_do(run: Run, db: None) -> None:
    ran = run("plan")
    assert (ran.code, ran.out.strip()) == (0, "Nobody to plan for: import records first.")
    assert json.loads(run("plan", "--json").out)["people"] == []


MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "period": (("--period", "2024-13"), "2024-01"),
    "period words": (("--period", "soon"), "2024-01"),
    "as of": (("--as-of", "31.12.2023"), "--as-of"),
    "as of after the month": (("--period", "2024-01", "--as-of", "2024-02-01"), "lies after the month"),
    "negative": (("--target", "-1"), "--target"),
    "not a number": (("--target", "nan"), "--target"),
    "infinite": (("--target", "inf"), "--target"),
    "both": (("--target", "1", "--targets", "x.csv"), "not both"),
    "no file": (("--targets", "nowhere.csv"), "nowhere.csv"),
    "a folder": (("--targets", "."), "cannot be read"),
    "not a folder for the workbook": (("--xlsx", "nowhere/plans.xlsx"), "nowhere"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_exit_two(
    run: Run, floor: Floor, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words, said = MISTAKES[mistake]
    ran = run("plan", *words, "--json")

    assert (ran.code, ran.out) == (2, ""), ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1


FILES: dict[str, tuple[bytes, str]] = {
    "unknown person": (b"rep,target\nAnn,1\nZoe,2\n", "line 3"),
    "no such columns": (b"who,amount\nAnn,1\n", "line 2"),
    "not an amount": (b"rep,target\nAnn,12..3\n", "line 2"),
    "empty amount": (b"rep,target\nAnn,\n", "line 2"),
    "negative": (b"rep,target\nAnn,-5\n", "line 2"),
    "GB18030": ("rep,target\n王芳,5\n".encode("gb18030"), "UTF-8"),
    "zip": (b"PK\x03\x04\x00\xff\xfe", "UTF-8"),
    "null bytes": (b"rep,target\nAnn,1\x00\n", "targets.csv"),
    "huge field": (b"rep,target\nAnn," + b"9" * 200_000 + b"\n", "targets.csv"),
    "astronomic": (b"rep,target\nAnn," + b"9" * 40 + b"\n", "line 2"),
    "named twice": (b"rep,target\nAnn,1\n0007,2\n", "line 3"),
}


@pytest.mark.parametrize("file", FILES)
def test_a_bad_file_of_targets_is_one_sentence(run: Run, floor: Floor, file: str, tmp_path: Path) -> None:
    content, said = FILES[file]
    (tmp_path / "targets.csv").write_bytes(content)
    ran = run("plan", "--targets", tmp_path / "targets.csv", "--json")

    assert (ran.code, ran.out) == (2, ""), ran.err
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_two_people_of_one_name_are_not_mixed_up(run: Run, floor: Floor, tmp_path: Path) -> None:
    floor.rep("Bob", employee_no="0099")
    with (tmp_path / "targets.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("rep", "target"), ("Bob", 5)])
    ran = run("plan", "--targets", tmp_path / "targets.csv", "--json")

    assert ran.code == 2
    assert "Bob" in ran.err


def test_people_are_added_once(run: Run, db: None) -> None:
    words = ("people", "add", "mia", "--access", "manager", "--name", "Mia", "--password", "correct-horse-battery")
    assert run(*words).code == 0
    again = run(*words)

    assert (again.code, again.out) == (2, "")
    assert "mia" in again.err
    assert User.objects.get().access_role == "manager"
    assert "mia" in run("people", "list").out


def test_a_weak_password_is_a_sentence(run: Run, db: None) -> None:
    ran = run("people", "add", "mia", "--password", "12345")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert not User.objects.exists()
