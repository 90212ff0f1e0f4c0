"""A made-by-hand quarter of six people, one of whom turns few deep talks into opportunities."""

from __future__ import annotations

from datetime import date

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.models import Opportunity
from tests.web.goals.floor import Floor, weekdays

FIRST, LAST = date(2023, 12, 14), date(2024, 3, 13)
MONDAYS = [day for day in weekdays(FIRST, LAST) if day.weekday() == 0]
N_PEERS = 5
N_DIALS, N_CONNECTS, N_TALKS, N_OPPORTUNITIES, N_WON = 40, 20, 12, 6, 2
WEAK_OPPORTUNITIES = 1


def write_quarter(floor: Floor) -> Rep:
    """Write what everyone did each Monday and count the facts; return the weak one.

    40 dials, 20 connects, 12 deep talks, 6 opportunities (the weak one: 1), of which 2 are won for 1,000 on the day
    and the others lost on it (the weak one wins every third).
    """
    peers = [floor.rep(f"Peer {place}", "full_cycle", hired_on=date(2020, 1, 6)) for place in range(N_PEERS)]
    weak = floor.rep("Weak", "full_cycle", hired_on=date(2020, 1, 6))
    for week, day in enumerate(MONDAYS):
        for rep in peers:
            write_day(floor, rep, day, [1000] * N_WON + [None] * (N_OPPORTUNITIES - N_WON))
        write_day(floor, weak, day, [1000 if week % 3 == 0 else None])
    floor.count()
    return weak


def write_day(floor: Floor, rep: Rep, day: date, won: list[int | None]) -> None:
    """Write one day's calls and an opportunity for each entry of ``won``, lost on the day where it is nothing."""
    talks = floor.dials(rep, day, N_DIALS, N_CONNECTS, N_TALKS)
    for talk, amount in zip(talks, won, strict=False):
        if amount is None:
            floor.opportunity(rep, day, talk=talk, state=OpportunityState.LOST, closed_on=day)
        else:
            floor.opportunity(rep, day, talk=talk, won=amount)
    assert Opportunity.objects.filter(owner=rep, opened_on=day).count() == len(won)
