"""The metric audit: vanity is dropped, what drives deals is kept, targets decay, what is retired leaves the pages."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.engine.process.audit_json import audit_json
from pacemark.web.accounts.models import User
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.fact_models import RepDay
from pacemark.web.pipeline.models import Deal
from pacemark.web.process.bridge.audit import METRICS
from pacemark.web.process.models import MetricAudit
from pacemark.web.process.queries.audit import last_audit, metric_states
from pacemark.web.process.queries.watched import retired_metrics
from pacemark.web.process.services.audit import audit_month, audit_months, set_target, set_watched
from pacemark.web.process.services.coaching import Refused
from tests.support.people import People, client_of
from tests.web.goals.floor import Floor, steady_months, weekdays

N_PEOPLE, N_WEEKS = 40, 26
MARCH = sales_month("2024-03")
SUNDAY = date(2024, 3, 31)
MONDAY = SUNDAY - timedelta(days=7 * N_WEEKS - 1)


@pytest.fixture
def ops(db: None) -> User:
    return User.objects.create(username="ops", display_name="Ops", access_role="operations")


def _panel(floor: Floor, *, drives_until: int = N_WEEKS) -> list[dict[str, object]]:
    """Write 26 weeks in which deep talks drive the deals of the week after and talk time does not; return the rows."""
    rng = np.random.default_rng(5)
    level = rng.uniform(5, 25, N_PEOPLE)
    talks = rng.poisson(level[:, None] * rng.uniform(0.5, 1.5, (N_PEOPLE, N_WEEKS)))
    minutes = rng.integers(600, 1800, (N_PEOPLE, N_WEEKS))
    rows: list[dict[str, object]] = []
    facts, deals = [], []
    for person in range(N_PEOPLE):
        rep = floor.rep(f"R{person:02}")
        for week in range(N_WEEKS):
            drive = talks[person, week - 1] / 4 if 0 < week < drives_until else 3.0
            won = int(rng.poisson(drive))
            day = MONDAY + timedelta(days=7 * week + 1)
            facts.append(
                RepDay(
                    rep_id=rep.pk, business_date=day, dials=200, connects=80, deep_talks=talks[person, week],
                    talk_seconds=minutes[person, week],
                )
            )  # fmt: skip
            deals += [
                Deal(source=floor.source, external_id=floor._id(), owner=rep, signed_on=day, amount_minor=100)
                for _ in range(won)
            ]
            values = {"deep_talks": int(talks[person, week]), "talk_seconds": int(minutes[person, week])}
            rows.append({"person": rep.pk, "week": week, "deals": won, "metrics": {**values, "dials": 200}})
    RepDay.objects.bulk_create(facts)
    Deal.objects.bulk_create(deals)
    return rows


def test_what_drives_deals_is_kept_and_what_only_moves_is_dropped_as_the_calculator_says(db: None) -> None:
    rows = _panel(Floor())

    audit_month(actor=None, month=MARCH)

    kept = {row.metric: row for row in MetricAudit.objects.all()}
    assert set(kept) == set(METRICS)
    by_hand = audit_json({"panel": rows})["metrics"]
    assert (kept["deep_talks"].verdict, kept["talk_seconds"].verdict) == ("keep", "drop")
    assert (kept["dials"].verdict, kept["dials"].numbers["reason"]) == ("drop", "constant")
    for name in ("deep_talks", "talk_seconds"):
        told = kept[name].numbers
        assert told["between"][0] == by_hand[name]["validity_between"]
        assert told["within"] == [by_hand[name]["validity_within"], *by_hand[name]["interval_within"]]
        assert told["discrimination"] == by_hand[name]["discrimination"]
    assert (kept["deep_talks"].numbers["people"], kept["deep_talks"].numbers["weeks"]) == (N_PEOPLE, N_WEEKS)


def test_a_deal_counts_for_who_sourced_it_too(db: None) -> None:
    from pacemark.web.pipeline.queries.weekly_panel import weekly_panel

    floor = Floor()
    setter, closer = floor.rep("Setter", "setter"), floor.rep("Closer", "closer")
    day = MONDAY + timedelta(days=3)
    [talk] = floor.dials(setter, day, 1, 1, 1)
    row = floor.opportunity(closer, day, talk=talk, won=100)
    floor.dials(closer, day, 1)
    floor.count()
    assert row.sourced_by == setter

    panel = weekly_panel(MONDAY, 2)

    assert panel.rep_id.tolist() == [setter.pk, closer.pk]
    assert panel.deals[:, 0].tolist() == [1.0, 1.0]
    assert np.isnan(panel.deals[:, 1]).all(), "nobody was there in the second week"


def test_validity_that_falls_after_a_metric_became_a_target_is_told(db: None, ops: User, settings: object) -> None:
    _panel(Floor(), drives_until=13)
    settings.PACEMARK_TODAY = (MONDAY + timedelta(days=7 * 13)).isoformat()  # type: ignore[attr-defined]
    set_target(actor=ops, metric="deep_talks", is_target=True)

    audit_month(actor=None, month=MARCH)

    found = last_audit(SUNDAY)
    assert found is not None
    one = next(one for one in found.metrics if one.metric == "deep_talks")
    assert one.state.is_target and one.numbers["decay"]["is_decayed"]
    assert one.numbers["decay"]["before"] > one.numbers["decay"]["after"] + 0.2
    text = client_of(ops).get(reverse("process:audit")).content.decode()
    assert f"{one.numbers['decay']['before']:.2f}" in text


def test_months_that_are_over_are_audited_once(db: None) -> None:
    floor = Floor()
    rep = floor.rep("Alone")
    floor.dials(rep, date(2024, 3, 5), 10)
    floor.count()

    assert audit_months() == 6, "one person is enough to ask, not to answer"
    assert set(MetricAudit.objects.values_list("verdict", flat=True)) == {"not_enough_data"}
    assert audit_months() == 0
    assert not MetricAudit.objects.filter(month_start=date(2024, 3, 1)).exists(), "March is not over"


def test_a_metric_is_retired_with_a_reason_and_watched_again(db: None, ops: User, today: date) -> None:
    with pytest.raises(Refused):
        set_watched(actor=ops, metric="revenue", is_watched=False, reason="no process")
    with pytest.raises(Refused, match="why"):
        set_watched(actor=ops, metric="connects", is_watched=False, reason="")
    set_target(actor=ops, metric="connects", is_target=True)
    set_watched(actor=ops, metric="connects", is_watched=False, reason="vanity")

    assert retired_metrics(today) == {"connects"}
    assert retired_metrics(today - timedelta(days=1)) == frozenset()
    assert metric_states(today)["connects"].is_target, "one word does not take back another"
    set_watched(actor=ops, metric="connects", is_watched=True, reason="again")
    assert retired_metrics(today) == frozenset()


def test_pages_show_no_retired_metric_but_what_the_day_is_worked_by(people: People, settings: object) -> None:
    settings.PACEMARK_TODAY = "2024-03-13"  # type: ignore[attr-defined]
    rep = _planned(people)
    pages = [reverse("overview:team"), reverse("overview:today_of", args=[rep.pk]),
             reverse("overview:week_of", args=[rep.pk]), reverse("overview:week")]  # fmt: skip
    people.operations.language = "en"
    people.operations.save()
    client = client_of(people.operations)

    def shown(word: str) -> list[bool]:
        return [word in client.get(page).content.decode().split('id="page"')[1] for page in pages]

    assert shown("Deep talks") == [True, True, True, True]
    assert shown("Talk time") == [True, True, True, True]
    for metric in ("deep_talks", "talk_seconds", "dials"):
        set_watched(actor=people.operations, metric=metric, is_watched=False, reason="vanity")
    heads = client.get(pages[0]).context["page"].heads
    stages = [client.get(page).context["page"] for page in pages[1:3]]

    assert shown("Talk time") == [False] * 4
    assert len(heads) == 4, "connects, opportunities, deals, revenue"
    assert str(stages[0].ring.label) == "Dials", "the day is worked by it"
    assert [str(row.label) for row in stages[1].rows] == ["Connects", "Opportunities"]


def _planned(people: People) -> Rep:
    floor = Floor.__new__(Floor)
    floor._count = 0
    from pacemark.web.pipeline.models import Source

    floor.source, floor.team = Source.objects.create(name="hand"), people.team
    reps = [people.rep_row, people.outsider_row]
    steady_months(floor, reps, weekdays(date(2023, 12, 1), date(2024, 2, 29)))
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    return people.rep_row
