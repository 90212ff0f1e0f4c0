"""A sales floor made by hand: people and their events, written as rows, with the facts counted by the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pacemark.web.organization.models import Membership, Organization, Rep, Team
from pacemark.web.organization.services import set_up_organization
from pacemark.web.pipeline.choices import Direction, OpportunityState
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Deal, Opportunity, Refund, Source

LONG_AGO = date(2020, 1, 1)
DEEP, SHORT = 200, 20


def _at(day: date, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minute)


def weekdays(first: date, last: date) -> list[date]:
    """Return Mondays to Fridays, both ends included."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


@dataclass(slots=True)
class Floor:
    """Money is in whole euros here; the organisation keeps no holidays, so that days can be counted by hand."""

    _count: int = 0
    source: Source = field(init=False)
    team: Team = field(init=False)

    def __post_init__(self) -> None:
        """Set the organisation up."""
        set_up_organization(actor=None, name="Floor", time_zone="Europe/Berlin", currency="EUR")
        Organization.objects.update(time_zone="Europe/Berlin", currency="EUR")
        self.source = Source.objects.create(name="hand")
        self.team = Team.objects.create(name="Team 1")

    def _id(self) -> str:
        self._count += 1
        return f"e{self._count}"

    def rep(self, name: str, role: str = "", **fields: Any) -> Rep:
        """Add somebody to the team for ever; ``fields`` are of the membership or the rep."""
        of_membership = {key: fields.pop(key) for key in ("team", "grade", "valid_from") if key in fields}
        rep = Rep.objects.create(name=name, **fields)
        Membership.objects.create(rep=rep, role=role, **{"team": self.team, "valid_from": LONG_AGO, **of_membership})
        return rep

    def dials(self, rep: Rep, day: date, n_dials: int, connects: int = 0, deep_talks: int = 0) -> list[Call]:
        """Write a day's dials, of which the first connect and the first of those are deep talks; return these."""
        rows = [
            Call(
                source=self.source, external_id=self._id(), rep=rep, occurred_at=_at(day, number), business_date=day,
                local_hour=9, direction=Direction.OUTBOUND, answered=number < connects,
                talk_seconds=DEEP if number < deep_talks else SHORT if number < connects else 0,
            )
            for number in range(n_dials)
        ]  # fmt: skip
        return Call.objects.bulk_create(rows)[:deep_talks]

    def opportunity(
        self, owner: Rep | None, opened_on: date, *, talk: Call | None = None, won: int | None = None, **fields: Any
    ) -> Opportunity:
        """Open an opportunity, from a deep talk where one is given; ``won`` is its amount, else it stays open.

        ``closed_on`` defaults to the opening day; ``expected`` is the expected amount.
        """
        closed_on = fields.pop("closed_on", None) or (opened_on if won is not None else None)
        expected = fields.pop("expected", None)
        fields.setdefault("state", OpportunityState.OPEN if won is None else OpportunityState.WON)
        row = Opportunity.objects.create(
            source=self.source, external_id=self._id(), owner=owner, opened_at=_at(opened_on), opened_on=opened_on,
            closed_on=closed_on, expected_minor=None if expected is None else expected * 100,
            sourced_by=talk.rep if talk else None, sourced_call=talk, sourced_on=talk.business_date if talk else None,
            **fields,
        )  # fmt: skip
        if won is not None:
            assert closed_on is not None
            self.deal(owner, closed_on, won, opportunity=row)
        return row

    def deal(self, owner: Rep | None, signed_on: date, amount: int | None, **fields: Any) -> Deal:
        """Sign a deal."""
        minor = None if amount is None else amount * 100
        return Deal.objects.create(
            source=self.source, external_id=self._id(), owner=owner, signed_on=signed_on, amount_minor=minor, **fields
        )

    def refund(self, deal: Deal, refunded_on: date, amount: int) -> Refund:
        """Give money back."""
        return Refund.objects.create(
            source=self.source, external_id=self._id(), deal=deal, refunded_on=refunded_on, amount_minor=amount * 100
        )

    def count(self) -> None:
        """Count the facts anew."""
        rebuild_facts(actor=None)


def steady_months(floor: Floor, reps: Sequence[Rep], days: Sequence[date], closers: Sequence[Rep] = ()) -> None:
    """Let everyone do the same every day: 10 dials, 4 connects, 2 deep talks, 1 opportunity; every fourth is won.

    Rates are 40 %, 50 %, 50 % and 25 % for each; a win is worth 1,000 and expected to be worth 2,000. Opportunities
    belong to the closers in turn, where there are any; what is not won is lost on the day.
    """
    opened = 0
    for day in days:
        for rep in reps:
            talks = floor.dials(rep, day, 10, 4, 2)
            owner = closers[opened % len(closers)] if closers else rep
            opened += 1
            n_before = Opportunity.objects.filter(owner=owner).count()
            if n_before % 4 == 3:
                floor.opportunity(owner, day, talk=talks[0], won=1000, expected=2000)
            else:
                lost = OpportunityState.LOST
                floor.opportunity(owner, day, talk=talks[0], state=lost, closed_on=day, expected=2000)
