"""The planted practice and the sham stand in the library as cases that ten people try; the sham is not verified."""

from __future__ import annotations

import pytest
from django.utils import translation

from pacemark.demo.load_cases import write_cases
from pacemark.demo.world import Chronicle
from pacemark.web.results.models import CaseAdoption, Review, SuccessCase
from pacemark.web.results.pages.review_words import parts_of
from tests.support.made_up import SPEC


@pytest.mark.django_db
def test_the_practice_is_tried_or_verified_and_the_sham_is_not_verified(made_up: Chronicle) -> None:
    n_cases = SuccessCase.objects.count()
    write_cases(SPEC)
    layout = made_up.layout
    number = layout.people.employee_no

    practice, sham = SuccessCase.objects.filter(is_by_system=False).order_by("pk")
    assert practice.star is not None
    assert practice.star.employee_no == number[layout.planted.pioneer]
    assert practice.state in {"tried", "verified"}
    assert next(one for one in practice.content["habits"] if one["code"] == "soon_share")["is_distinct"]
    assert sham.state in {"tried", "refuted"}
    for case, planted in ((practice, layout.planted.adopters), (sham, layout.planted.sham_adopters)):
        trying = CaseAdoption.objects.filter(case=case, since=SPEC.trial.first).values_list(
            "rep__employee_no", flat=True
        )
        assert set(trying) == {number[place] for place in planted}
    assert SuccessCase.objects.count() == n_cases, "written once"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_reviews_call_each_case_by_its_name(made_up: Chronicle, language: str) -> None:
    told = [row.content for row in Review.objects.order_by("pk") if row.content["cases"]]
    with translation.override(language):
        lines = [line for content in told for part in parts_of(content, {}) for line in part.sentences]
    assert told and not [line for line in lines if "“”" in line]
