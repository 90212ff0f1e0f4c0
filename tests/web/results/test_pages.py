"""The room's pages: who sees whom, what is said of faults, and that the rep alone answers an offer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Deal, Refund, Source
from pacemark.web.results.models import CreditShare, TierOffer
from tests.support.people import NAMES, People, client_of

DAY = date(2024, 3, 5)


@pytest.fixture(autouse=True)
def _today(settings: Any) -> None:
    settings.PACEMARK_TODAY = "2024-03-15"


def _deal(people: People, amount: int, *, is_outsiders: bool = False, back: int = 0) -> Deal:
    source, _ = Source.objects.get_or_create(name="hand")
    owner = people.outsider_row if is_outsiders else people.rep_row
    n = Deal.objects.count()
    deal = Deal.objects.create(
        source=source, external_id=f"D{n}", owner=owner, signed_on=DAY, amount_minor=amount * 100
    )
    if back:
        Refund.objects.create(source=source, external_id=f"R{n}", deal=deal, refunded_on=DAY, amount_minor=back * 100)
    return deal


def _offer(people: People) -> TierOffer:
    return TierOffer.objects.create(
        rep=people.rep_row, quarter_start=date(2024, 1, 1), tier="high", amount_minor=3_600_000,
        booked_minor=3_000_000, content={"deals_needed": 2, "probability": 0.5}, offered_at=datetime.now(UTC),
    )  # fmt: skip


def _page(user: object, address: str) -> str:
    found = client_of(user).get(address)  # type: ignore[arg-type]
    assert found.status_code == 200
    return found.content.decode()


def test_everyone_sees_those_in_their_sight_alone(people: People) -> None:
    _deal(people, 12_345)
    _deal(people, 54_321, is_outsiders=True)
    rebuild_facts(actor=None)
    address = f"{reverse('results:home')}?by=people&at=2024-03"

    for user in (people.manager, people.director):
        text = _page(user, address)
        assert NAMES["rep"] in text
        assert "12,345" in text
        assert NAMES["outsider"] not in text
        assert "54,321" not in text
    text = _page(people.operations, address)
    assert NAMES["outsider"] in text
    assert "66,666" in text, "both together"
    own = _page(people.rep, f"{reverse('results:home')}?at=2024-03")
    assert "12,345" in own
    assert "54,321" not in own


def test_a_split_is_typed_by_number_or_name_and_110_percent_is_refused(people: People) -> None:
    deal = _deal(people, 100)
    rebuild_facts(actor=None)
    client, address = client_of(people.manager), reverse("results:credit", args=[deal.pk])

    too_much = client.post(address, {"rep_0": "0001", "share_0": "60", "rep_1": NAMES["outsider"], "share_1": "50"})
    assert too_much.status_code == 422
    assert not CreditShare.objects.exists()
    stranger = client.post(address, {"rep_0": "nobody by this name", "share_0": "100"})
    assert stranger.status_code == 422
    saved = client.post(address, {"rep_0": "0001", "share_0": "60", "rep_1": NAMES["outsider"], "share_1": "40"})
    assert saved.status_code == 302

    shares = dict(CreditShare.objects.values_list("rep_id", "share_bp"))
    assert shares == {people.rep_row.pk: 6_000, people.outsider_row.pk: 4_000}
    assert 'value="40' in client.get(address).content.decode()


def test_nobody_splits_a_deal_out_of_their_sight(people: People) -> None:
    deal = _deal(people, 100, is_outsiders=True)
    address = reverse("results:credit", args=[deal.pk])

    assert client_of(people.manager).get(address).status_code == 404
    assert client_of(people.director).post(address, {"rep_0": "0001", "share_0": "100"}).status_code == 404
    assert client_of(people.rep).get(address).status_code == 403
    assert not CreditShare.objects.exists()


def test_more_given_back_than_won_is_said(people: People) -> None:
    _deal(people, 100, back=150)
    rebuild_facts(actor=None)

    text = _page(people.operations, f"{reverse('results:home')}?at=2024-03")
    deals = _page(people.operations, f"{reverse('results:deals')}?at=2024-03&only=beyond")

    assert "only=beyond" in text
    assert "−50" in text
    assert "150" in deals


@pytest.mark.parametrize(("state", "kept"), [("accepted", "accepted"), ("declined", "declined")])
def test_only_the_rep_answers_an_offer(people: People, state: str, kept: str) -> None:
    offer = _offer(people)
    address = reverse("results:decide_offer", args=[offer.pk])

    assert client_of(people.outsider).post(address, {"state": state}).status_code == 404
    client_of(people.manager).post(address, {"state": state})
    offer.refresh_from_db()
    assert offer.state == "offered"

    client_of(people.rep).post(address, {"state": state})
    offer.refresh_from_db()
    assert offer.state == kept


@pytest.mark.parametrize("asked", ["at=rubbish", "at=2024-Q9", "from=2024-03-31&to=2024-03-01", "from=x&to=2024-01-01"])
def test_an_address_that_means_nothing_shows_something(people: People, asked: str) -> None:
    for user in (people.rep, people.manager, people.operations):
        _page(user, f"{reverse('results:home')}?{asked}")
