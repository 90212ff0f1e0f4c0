"""Replays of leads that came one by one: every owner reproduced, through caps, returns and days; and what they tell."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from pacemark.web.pipeline.choices import OpportunityState
from pacemark.web.pipeline.models import Deal, Lead, Opportunity, Segment, Source
from pacemark.web.resources.bridge.chances import Record, chances_of
from pacemark.web.resources.models import Decision, KeptDesk, PolicyVersion, Run
from pacemark.web.resources.queries.chances import chances_before
from pacemark.web.resources.queries.replays import Window, batches_of
from pacemark.web.resources.services.arrivals import receive
from pacemark.web.resources.services.duty import toggle_duty
from pacemark.web.resources.services.ownership import return_lead
from pacemark.web.resources.services.replays import replayed
from pacemark.web.resources.services.skills import set_skills
from tests.web.resources.test_runs import NOON, in_force, scored, team

pytestmark = pytest.mark.usefixtures("each_shared_database")
DAYS, BEFORE = 3, date(2019, 1, 10)


def a_few_days(version: PolicyVersion, reps: list[int], seed: int) -> None:
    """Let leads come singly and by the dozen, in grades and with tags, while some go back and people go away."""
    random = Random(seed)
    for number in range(60):
        at = NOON + timedelta(days=number * DAYS // 60, minutes=number)
        count = 1 if random.random() < 0.9 else 7
        rows = [
            {"external_id": f"{number}-{place}", "source": "web", "grade": random.choice("AB"),
             "tags": random.choice(([], [], ["x"]))}
            for place in range(count)
        ]  # fmt: skip
        answers = receive(actor=None, key=None, rows=rows, at=at)
        if random.random() < 0.25 and answers[0]["owner"] is not None:
            return_lead(actor=None, rep_id=answers[0]["owner"], lead_id=answers[0]["lead"], at=at)
        if random.random() < 0.1:
            toggle_duty(actor=None, rep_id=random.choice(reps), is_on_duty=random.random() < 0.5)


@pytest.mark.parametrize("caps", [{}, {"holdings": 16, "day": 9, "month": None}])
def test_leads_that_came_one_by_one_keep_their_owners_under_the_rule_they_came_by(caps: dict[str, int]) -> None:
    reps = [*team("one", 3), *team("two", 2)]
    version = in_force({"base": "0.6", "reward": "0.4"}, caps=caps)
    scored(reps, (3, 2, 1, 2, 1))
    set_skills(actor=None, rep_id=reps[0], tags=["y"])
    a_few_days(version, reps, seed=len(caps))
    decided = Decision.objects.filter(kind="rule")
    first = Window(first=NOON.date(), last=NOON.date() + timedelta(days=DAYS))
    later = Window(first=NOON.date() + timedelta(days=1), last=first.last)
    for window in (first, later):
        found = replayed(version, window)
        held = decided.filter(run__began_at__date__gte=window.first).count()
        assert (found["decided"], found["same_owner"]) == (held, held) and held > 20
    assert KeptDesk.objects.count() < Run.objects.count()
    if not caps:
        assert len(list(batches_of(first, version))) < Run.objects.count() / 2, "singles are dealt together"
    other = PolicyVersion(content={"policy": {"base": "1"}, "teams": [], "caps": {"month": 4}})
    tried = replayed(other, first)
    assert all(one["leads"] <= 4 for one in tried["reps"].values()) and tried["waiting"] > 0
    assert sum(one["leads"] for one in tried["teams"].values()) + tried["waiting"] == tried["leads"]
    assert set(tried["waiting_codes"]) <= {"cap_month", "away", "skills"}


def history(rows: list[tuple[str, int, int, int]], prefix: str = "") -> None:
    """Write grade A leads of before, by channel, rep, how many, and how many of them were won."""
    source, _new = Source.objects.get_or_create(name="crm")
    for channel, rep, n_leads, n_deals in rows:
        segment, _new = Segment.objects.get_or_create(channel=channel, lead_grade="A")
        for number in range(n_leads):
            name = f"{prefix}{channel}{rep}-{number}"
            lead = Lead.objects.create(
                source=source, external_id=name, segment=segment, owner_id=rep, arrived_on=BEFORE
            )
            if number < n_deals:
                won = Opportunity.objects.create(
                    source=source, external_id=name, lead=lead, owner_id=rep, state=OpportunityState.WON,
                    opened_at=NOON, opened_on=BEFORE,
                )  # fmt: skip
                amount_minor = 1000 if channel == "web" else 3000
                Deal.objects.create(
                    source=source, external_id=name, lead=lead, opportunity=won, owner_id=rep, signed_on=BEFORE,
                    amount_minor=amount_minor,
                )  # fmt: skip


def test_chances_are_shrunk_counts_of_what_leads_came_to() -> None:
    strong, weak = team("t", 2)
    history([("web", strong, 20, 8), ("web", weak, 20, 4), ("fair", strong, 20, 2), ("fair", weak, 20, 1)])
    found = chances_before(NOON.date())
    assert found.chance(str(strong), "web", "A") > found.chance(str(weak), "web", "A") > 0.1
    assert found.chance("nobody", "web", "A") == found.rates["web", "A"] > found.rates["fair", "A"]
    assert found.values_minor["fair", "A"] > found.overall_value_minor > found.values_minor["web", "A"]
    assert chances_before(BEFORE).chance(str(strong), "web", "A") == 0.0, "nothing was known before"


def test_chances_add_up_to_what_was_won() -> None:
    random = Random(5)
    records = []
    for rep in range(8):
        for kind in (("web", "A"), ("web", "B"), ("fair", "A")):
            n_leads = random.randrange(50, 300)
            n_deals = sum(random.random() < 0.1 for _ in range(n_leads))
            records.append(Record(rep_id=str(rep), kind=kind, n_leads=n_leads, n_deals=n_deals))
    found = chances_of(records)
    expected = sum(found.chance(one.rep_id, *one.kind) * one.n_leads for one in records)
    assert abs(expected / sum(one.n_deals for one in records) - 1) < 0.05
