"""What other rooms read: only what was known at a time, only the visible reps."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from pacemark.engine.periods import sales_month, sales_month_of
from pacemark.web.organization.models import Organization
from pacemark.web.pipeline import queries
from pacemark.web.pipeline.choices import Stage
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Deal, Opportunity
from tests.facts.oracle import is_connect, is_deep
from tests.facts.random_floor import FIRST, make_floor

AS_OF = FIRST + timedelta(days=7)
Key = tuple[int, int, int]


def known_cohorts(as_of: date) -> dict[Key, tuple[int, int]]:
    """Trials and successes known at a time, by rep, day and stage, in plain loops."""
    organization = Organization.objects.get()
    trials: Counter[Key] = Counter()
    successes: Counter[Key] = Counter()
    qualified = [row for row in Opportunity.objects.all() if row.state != "unqualified"]
    sourced = {row.sourced_call_id for row in qualified if row.opened_on < as_of}
    for call in Call.objects.filter(direction=1, business_date__lt=as_of):
        connects, deep = is_connect(call, organization), is_deep(call, organization)
        chain = ((Stage.CONNECT, True, connects), (Stage.DEEP_TALK, connects, deep), (Stage.OPPORTUNITY, deep, deep))
        for stage, is_trial, is_success in chain:
            key = (call.rep_id or 0, call.business_date.toordinal(), stage.value)
            trials[key] += is_trial
            successes[key] += is_success and (stage != Stage.OPPORTUNITY or call.pk in sourced)
    for row in qualified:
        if row.opened_on < as_of:
            key = (row.owner_id or 0, row.opened_on.toordinal(), Stage.WIN.value)
            trials[key] += 1
            successes[key] += row.state == "won" and (row.closed_on or row.opened_on) < as_of
    return {key: (tried, successes[key]) for key, tried in trials.items() if tried}


def found_cohorts(arrays: queries.CohortArrays) -> dict[Key, tuple[int, int]]:
    keys = zip(*(part.tolist() for part in (arrays.rep_id, arrays.trial_on, arrays.stage)), strict=True)
    counts = list(zip(arrays.trials.tolist(), arrays.successes.tolist(), strict=True))
    found = dict(zip(keys, counts, strict=True))
    assert len(found) == len(counts), "each key stands once"
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [30, 31])
def test_cohorts_hold_what_was_known(seed: int) -> None:
    make_floor(seed)
    rebuild_facts(actor=None)
    for as_of in (FIRST, AS_OF, FIRST + timedelta(days=40)):
        assert found_cohorts(queries.cohort_arrays(as_of, None)) == known_cohorts(as_of)


@pytest.mark.postgres
def test_cohorts_hold_what_was_known_on_postgres(on_postgres: str) -> None:
    make_floor(32)
    rebuild_facts(actor=None)

    assert found_cohorts(queries.cohort_arrays(AS_OF, None)) == known_cohorts(AS_OF)
    assert len(queries.open_opportunities(AS_OF, None).rep_id)
    assert len(queries.deal_values(AS_OF).rep_id)
    assert len(queries.win_lags(AS_OF).rep_id)


@pytest.mark.django_db
@pytest.mark.parametrize("start_day", [1, 26, 31])
def test_segments_hold_what_loops_find_in_each_sales_month(start_day: int) -> None:
    make_floor(39, sales_month_start_day=start_day)
    rebuild_facts(actor=None)
    months = [sales_month(label, start_day) for label in ("2024-01", "2024-02", "2024-03")]

    found = queries.segment_months(months, None)
    columns = (
        found.rep_id, found.month, found.segment_id, found.dials, found.connects, found.deep_talks,
        found.talks_converted, found.opportunities, found.won,
    )  # fmt: skip
    rows = list(zip(*(column.tolist() for column in columns), strict=True))

    assert rows == _by_segment(start_day, [month.label for month in months])
    assert {row[1] for row in rows} >= {0, 1}, "the floor's days lie in two sales months"


def _by_segment(start_day: int, labels: list[str]) -> list[tuple[int, ...]]:
    organization = Organization.objects.get()
    counts: dict[tuple[int, int, int], Counter[int]] = defaultdict(Counter)

    def at(rep_id: int | None, day: date, segment_id: int | None) -> Counter[int]:
        return counts[rep_id or 0, labels.index(sales_month_of(day, start_day).label), segment_id or 0]

    qualified = [row for row in Opportunity.objects.select_related("lead") if row.state != "unqualified"]
    sourced = {row.sourced_call_id for row in qualified}
    for call in Call.objects.filter(direction=1):
        connects, deep = is_connect(call, organization), is_deep(call, organization)
        at(call.rep_id, call.business_date, call.segment_id).update(
            {0: 1, 1: int(connects), 2: int(deep), 3: int(deep and call.pk in sourced)}
        )
    for row in qualified:
        won = int(row.state == "won")
        at(row.owner_id, row.opened_on, row.lead.segment_id if row.lead else 0).update({4: 1, 5: won})
    return sorted((*key, *(counted[place] for place in range(6))) for key, counted in counts.items())


@pytest.mark.django_db
def test_everything_is_narrowed_to_the_visible_reps() -> None:
    floor = make_floor(33)
    rebuild_facts(actor=None)
    seen = frozenset({floor.reps[0].pk, floor.reps[2].pk})
    last = FIRST + timedelta(days=30)
    arrays = (
        queries.cohort_arrays(last, seen), queries.segment_months([sales_month("2024-02")], seen),
        queries.win_lags(last, seen), queries.open_opportunities(AS_OF, seen), queries.deal_values(last, seen),
        queries.expected_amounts(last, seen),
    )  # fmt: skip
    lists = (
        queries.rep_day_totals(FIRST, last, seen), queries.day_of_reps(AS_OF, seen),
        queries.monthly_revenue(last, seen), queries.lead_counts(seen),
    )  # fmt: skip

    for found in arrays:
        assert set(found.rep_id.tolist()) <= seen
    for rows in lists:
        assert {row.rep_id for row in rows} <= seen
    assert set(arrays[0].rep_id.tolist()) == seen
    assert [len(queries.cohort_arrays(last, frozenset()).rep_id), queries.rep_day_totals(FIRST, last, set())] == [0, []]


@pytest.mark.django_db
def test_an_opportunity_is_open_between_its_days() -> None:
    floor = make_floor(34, n_calls=0)
    Deal.objects.all().delete()
    Opportunity.objects.all().delete()
    cases = {
        "open": ("open", FIRST, None, True),
        "closes on the day": ("won", FIRST, AS_OF, True),
        "closed the day before": ("won", FIRST, AS_OF - timedelta(days=1), False),
        "lost without a day": ("lost", FIRST, None, False),
        "won without a day": ("won", FIRST, None, False),
        "opens on the day": ("open", AS_OF, None, False),
        "unqualified": ("unqualified", FIRST, None, False),
    }
    for number, (state, opened_on, closed_on, _is_open) in enumerate(cases.values()):
        Opportunity.objects.create(
            source=floor.source, external_id=f"case {number}", state=state, opened_on=opened_on, closed_on=closed_on,
            opened_at="2024-01-24T03:00:00Z", expected_minor=number,
        )  # fmt: skip
    found = queries.open_opportunities(AS_OF, None)

    assert sorted(found.expected_minor.tolist()) == [n for n, case in enumerate(cases.values()) if case[3]]


@pytest.mark.django_db
def test_deal_values_are_net_of_the_refunds_known_by_then() -> None:
    make_floor(35)
    expected = []
    for deal in Deal.objects.all():
        back = sum(refund.amount_minor for refund in deal.refunds.all() if refund.refunded_on < AS_OF)
        if deal.signed_on < AS_OF and (deal.amount_minor or 0) > 0:
            expected.append((deal.owner_id or 0, deal.signed_on.toordinal(), max((deal.amount_minor or 0) - back, 0)))
    found = queries.deal_values(AS_OF)
    columns = (found.rep_id.tolist(), found.signed_on.tolist(), found.amount_minor.tolist())

    assert sorted(zip(*columns, strict=True)) == sorted(expected)
    assert expected


@pytest.mark.django_db
def test_what_people_own_and_what_their_talks_brought() -> None:
    floor = make_floor(37)
    span = {row for row in Opportunity.objects.all() if AS_OF - timedelta(days=9) <= row.opened_on < AS_OF}
    span = {row for row in span if row.state != "unqualified"}
    expected = {}
    for rep in floor.reps:
        own = [row for row in span if row.owner_id == rep.pk]
        given = sum(row.sourced_by_id != rep.pk for row in own)
        expected[rep.pk] = (len(own), given, sum(row.sourced_by_id == rep.pk for row in span))
    expected = {rep_id: counts for rep_id, counts in expected.items() if any(counts)}

    def found(rep_ids: frozenset[int] | None) -> dict[int, tuple[int, ...]]:
        counts = queries.owned_counts(AS_OF, rep_ids, 9)
        columns = (counts.opportunities, counts.not_own_talk, counts.sourced)
        return dict(zip(counts.rep_id.tolist(), zip(*(one.tolist() for one in columns), strict=True), strict=True))

    assert found(None) == expected and len(expected) > 1
    some = frozenset([*expected][:1])
    assert found(some) == {rep_id: expected[rep_id] for rep_id in some}
    Opportunity.objects.update(owner=None, sourced_by=None, sourced_on=None, sourced_call=None)
    assert found(None) == {}


@pytest.mark.django_db
def test_revenue_falls_into_the_sales_month_of_its_day() -> None:
    make_floor(36)
    rebuild_facts(actor=None)
    months = queries.monthly_revenue(date(2024, 12, 31), None, start_day=26)

    # The floor's days run from 24 January to 4 February: January ends on the 25th, February on the 25th.
    assert {row.month for row in months} == {"2024-01", "2024-02"}
    assert {row.first_day for row in months} == {date(2023, 12, 26), date(2024, 1, 26)}
    paid = sum(deal.amount_minor or 0 for deal in Deal.objects.all())
    back = sum(refund.amount_minor for deal in Deal.objects.all() for refund in deal.refunds.all())
    assert sum(row.net_revenue_minor for row in months) == paid - back
    assert sum(row.deals for row in months) == Deal.objects.count()


@pytest.mark.django_db
def test_a_rep_s_days_and_their_sums_agree() -> None:
    floor = make_floor(37)
    rebuild_facts(actor=None)
    rep_id, last = floor.reps[0].pk, FIRST + timedelta(days=11)
    days = queries.rep_day_rows(rep_id, FIRST, last)
    (totals,) = queries.rep_day_totals(FIRST, last, [rep_id])

    assert totals.dials == sum(day.dials for day in days) == Call.objects.filter(rep=rep_id, direction=1).count()
    assert totals.net_revenue_minor == sum(day.net_revenue_minor for day in days)
    assert totals.active_days == sum(day.dials > 0 for day in days)
    assert queries.today_of(rep_id, days[0].business_date) == days[0]
    assert queries.today_of(rep_id, date(2030, 1, 1)).dials == 0


@pytest.mark.django_db
def test_freshness_tells_the_last_days() -> None:
    assert queries.freshness().last_on is None
    make_floor(38)
    rebuild_facts(actor=None)
    found = queries.freshness()

    assert found.last_call_on == max(call.business_date for call in Call.objects.filter(direction=1))
    assert found.last_opportunity_on == max(row.opened_on for row in Opportunity.objects.exclude(state="unqualified"))
    assert found.last_deal_on == max(deal.signed_on for deal in Deal.objects.all())
    assert found.waiting_days == 0
