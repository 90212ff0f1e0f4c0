"""A random small sales floor with every edge that facts must count rightly, written straight into the event tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from pacemark.web.organization.models import Membership, Organization, Rep, Team
from pacemark.web.pipeline.models import Call, Deal, Lead, Opportunity, Refund, Segment, Source

FIRST = date(2024, 1, 24)
N_DAYS = 12
TALKS = (0, 0, 0, 1, 2, 29, 30, 31, 90, 179, 180, 181, 400)
STATES = ("unqualified", "open", "won", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What was written, for edits and for asking."""

    rng: Random
    source: Source
    reps: list[Rep]
    leads: list[Lead]

    def day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange(N_DAYS))

    def rep(self) -> Rep | None:
        return self.rng.choice([*self.reps, None])

    def lead(self) -> Lead | None:
        return self.rng.choice([*self.leads, None])


def make_floor(seed: int, n_calls: int = 260, **settings: object) -> Floor:
    """Write an organisation and its events, and return it; no facts are counted."""
    rng = Random(seed)
    Organization.objects.create(name="Random floor", **settings)
    source = Source.objects.create(name="random")
    segments = [Segment.objects.create(channel=channel, lead_grade="A") for channel in ("web", "fair")]
    teams = [Team.objects.create(name=name) for name in ("one", "two")]
    reps = [Rep.objects.create(name=f"rep {number}") for number in range(4)]
    for rep in reps[:3]:  # the last belongs nowhere
        Membership.objects.create(rep=rep, team=teams[0], valid_from=FIRST - timedelta(days=9))
    # One moved without the first row being ended, one left the team for a while.
    Membership.objects.create(rep=reps[0], team=teams[1], valid_from=FIRST + timedelta(days=4))
    Membership.objects.filter(rep=reps[1]).update(valid_to=FIRST + timedelta(days=3))
    leads = [
        Lead.objects.create(source=source, external_id=f"L{number}", segment=rng.choice([*segments, None]))
        for number in range(20)
    ]
    floor = Floor(rng=rng, source=source, reps=reps, leads=leads)
    Call.objects.bulk_create(random_call(floor, number) for number in range(n_calls))
    for number in range(40):
        random_opportunity(floor, number).save()
    for number in range(25):
        random_deal(floor, number)
    return floor


def random_call(floor: Floor, number: int) -> Call:
    """Return a call that is not saved yet; a few lie on either side of midnight."""
    day, lead = floor.day(), floor.lead()
    hour, minute = floor.rng.choice([(0, 0), (23, 59), (9, 30), (14, 5), (20, 10)])
    return Call(
        source=floor.source,
        external_id=f"C{number}",
        rep=floor.rep(),
        lead=lead,
        segment_id=lead.segment_id if lead else None,
        occurred_at=datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8),
        business_date=day,
        local_hour=hour,
        direction=floor.rng.choice([1, 1, 1, 1, 2, 3]),
        answered=floor.rng.choice([None, True, False]),
        talk_seconds=floor.rng.choice(TALKS),
    )


def random_opportunity(floor: Floor, number: int) -> Opportunity:
    """Return an opportunity that is not saved yet; two may come from one call, and a call may be inbound or short."""
    rng, opened_on = floor.rng, floor.day()
    state = rng.choice(STATES)
    call = rng.choice([None, *Call.objects.order_by("pk")[:30]])
    closed_on = opened_on + timedelta(days=rng.randrange(-1, 9)) if state in {"won", "lost"} else None
    return Opportunity(
        source=floor.source,
        external_id=f"O{number}",
        lead=floor.lead(),
        owner=floor.rep(),
        state=state,
        opened_at=datetime(opened_on.year, opened_on.month, opened_on.day, 3, tzinfo=UTC),
        opened_on=opened_on,
        closed_on=rng.choice([closed_on, closed_on, None]),
        expected_minor=rng.choice([None, 0, 500_000, 123_45]),
        sourced_call=call,
        sourced_by_id=call.rep_id if call else None,
        sourced_on=call.business_date if call else None,
    )


def random_deal(floor: Floor, number: int) -> Deal:
    """Save a deal, and now and then a refund of it."""
    rng = floor.rng
    opportunity = rng.choice([None, *Opportunity.objects.filter(state="won").order_by("pk")])
    deal = Deal.objects.create(
        source=floor.source,
        external_id=f"D{number}",
        owner=floor.rep(),
        opportunity=opportunity,
        signed_on=floor.day(),
        is_undated=rng.random() < 0.3,
        amount_minor=rng.choice([None, 0, 300_000, 99_999]),
        cash_minor=rng.choice([None, 100_000]),
    )
    if rng.random() < 0.5:
        Refund.objects.create(
            source=floor.source,
            external_id=f"R{number}",
            deal=deal,
            refunded_on=floor.day(),
            amount_minor=rng.choice([1, 50_000, 300_000]),
        )
    return deal
