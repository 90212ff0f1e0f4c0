"""Deals that come back and opportunities handed over are out of the plan: made-up ground in, inputs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from pacemark.demo.spec import DemoSpec
from pacemark.engine.handover import own_shares
from pacemark.web.goals.bridge.ground import PlanGround
from pacemark.web.goals.bridge.planning import prepare
from tests.support.made_up_ground import planning_at


@pytest.fixture(scope="module")
def ground() -> PlanGround:
    spec = DemoSpec(seed=3, end=date(2025, 6, 30), reps=24, months=4, advance_days=31)
    return planning_at(spec, spec.end + timedelta(days=1)).ground


def test_deals_that_come_back_lower_what_a_deal_is_worth(ground: PlanGround) -> None:
    """Every deal stands there once more, the second time given back: nearly half of what it was worth."""
    deals = ground.values
    again = replace(
        deals, rep_id=np.tile(deals.rep_id, 2), signed_on=np.tile(deals.signed_on, 2),
        amount_minor=np.concatenate([deals.amount_minor, 0 * deals.amount_minor]),
    )  # fmt: skip
    before, after = prepare(ground), prepare(replace(ground, values=again))

    assert after.values.mean / before.values.mean == pytest.approx(0.52, abs=0.02)
    assert after.inputs.deal_value.mean == pytest.approx(after.values.mean)
    assert after.deals.count.tolist() == (2 * before.deals.count).tolist()
    assert after.deals.total.tolist() == before.deals.total.tolist()


def test_what_others_come_to_own_is_not_in_a_full_cycle_chain(ground: PlanGround) -> None:
    owned = ground.owned
    handing = replace(ground, owned=replace(owned, sourced=2 * owned.sourced))
    before, after = prepare(ground).inputs.opportunity_per_deep_talk, prepare(handing).inputs.opportunity_per_deep_talk
    full = np.array([role == "full_cycle" for role in ground.roles])
    at = [owned.rep_id.tolist().index(person.rep_id) for person in ground.people]
    own = np.where(full, (owned.opportunities - owned.not_own_talk)[at], 0)
    share = own_shares(own, np.where(full, 2 * owned.sourced[at], 0)) / own_shares(
        own, np.where(full, owned.sourced[at], 0)
    )

    assert after.mean[full] == pytest.approx((before.mean * share)[full])
    assert (share[full] < 0.6).all()
    assert after.mean[~full].tolist() == before.mean[~full].tolist()  # a setter hands everything over: it is their work
