"""The planted truths about quality, as the pages tell them; bench/trials_padding.py tries hundreds of teams."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from django.test import Client

from pacemark.demo.spec import DemoSpec
from pacemark.demo.worktime import EPOCH_ORDINAL, day_of
from pacemark.demo.world import Chronicle, World, generate_world
from pacemark.engine.periods import sales_month, shift_month
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import members_on
from pacemark.web.pipeline.queries.late_deals import SignedArrays
from pacemark.web.process.bridge.quality import Noticed, deferred
from pacemark.web.process.choices import QualityKind
from pacemark.web.process.models import QualityItem
from pacemark.web.process.services.quality import count_quality
from tests.support.made_up import SPEC
from tests.support.people import client_of


@pytest.fixture(scope="module")
def chronicle(made_up: Chronicle) -> Chronicle:
    count_quality()
    return made_up


@pytest.fixture
def operations(chronicle: Chronicle) -> Client:
    User.objects.update(language="en")
    return client_of(User.objects.get(username="ops"))


def _listed(text: str, kind: str) -> set[str]:
    return set(re.findall(rf">([^<>]+) · {re.escape(kind)}</a>", text))


@pytest.mark.django_db
def test_the_padders_are_put_up_for_review_and_nobody_else(chronicle: Chronicle, operations: Client) -> None:
    layout = chronicle.layout
    padders = {layout.people.name[rep] for rep in layout.planted.padders}

    listed = _listed(operations.get("/process/quality/").content.decode(), "Talks just past the threshold")

    assert listed == padders
    team = layout.teams.name[layout.planted.hung_up_team]
    hung_up = {member.name for member in members_on(SPEC.end) if member.team_name == team}
    assert hung_up and not hung_up & listed, "a team that is hung up on is not one that pads"


@pytest.mark.django_db
def test_honest_dialling_is_not_listed(chronicle: Chronicle) -> None:
    kinds = set(QualityItem.objects.values_list("kind", flat=True))
    assert not kinds & {QualityKind.REDIAL, QualityKind.BURST, QualityKind.OFF_ROSTER, QualityKind.NO_TALK}


@pytest.mark.django_db
def test_adjusted_deep_talks_stand_on_the_padders_pages(chronicle: Chronicle, operations: Client) -> None:
    layout = chronicle.layout
    padder = Rep.objects.get(employee_no=layout.people.employee_no[layout.planted.padders[0]])
    honest = Rep.objects.get(employee_no=layout.people.employee_no[layout.planted.pioneer])

    assert "adjusted" in operations.get(f"/week/{padder.pk}/").content.decode()
    assert "adjusted" not in operations.get(f"/week/{honest.pk}/").content.decode()


@pytest.mark.django_db
def test_the_manager_who_closes_in_bulk_is_noticed(chronicle: Chronicle, operations: Client) -> None:
    layout = chronicle.layout
    manager = layout.teams.manager_name[layout.planted.bulk_team]

    text = operations.get("/process/coaching/").content.decode()

    noticed = re.findall(r'<div class="exec">(.*?)</div>', text, re.DOTALL)
    assert [manager in one for one in noticed if "in bulk" in one] == [True]


@pytest.mark.parametrize("seed", [2, 6])
def test_who_defers_deals_is_the_only_one_listed(seed: int) -> None:
    world = generate_world(DemoSpec(seed=seed, end=date(2026, 11, 23), reps=40))

    noticed = _deferrals(world)

    assert [one.rep_id for one in noticed] == [world.layout.planted.deferrer]


def _deferrals(world: World) -> list[Noticed]:
    deals, worktime = world.deals, world.layout.worktime
    owner_day, counts = np.unique(np.stack([deals.owner, deals.signed_day + EPOCH_ORDINAL]), axis=1, return_counts=True)
    last = day_of(int(deals.signed_day.max()))
    label = f"{last:%Y-%m}"
    months = [sales_month(shift_month(label, back)) for back in range(-9, 1)]
    workdays = {
        rep: (np.flatnonzero(worktime.works[rep]) + worktime.first + EPOCH_ORDINAL).tolist()
        for rep in range(world.layout.spec.reps)
    }
    signed = SignedArrays(rep_id=owner_day[0].astype(np.int64), day=owner_day[1].astype(np.int64), deals=counts)
    return deferred(signed, months, workdays, n_days=3)
