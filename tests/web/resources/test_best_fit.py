"""Leads matched with reps by what they are expected to be worth: kept with the run, the best sum there is, replayed."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest

from pacemark.web.pipeline.models import Lead, Segment, Source
from pacemark.web.resources.bridge.chances import kind_name
from pacemark.web.resources.models import Decision
from pacemark.web.resources.queries.chances import chances_before
from pacemark.web.resources.queries.replays import Window
from pacemark.web.resources.services.replays import replayed
from tests.web.resources.test_replays import history
from tests.web.resources.test_runs import NOON, deal, in_force, team

pytest.importorskip("ortools", reason="matching needs the extra solver")
pytestmark = pytest.mark.usefixtures("each_shared_database")
SIX = ("web", "fair", "fair", "web", "web", "fair")


def test_the_matching_is_the_best_of_all_and_its_worths_stand_with_the_run() -> None:
    one, two, three = team("t", 3)
    # The first is good with the web, the second at the fair, the third as others are.
    history([("web", one, 40, 16), ("fair", one, 40, 2), ("web", two, 40, 5), ("fair", two, 40, 12),
             ("web", three, 40, 8), ("fair", three, 40, 6)])  # fmt: skip
    version = in_force({"base": "1", "order": "best_fit"})
    source = Source.objects.get()
    leads = [
        Lead.objects.create(
            source=source, external_id=f"new {n}", segment=Segment.objects.get(channel=channel), arrived_on=NOON.date()
        ).pk
        for n, channel in enumerate(SIX)
    ]
    run = deal("K", leads)

    chances = chances_before(NOON.date())
    table = run.inputs["worth"]
    for channel in ("web", "fair"):
        for rep in (one, two, three):
            kept = table[kind_name(channel, "A")][str(rep)]
            assert kept == pytest.approx(chances.worth_minor(str(rep), channel, "A"), rel=1e-5)
    owners = dict(Decision.objects.values_list("lead_id", "rep_id"))
    assert sorted(Counter(owners.values()).values()) == [2, 2, 2]

    def worth(chosen: tuple[int, ...]) -> float:
        return sum(table[kind_name(channel, "A")][str(rep)] for channel, rep in zip(SIX, chosen, strict=True))

    best = max(worth(chosen) for chosen in set(permutations([one, one, two, two, three, three])))
    assert worth(tuple(owners[lead] or 0 for lead in leads)) == pytest.approx(best, rel=1e-5)
    assert [owners[lead] for lead in leads].count(one) == 2 and owners[leads[0]] != two

    # What is learnt later changes nothing about what was decided.
    history([("web", two, 60, 60)], prefix="later")
    found = replayed(version, Window(first=NOON.date(), last=NOON.date()))
    assert (found["decided"], found["same_owner"]) == (6, 6)
