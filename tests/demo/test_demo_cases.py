"""The planted practice and the sham stand in the library as cases that ten people try; the sham is not verified."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import override_settings

from pacemark.demo.layout import make_layout
from pacemark.demo.load import write_demo
from pacemark.demo.load_cases import write_cases
from pacemark.demo.spec import DemoSpec
from pacemark.demo.world import LOCAL, Chronicle
from pacemark.web.results.models import CaseAdoption, SuccessCase


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.django_db
def test_the_practice_is_tried_or_verified_and_the_sham_is_not_verified(seed: int) -> None:
    spec = DemoSpec(seed=seed, end=date(2026, 6, 18), reps=32, months=4)
    with override_settings(PACEMARK_TODAY="2026-06-18"):
        write_demo(Chronicle.of(spec, datetime(2026, 6, 18, 18, tzinfo=LOCAL)), "three-blind-mice", lambda part: None)
        n_cases = SuccessCase.objects.count()
        write_cases(spec)
    layout = make_layout(spec)
    number = layout.people.employee_no

    practice, sham = SuccessCase.objects.filter(is_by_system=False).order_by("pk")
    assert practice.star is not None
    assert practice.star.employee_no == number[layout.planted.pioneer]
    assert practice.state in {"tried", "verified"}
    assert next(one for one in practice.content["habits"] if one["code"] == "soon_share")["is_distinct"]
    assert sham.state in {"tried", "refuted"}
    for case, planted in ((practice, layout.planted.adopters), (sham, layout.planted.sham_adopters)):
        trying = CaseAdoption.objects.filter(case=case, since=spec.trial.first).values_list(
            "rep__employee_no", flat=True
        )
        assert set(trying) == {number[place] for place in planted}
    assert SuccessCase.objects.count() == n_cases, "written once"
