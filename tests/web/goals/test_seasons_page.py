"""Season weights: learned, set by hand, shown with the months of a quarter recomputed at once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pacemark.engine.periods import sales_month, shift_month
from pacemark.web.goals.choices import SeasonBasis, TargetBasis
from pacemark.web.goals.models import SeasonSet
from pacemark.web.goals.queries.month_history import month_history
from pacemark.web.goals.queries.quarters import quarter_board
from pacemark.web.goals.queries.season_page import season_page
from pacemark.web.goals.queries.seasons import saved_seasons, season_on
from pacemark.web.goals.refusals import Refused
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.goals.services.seasons import learn_seasons, set_seasons, take_learned_seasons
from pacemark.web.organization.models import CalendarDay, Team
from pacemark.web.pipeline.history_models import MonthlyTotal
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor

Q1, Q2 = date(2024, 1, 1), date(2024, 4, 1)
ONE = [Fraction(1)] * 12
MAY_STRONG = [Fraction(13, 10) if number == 5 else Fraction(1) for number in range(1, 13)]
WEEKDAYS = {"2024-04": 22, "2024-05": 23, "2024-06": 20}


@pytest.fixture(autouse=True)
def _no_holidays(today: date, people: People) -> None:
    CalendarDay.objects.all().delete()
    people.operations.language = "en"
    people.operations.save()


def _history(team: Team, n_months: int, strong: int = 5) -> None:
    """Write months that end with March 2024's eve: 100 per person and working day, in one month of the year 130."""
    for back in range(1, n_months + 1):
        month = sales_month(shift_month("2024-04", -back))
        days = sum(
            (date.fromordinal(day)).weekday() < 5 for day in range(month.first.toordinal(), month.last.toordinal() + 1)
        )
        rate = 130 if int(month.label[5:]) == strong else 100
        MonthlyTotal.objects.create(
            team=team, month_start=month.first, revenue_minor=rate * days * 4 * 100, active_reps=4
        )


def test_seasons_are_learned_from_totals_per_person_and_working_day(people: People) -> None:
    """Thirty months in which only May is stronger: its raw weight is 1.3 / 1.025, believed by 2.5 / 3.5."""
    _history(people.team, 30)
    row = take_learned_seasons(actor=people.operations, valid_from=Q2)

    assert (row.basis, row.n_months) == (SeasonBasis.LEARNED, 30)
    weights = [float(Fraction(text)) for text in row.weights]
    trust = 2.5 / 3.5
    assert weights[4] == pytest.approx(1 + trust * (1.3 / 1.025 - 1), abs=2e-3)
    assert weights[0] == pytest.approx(1 + trust * (1 / 1.025 - 1), abs=2e-3)
    assert max(weights) == weights[4], "months with more working days are no season"


def test_under_two_years_every_month_weighs_the_same_and_the_page_says_why(people: People) -> None:
    _history(people.team, 23)
    row = take_learned_seasons(actor=people.operations, valid_from=Q2)
    assert (row.basis, row.n_months) == (SeasonBasis.FLAT, 23)
    text = client_of(people.operations).get("/goals/seasons/?quarter=2024-Q2").content.decode()
    assert "one year cannot tell season from growth" in text
    assert "23 months are known." in text


def test_records_take_over_from_totals_and_teams_from_reps(people: People) -> None:
    _history(people.team, 3)
    march = MonthlyTotal.objects.get(month_start=date(2024, 3, 1))
    MonthlyTotal.objects.create(rep=people.rep_row, month_start=date(2024, 2, 1), revenue_minor=1, active_reps=1)
    MonthlyTotal.objects.create(
        rep=people.rep_row, month_start=date(2023, 12, 1), revenue_minor=5_000_00, active_reps=1
    )
    floor = Floor()
    rep, other = floor.rep("A", "closer"), floor.rep("B", "closer")
    floor.dials(rep, date(2024, 3, 4), 1)
    floor.deal(rep, date(2024, 3, 5), 700)
    floor.deal(other, date(2024, 3, 6), 300)
    floor.refund(floor.deal(rep, date(2024, 4, 2), 100), date(2024, 4, 3), 100)
    floor.count()

    found = {(one.year, one.month): one for one in month_history(date(2024, 5, 1))}
    assert list(found) == [(2023, 12), (2024, 1), (2024, 2), (2024, 3), (2024, 4)]
    assert found[2023, 12].amount == 5_000_00, "a rep's total where the teams have none"
    assert found[2024, 2].amount == 100 * 21 * 4 * 100, "the team's, not the rep's on top"
    assert (found[2024, 3].amount, found[2024, 3].active_reps) == (1_000_00, 2), (
        "the records, not the total brought along"
    )
    assert found[2024, 3].amount != march.revenue_minor
    assert (found[2024, 4].amount, found[2024, 4].active_reps) == (0, 1), "sold and given back"
    assert (2024, 4) not in {(one.year, one.month) for one in month_history(date(2024, 4, 30))}


def test_months_before_the_records_begin_in_the_middle_of_one_are_not_theirs(people: People) -> None:
    _history(people.team, 1)
    floor = Floor()
    rep = floor.rep("A", "closer")
    floor.deal(rep, date(2024, 3, 18), 700)
    floor.count()
    (march,) = month_history(Q2)
    assert march.amount == 100 * 21 * 4 * 100, "half a month of records is no month"


def test_a_set_holds_from_its_quarter_on_until_another_does(people: People) -> None:
    set_seasons(actor=people.operations, valid_from=Q1, weights=ONE, note="first")
    set_seasons(actor=people.operations, valid_from=Q2, weights=MAY_STRONG)
    last = set_seasons(actor=people.operations, valid_from=Q2, weights=MAY_STRONG, note="again")
    assert last.version == 2
    saved = saved_seasons()
    assert season_on(date(2023, 10, 1), saved).version == 0
    assert season_on(Q1, saved).note == "first"
    assert season_on(date(2024, 7, 1), saved).weights == tuple(MAY_STRONG)
    assert SeasonSet.objects.count() == 3


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ([Fraction(0)] * 12, "goals.season_all_zero"),
        ([Fraction(0)] * 3 + [Fraction(1)] * 9, "goals.season_all_zero"),
        ([Fraction(-1)] + [Fraction(1)] * 11, "goals.season_negative"),
        ([Fraction(1)] * 11, "goals.season_negative"),
    ],
)
def test_weights_that_split_nothing_are_refused(people: People, weights: list[Fraction], code: str) -> None:
    with pytest.raises(Refused) as refused:
        set_seasons(actor=None, valid_from=Q2, weights=weights)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("day", "code"), [(date(2023, 10, 1), "quarter_closed"), (date(2024, 5, 1), "not_a_quarter_start")]
)
def test_weights_hold_from_a_quarter_that_is_not_over(people: People, day: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        set_seasons(actor=None, valid_from=day, weights=ONE)
    assert refused.value.code == f"goals.{code}"


def test_nights_learn_for_quarters_to_come_and_leave_the_rest_alone(people: People) -> None:
    _history(people.team, 30)
    assert learn_seasons(date(2024, 5, 20)) is not None
    assert learn_seasons(date(2024, 5, 20)) is None, "nothing is new"
    MonthlyTotal.objects.filter(month_start=date(2024, 2, 1)).update(revenue_minor=1_000_000_00)
    assert learn_seasons(date(2024, 4, 1)) is not None, "history has changed, and the quarter has not begun"
    assert learn_seasons(date(2024, 3, 1)) is not None, "the first set of a running quarter"
    MonthlyTotal.objects.all().delete()
    assert learn_seasons(date(2024, 3, 1)) is None, "what a quarter started with stands for it"
    set_seasons(actor=None, valid_from=Q2, weights=MAY_STRONG)
    assert learn_seasons(date(2024, 6, 1)) is None, "a hand is not overruled"


def test_the_page_shows_the_quarters_months_and_tries_weights_without_saving(people: People) -> None:
    page = season_page(Q2)
    assert [month.part_minor // 100 for month in page.months[3:6]] == [30_462, 31_846, 27_692]
    assert set(page.quarter_sums_minor) == {90_000_00}
    client = client_of(people.operations)
    typed = {f"w-{number}": "1.3" if number == 5 else "1" for number in range(1, 13)}
    text = client.get("/goals/seasons/", {"quarter": "2024-Q2", **typed}).content.decode()
    assert all(amount in text for amount in ("¥27,538", "¥37,427", "¥25,035"))
    assert not SeasonSet.objects.exists()

    client.post("/goals/seasons/save/", {"quarter": "2024-Q2", "note": "fairs in May", **typed})
    row = SeasonSet.objects.get()
    assert (row.valid_from, row.basis, row.note, row.weights[4]) == (Q2, SeasonBasis.HAND, "fairs in May", "13/10")
    shown = client.get("/goals/seasons/?quarter=2024-Q3").content.decode()
    assert "2024-Q3: weights set by hand" in shown
    assert "fairs in May" in shown


def test_standing_quarters_are_split_anew_from_the_page(people: People) -> None:
    key = (people.rep_row.pk, Q2)
    set_quarter(actor=None, rep_id=key[0], quarter_start=Q2, amount_minor=90_000_00, basis=TargetBasis.TYPED)
    set_seasons(actor=None, valid_from=Q2, weights=MAY_STRONG)
    client = client_of(people.operations)
    assert "1 person has an amount for 2024-Q2" in client.get("/goals/seasons/?quarter=2024-Q2").content.decode()
    page: Any = client.post("/goals/seasons/split/", {"quarter": "2024-Q2"}, follow=True)
    assert "3 months have another target." in page.content.decode()
    cells = quarter_board([Q2], [key[0]]).quarters[key].cells
    assert [cell.amount_minor // 100 for cell in cells if cell] == [27_538, 37_427, 25_035]


def test_what_is_no_weight_is_told(people: People) -> None:
    typed = {f"w-{number}": "1" for number in range(1, 13)} | {"w-3": "strong"}
    client = client_of(people.operations)
    page = client.post("/goals/seasons/save/", {"quarter": "2024-Q2", **typed}, follow=True)
    assert "Write weights as numbers" in page.content.decode()
    assert not SeasonSet.objects.exists()
    zeros = dict.fromkeys(typed, "0")
    page = client.post("/goals/seasons/save/", {"quarter": "2024-Q2", **zeros}, follow=True)
    assert "must weigh more than zero" in page.content.decode()
