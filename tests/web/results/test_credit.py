"""Splitting a deal's credit: exactly the whole deal, by people who are there, with what stood before on the trail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pacemark.web.results.models import CreditShare
from pacemark.web.results.refusals import Refused
from pacemark.web.results.services.credit import split_credit
from pacemark.web.trail.models import TrailEntry
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.django_db


def _standing(deal_id: int) -> dict[int, int]:
    return dict(CreditShare.objects.filter(deal_id=deal_id).values_list("rep_id", "share_bp"))


def test_the_last_split_holds_and_the_trail_knows_the_one_before() -> None:
    floor = Floor()
    one, two = floor.rep("One"), floor.rep("Two")
    deal = floor.deal(one, date(2024, 2, 5), 100)

    split_credit(actor=None, deal_id=deal.pk, parts=[(one.pk, Decimal("66.67")), (two.pk, Decimal("33.33"))])
    split_credit(actor=None, deal_id=deal.pk, parts=[(two.pk, Decimal(100))])
    split_credit(actor=None, deal_id=deal.pk, parts=[(two.pk, Decimal("100.00"))])

    assert _standing(deal.pk) == {two.pk: 10_000}
    entries = TrailEntry.objects.filter(action="results.credit_split").order_by("pk")
    assert [entry.changes["after_bp"] for entry in entries] == [
        {str(one.pk): 6_667, str(two.pk): 3_333},
        {str(two.pk): 10_000},
    ]
    assert entries[1].changes["before_bp"] == entries[0].changes["after_bp"]

    split_credit(actor=None, deal_id=deal.pk, parts=[])
    assert _standing(deal.pk) == {}


@pytest.mark.parametrize(
    ("percents", "code"),
    [
        (("60", "50"), "credit_not_whole"),
        (("60", "39.99"), "credit_not_whole"),
        (("110",), "credit_not_whole"),
        (("110", "-10"), "negative"),
        (("100", "0"), "negative"),
        (("33.333", "66.667"), "credit_too_fine"),
    ],
)
def test_what_is_no_whole_deal_is_refused_and_changes_nothing(percents: tuple[str, ...], code: str) -> None:
    floor = Floor()
    people = [floor.rep("One"), floor.rep("Two")]
    deal = floor.deal(people[0], date(2024, 2, 5), 100)

    with pytest.raises(Refused) as refused:
        split_credit(
            actor=None,
            deal_id=deal.pk,
            parts=[(rep.pk, Decimal(percent)) for rep, percent in zip(people, percents, strict=False)],
        )

    assert refused.value.code == f"results.{code}"
    assert _standing(deal.pk) == {}


def test_nobody_stands_in_it_twice_and_strangers_do_not_at_all() -> None:
    floor = Floor()
    rep = floor.rep("One")
    deal = floor.deal(rep, date(2024, 2, 5), 100)
    half = Decimal(50)

    for other, code in ((rep.pk, "credited_twice"), (rep.pk + 999, "unknown_rep")):
        with pytest.raises(Refused) as refused:
            split_credit(actor=None, deal_id=deal.pk, parts=[(rep.pk, half), (other, half)])
        assert refused.value.code == f"results.{code}"
