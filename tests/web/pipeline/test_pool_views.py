"""A pool that shows each rep so many leads a day: looks count once, claims count as looks, limits hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pacemark.web.organization.models import Membership, Rep, Team
from pacemark.web.pipeline.choices import PoolEntered
from pacemark.web.pipeline.holding_models import ClaimDay, Pool
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.pipeline.holding_services import claim, enter_pool, give_back
from pacemark.web.pipeline.models import Lead
from pacemark.web.pipeline.pool_views import look_into_pool
from pacemark.web.pipeline.queries.pool_views import pool_in_sight
from tests.web.resources.test_runs import NOON, TODAY, leads, team

pytestmark = pytest.mark.usefixtures("each_shared_database")


def pooled(count: int, **limits: int | None) -> tuple[int, list[int]]:
    (rep,) = team("t", 1)
    ids = leads(count)
    pool = Pool.objects.create(name="p", **limits)
    enter_pool(actor=None, lead_ids=ids, at=NOON, how=PoolEntered.NEW, pool=pool)
    return rep, ids


def in_sight(rep: int, day: date = TODAY) -> list[int]:
    return list(pool_in_sight(rep, None, day).values_list("lead_id", flat=True))


def refusal(rep: int, lead: int) -> str:
    with pytest.raises(HoldingRefused) as refused:
        claim(actor=None, rep_id=rep, lead_id=lead, at=NOON)
    return refused.value.code


def test_so_many_leads_a_day_may_be_looked_at_and_no_more() -> None:
    rep, ids = pooled(6, views_per_day=3)
    assert in_sight(rep) == []
    assert look_into_pool(actor=None, rep_id=rep, count=2, at=NOON) == 2
    assert in_sight(rep) == ids[:2]
    claim(actor=None, rep_id=rep, lead_id=ids[5], at=NOON)
    assert refusal(rep, ids[4]) == "holding.view_limit"
    with pytest.raises(HoldingRefused):
        look_into_pool(actor=None, rep_id=rep, count=1, at=NOON)
    claim(actor=None, rep_id=rep, lead_id=ids[0], at=NOON)
    assert ClaimDay.objects.get().views == 3 and in_sight(rep) == ids[1:2]
    tomorrow = NOON + timedelta(days=1)
    assert look_into_pool(actor=None, rep_id=rep, count=9, at=tomorrow) == 3


def test_without_a_limit_everything_is_in_sight_and_looks_cost_nothing() -> None:
    rep, ids = pooled(3)
    assert in_sight(rep) == ids and look_into_pool(actor=None, rep_id=rep, count=5, at=NOON) == 0


def test_a_claim_that_was_returned_still_counts() -> None:
    rep, ids = pooled(3, claims_per_day=2)
    for lead in ids[:2]:
        claim(actor=None, rep_id=rep, lead_id=lead, at=NOON)
        give_back(actor=None, rep_id=rep, lead_id=lead, at=NOON)
    assert refusal(rep, ids[2]) == "holding.claim_limit"


def test_another_teams_pool_and_who_must_not_be_called_are_refused() -> None:
    rep, ids = pooled(2)
    other = Pool.objects.create(name="other", team=Team.objects.create(name="other"))
    stranger = Rep.objects.create(name="stranger").pk
    Membership.objects.create(rep_id=stranger, team=other.team, valid_from=date(2018, 1, 1))
    (theirs,) = leads(1)
    enter_pool(actor=None, lead_ids=[theirs], at=NOON, how=PoolEntered.NEW, pool=other)
    assert refusal(rep, theirs) == "holding.other_pool"
    assert claim(actor=None, rep_id=stranger, lead_id=theirs, at=NOON).rep_id == stranger
    Lead.objects.filter(pk=ids[0]).update(is_blocked=True)
    assert refusal(rep, ids[0]) == "holding.do_not_contact"
