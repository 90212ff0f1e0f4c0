"""Settings · Ladder: what planners see and type, and what they are told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pacemark.web.goals.models import GradeTier, RampMonth, TierLabel
from pacemark.web.organization.grade_services import save_grade, set_quota
from pacemark.web.organization.models import Grade, GradeQuota
from tests.support.people import People, client_of

HOME = "/settings/ladder/"


@pytest.fixture(autouse=True)
def _english(people: People, today: date) -> None:
    people.operations.language = "en"
    people.operations.save()


def _post(people: People, path: str, **typed: Any) -> Any:
    return client_of(people.operations).post(HOME + path, typed, follow=True)


def _text(response: Any) -> str:
    return str(response.content.decode())


def test_an_empty_ladder_says_what_is_asked_without_it(people: People) -> None:
    page = client_of(people.operations).get(HOME)
    assert "No grade yet" in _text(page)
    assert "Without grades everyone is asked their own median month" in _text(page)


def test_grade_quota_tiers_and_ramp_are_typed_and_shown(people: People) -> None:
    _post(people, "grade/", name="P1")
    grade = Grade.objects.get()
    page = _post(people, "quota/", grade=grade.pk, valid_from="2024-01-01", amount="90,000")
    assert "¥90,000" in _text(page)
    assert "from 1 Jan 2024: ¥90,000" in _text(page)
    page = _post(people, "tiers/", grade=grade.pk, valid_from="2024-03-15", core="90000", high="108000")
    assert GradeTier.objects.count() == 2
    assert "set, from 15 Mar 2024" in _text(page)
    assert "0 past quarters" in _text(page)
    page = _post(people, "labels/", core="Bronze", high="", benchmark="Gold")
    assert TierLabel.objects.count() == 2
    assert "<th>Bronze</th>" in _text(page)
    _post(people, "newcomers/", month_1="0", month_2="50", month_3="", month_4="80")
    assert list(RampMonth.objects.order_by("month_no").values_list("share_percent", flat=True)) == [0, 50]


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("quota/", {"valid_from": "2024-04-01", "amount": "0"}, "A quota must be above zero."),
        ("quota/", {"valid_from": "2024-04-01", "amount": "-5"}, "A quota must be above zero."),
        ("quota/", {"valid_from": "2024-01-01", "amount": "5"}, "two cannot hold at once"),
        ("quota/", {"valid_from": "2024-04-01", "amount": "many"}, "Enter a number."),
        ("tiers/", {"valid_from": "2024-04-01", "core": "9", "high": "8"}, "Tiers must rise"),
        ("newcomers/", {"month_1": "120"}, "between 0 and 100 percent"),
        ("labels/", {"core": "A", "high": "A"}, "must not have the same name"),
        ("grade/", {"name": "P1", "grade": ""}, "Another grade has this name already."),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(
    people: People, path: str, typed: dict[str, str], told: str
) -> None:
    grade = save_grade(actor=None, grade_id=None, name="P1")
    set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), quota_minor=90_000_00)
    page = _post(people, path, **({"grade": grade.pk} | typed))

    assert page.status_code == 422
    assert told in _text(page)
    assert all(f'value="{value}"' in _text(page) for value in typed.values() if value)
    assert GradeQuota.objects.count() == 1
    assert not GradeTier.objects.exists()


def test_a_quota_is_taken_back_only_before_it_holds(people: People) -> None:
    grade = save_grade(actor=None, grade_id=None, name="P1")
    held = set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 1, 1), quota_minor=90_000_00)
    later = set_quota(actor=None, grade_id=grade.pk, valid_from=date(2024, 4, 1), quota_minor=99_000_00)
    page = client_of(people.operations).get(HOME)
    assert f"quota/{later.pk}/drop/" in _text(page)
    assert f"quota/{held.pk}/drop/" not in _text(page)

    _post(people, f"quota/{later.pk}/drop/")
    page = _post(people, f"quota/{held.pk}/drop/")
    assert "it stays on record" in _text(page)
    assert list(GradeQuota.objects.values_list("pk", flat=True)) == [held.pk]
    assert _post(people, "quota/0/drop/").status_code == 200
