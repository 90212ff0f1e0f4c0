"""What people get wrong, through every door that they use: one clear sentence each, and nothing lost."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pacemark.cli import main
from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import SeasonSet, Target, TargetBatch
from pacemark.web.goals.queries.agreements import states_of
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_months
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import CalendarDay, GradeQuota, Leave, Membership
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor
from tests.web.goals.talks import planned_talk

MARCH, APRIL, TODAY = sales_month("2024-03"), sales_month("2024-04"), date(2024, 3, 15)
NOTES = re.compile(
    r'<(?:div class="note (?:risk|warn)|ul class="errorlist|p class="risk m)[^>]*>(.*?)</(?:div|ul|p)>', re.DOTALL
)
SENTENCE = re.compile(r"^[A-Z0-9“][^<>{}]*[.?]$")
Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _english(people: People, today: date) -> None:
    CalendarDay.objects.all().delete()
    User.objects.update(language="en")
    for user in (people.operations, people.manager, people.rep):
        user.refresh_from_db()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; return its exit code and all that it said."""

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["pacemark", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, "".join(capsys.readouterr())

    return command


def _said(user: User, address: str, **typed: Any) -> list[str]:
    """Send a form as a page does, and return what the page says was wrong: notes and errors beside fields."""
    text = client_of(user).post(address, typed, follow=True).content.decode()
    return [unescape(re.sub(r"<[^>]+>", " ", one)).strip() for one in NOTES.findall(text)]


def _one_sentence(said: list[str], about: str) -> None:
    assert len(said) == 1, said
    assert SENTENCE.match(said[0]), said
    assert about in said[0]


def _api(user: User, address: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    answer = client_of(user).post(f"/api/v1/{address}", json.dumps(sent), content_type="application/json")
    return answer.status_code, answer.json()


def _refused(answer: tuple[int, dict[str, Any]], status: int, code: str) -> None:
    assert (answer[0], answer[1]["error"]["code"]) == (status, code)
    assert SENTENCE.match(answer[1]["error"]["message"])


def _targets(people: People) -> list[tuple[str, int]]:
    rows = Target.objects.filter(rep=people.rep_row).order_by("period_start", "version")
    return [(f"{row.period_start:%m}", row.amount_minor) for row in rows]


def _book(write: Callable[[Any], None], *rows: list[Any]) -> SimpleUploadedFile:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Mine")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        write(sheet)
    return SimpleUploadedFile("mine.xlsx", buffer.getvalue())


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_a_quota_of_nothing_or_less(people: People, amount: str) -> None:
    grade = save_grade(actor=None, grade_id=None, name="P1")
    set_quota(actor=None, grade_id=grade.pk, valid_from=date(2023, 1, 1), quota_minor=90_000_00)
    said = _said(people.operations, reverse("ladder:quota"), grade=grade.pk, valid_from="2024-04-01", amount=amount)
    _one_sentence(said, "")
    assert list(GradeQuota.objects.values_list("quota_minor", flat=True)) == [90_000_00]


def test_two_quotas_from_one_day(people: People) -> None:
    grade = save_grade(actor=None, grade_id=None, name="P1")
    set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 4, 1), quota_minor=90_000_00)
    typed = {"grade": grade.pk, "valid_from": "2024-04-01", "amount": "95000"}
    _one_sentence(_said(people.operations, reverse("ladder:quota"), **typed), "day")
    assert list(GradeQuota.objects.values_list("quota_minor", flat=True)) == [90_000_00]


def test_memberships_that_would_overlap_follow_each_other(people: People) -> None:
    """A move dated into the middle of another ends it there: on no day are there two, and none without one."""
    address = f"/settings/people/{people.rep_row.pk}/"
    for day, team in (
        ("2024-06-01", people.other_team),
        ("2024-02-01", people.team),
        ("2024-02-01", people.other_team),
    ):
        assert _said(people.operations, address, team=team.pk, valid_from=day) == []
    rows = Membership.objects.filter(rep=people.rep_row).order_by("valid_from")
    assert [(row.valid_from, row.valid_to) for row in rows] == [
        (date(2023, 1, 1), date(2024, 2, 1)),
        (date(2024, 2, 1), date(2024, 6, 1)),
        (date(2024, 6, 1), None),
    ]


def test_a_target_below_zero(people: People, run: Run) -> None:
    set_months(actor=None, changes={(people.rep_row.pk, APRIL.first): 900_00}, basis=TargetBasis.TYPED, hold=False)
    rep, lead = people.rep_row.pk, people.manager
    month = {"period": "2024-04", "month": "2024-04"}
    _one_sentence(_said(lead, f"/goals/{rep}/target/", amount="-5", **month), "30000")
    _one_sentence(_said(lead, f"/goals/{rep}/quarter/amount/", amount="-5", quarter="2024-Q2"), "Amount must not be")
    _one_sentence(_said(lead, f"/goals/{rep}/quarter/months/", quarter="2024-Q2", **{"m-2024-04": "-5"}), "2024-04")
    _one_sentence(_said(lead, f"/goals/cell/{rep}/", amount="-5", version="1", back="period=2024-04", **month), "30000")
    _refused(_api(lead, f"goals/reps/{rep}/target?period=2024-04", amount="-5"), 422, "request.invalid")
    code, said = run("plan", "--period", "2024-04", "--target", "-5")
    assert (code, "Traceback" in said) == (2, False)
    assert "0 or more" in said
    assert _targets(people) == [("04", 900_00)]


def test_weights_that_are_all_zero(people: People, run: Run) -> None:
    zero = {f"w-{number}": "0" for number in range(1, 13)}
    _one_sentence(_said(people.operations, "/goals/seasons/save/", quarter="2024-Q2", **zero), "zero")
    assert not SeasonSet.objects.exists()
    _refused(_api(people.rep, "calc/quantify", amount=9, weights=[0, 0]), 422, "goals.weights_all_zero")
    code, said = run("calc", "quantify", "--json", '{"amount": 9, "weights": [0, 0]}')
    assert (code, json.loads(said)["error"]["code"]) == (2, "goals.weights_all_zero")
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    page = client_of(people.manager).get(
        f"/goals/{people.rep_row.pk}/what-if/",
        {"period": "2024-03", "split-amount": "90000", "split-weights": "0 0 0"},
    )
    assert "At least one period must have a weight and working days above zero." in page.content.decode()


def test_nobody_can_work_on_days_that_are_not_there(people: People, run: Run) -> None:
    """On leave for the rest of the month: pages say that no day is left, and what was asked stays."""
    Floor()
    Leave.objects.create(rep=people.rep_row, first_day=TODAY, last_day=MARCH.last)
    changes = {(people.rep_row.pk, MARCH.first): 900_00}
    set_months(actor=None, changes=changes, basis=TargetBasis.TYPED, hold=False)
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    replan_period(actor=None, period=MARCH, as_of=TODAY)
    text = client_of(people.manager).get(f"/today/{people.rep_row.pk}/").content.decode()
    assert text.count("No working day is left for what is missing.") == 1
    asked = {
        "target": 30000, "day": 22, "days": 22, "booked": 12000, "open_pipeline": 0, "pipeline_conversion": 0.2,
        "deal_value": 3000, "rates": {
            "opportunity_per_deep_talk": 0.25, "deep_talk_per_connect": 0.2, "connect_per_dial": 0.4
        },
    }  # fmt: skip
    status, answer = _api(people.rep, "calc/replan", **asked)
    assert (status, answer["per_day"]["dials"]) == (200, {"exact": None, "rounded": None})
    assert SENTENCE.match(answer["reasons"]["per_day"]["message"])
    assert run("calc", "replan", "--json", json.dumps(asked))[0] == 0
    assert _targets(people) == [("03", 900_00)]


def test_a_target_below_what_is_booked(people: People) -> None:
    """Allowed, since it may be meant; said at every door."""
    floor = Floor()
    floor.deal(people.rep_row, date(2024, 3, 5), 900)
    floor.count()
    rep, lead = people.rep_row.pk, people.manager
    said = _said(lead, f"/goals/{rep}/target/", amount="500", period="2024-03")
    _one_sentence(said, "booked")
    status, answer = _api(lead, f"goals/reps/{rep}/target?period=2024-03", amount="400")
    assert (status, answer["amount_minor"], answer["booked_minor"]) == (200, 400_00, 900_00)
    book = _book(lambda _sheet: None, ["No.", "2024-03"], ["0001", 300])
    text = client_of(lead).post("/goals/changes/import/", {"workbook": book}, follow=True).content.decode()
    assert "This is less than is booked already; it is allowed." in text
    assert _targets(people)[-1] == ("03", 400_00), "a preview writes nothing"
    replan_period(actor=None, period=MARCH, as_of=TODAY)
    assert "0 <small>" in client_of(people.rep).get("/today/").content.decode()


def test_two_managers_answer_at_once(people: People) -> None:
    talk = planned_talk(people)
    talk.propose()
    sent = {"seen": 1, "amount": 300, "reason": "leave"}
    assert _api(people.manager, f"goals/reps/{talk.rep_id}/revise?period=2024-03", **sent)[0] == 200
    late = _api(people.director, f"goals/reps/{talk.rep_id}/revise?period=2024-03", **{**sent, "amount": 400})
    _refused(late, 409, "goals.agreement_stale")
    page = client_of(people.director).post(
        f"/goals/{talk.rep_id}/agreement/revise/",
        {"period": "2024-03", "seen": "1", "amount": "400", "reason": "my words"},
    )
    text = page.content.decode()
    assert page.status_code == 409
    assert text.count("Somebody was quicker.") == 1
    assert "my words" in text
    assert 'value="400"' in text
    assert states_of(MARCH.first, {talk.rep_id})[talk.rep_id].target_minor == 300_00


def test_a_workbook_with_broken_formulas(people: People) -> None:
    def write(sheet: Any) -> None:
        sheet.write_formula("B2", "=Gone!A1", None, "#REF!")
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D3", '=VLOOKUP("x",A1:A2,1,0)', None, "#N/A")

    rows = (
        ["No.", "2024-04", "2024-05", "2024-06"],
        ["0001", "", "", "三万"],
        ["0002", 4_000, "4 000元", ""],
    )
    address = "/goals/changes/import/"
    text = client_of(people.operations).post(address, {"workbook": _book(write, *rows)}, follow=True).content.decode()
    said = {
        cell: unescape(re.sub(r"<[^>]+>", " ", why)).strip()
        for cell, why in re.findall(r"<tr[^>]*>\s*<td[^>]*>Mine!([A-D]\d)</td>(.*?)</tr>", text, re.DOTALL)
    }
    assert set(said) >= {"B2", "C2", "D2", "D3"}, said
    for cell in ("B2", "C2", "D3"):
        assert "formula" in said[cell]
    assert TargetBatch.objects.count() == 1
    assert "4,000" in text, "the good cells stay"
    not_a_book = SimpleUploadedFile("mine.xlsx", b"no workbook")
    _one_sentence(_said(people.operations, address, workbook=not_a_book), "workbook")
    assert not Target.objects.exists()
