"""The planted truths of one made-up organisation are told; bench/trials_diagnosis.py tries hundreds."""

from __future__ import annotations

from datetime import date

from pacemark.demo.spec import DemoSpec
from pacemark.demo.world import generate_world
from tests.support.diagnosed_world import STAGES, diagnose_world


def test_the_bad_closer_and_the_poor_leads_are_named_and_the_unlucky_person_is_not() -> None:
    world = generate_world(DemoSpec(seed=61_000, end=date(2026, 6, 30)))
    found, truth = diagnose_world(world), world.layout.planted

    assert found.people.is_finding[truth.bad_closer, STAGES.index("deal_per_opportunity")]
    assert found.teams.is_finding[:, 0].nonzero()[0].tolist() == [truth.poor_leads_team]
    assert not found.people.is_finding[truth.unlucky].any()


def test_where_nobody_differs_no_ability_is_named() -> None:
    world = generate_world(DemoSpec(seed=61_000, end=date(2026, 6, 30), is_null=True))

    assert not diagnose_world(world).people.is_finding.any()
