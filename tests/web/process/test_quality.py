"""What is put up for review: each pattern planted beside honest work, decided once, and taken off deep talks."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from django.db import connection
from typer.testing import CliRunner

from pacemark.cli.facts import app as facts_command
from pacemark.engine.padding import padding_json
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep, WorkingPattern
from pacemark.web.pipeline.fact_models import QualityWindow
from pacemark.web.pipeline.models import Call, Lead, Opportunity
from pacemark.web.pipeline.queries.corrections import adjusted_talks, deep_talk_corrections, talks_off
from pacemark.web.process.choices import QualityKind
from pacemark.web.process.models import QualityItem, Tolerance
from pacemark.web.process.queries.quality import effectiveness
from pacemark.web.process.services.audit import audit_months
from pacemark.web.process.services.coaching import Refused
from pacemark.web.process.services.quality import count_quality, decide, listed_under, say_word, set_tolerances
from pacemark.web.trail.models import TrailEntry
from tests.support.padded_talks import honest_talks
from tests.support.people import make_people
from tests.web.goals.floor import Floor, weekdays

MARCH = (date(2024, 3, 1), date(2024, 3, 31))
MONDAY = date(2024, 3, 4)


@pytest.fixture
def floor(db: None) -> Floor:
    return Floor()


def _call(floor: Floor, rep: Rep, at: datetime, seconds: int = 0, lead: Lead | None = None) -> Call:
    local = at + timedelta(hours=1)
    return Call(
        source=floor.source, external_id=floor._id(), rep=rep, occurred_at=at, business_date=local.date(),
        local_hour=local.hour, direction=1, answered=seconds > 0, talk_seconds=seconds, lead=lead,
    )  # fmt: skip


def _at(day: date, hour: int = 9, seconds: int = 0) -> datetime:
    return datetime.combine(day, time(hour), UTC) + timedelta(seconds=seconds)


def _talks(floor: Floor, rep: Rep, seconds: Iterable[int], days: list[date]) -> None:
    Call.objects.bulk_create(
        [_call(floor, rep, _at(days[place % len(days)], 9, place), length) for place, length in enumerate(seconds)]
    )


def _kinds(rep: Rep) -> set[str]:
    return set(QualityItem.objects.filter(rep=rep).values_list("kind", flat=True))


# --- padding ----------------------------------------------------------------------------------------------------------


def _padded_floor(floor: Floor) -> tuple[Rep, Rep, list[int]]:
    """Write 1,300 talks in March for one who stretches four in ten of 150–179 s, and for honest people."""
    rng = np.random.default_rng(7)
    days = weekdays(*MARCH)
    padder, honest = floor.rep("Padder"), floor.rep("Honest")
    seconds = honest_talks(rng, 1300)
    near = np.flatnonzero((seconds >= 150) & (seconds < 180))
    seconds[near[: int(0.4 * len(near))]] = 181
    _talks(floor, padder, seconds.tolist(), days)
    _talks(floor, honest, honest_talks(rng, 1300).tolist(), days)
    for number in range(4):
        _talks(floor, floor.rep(f"Hung up {number}"), honest_talks(rng, 1300, is_bimodal=True).tolist(), days)
    floor.count()
    return padder, honest, seconds.tolist()


def test_padding_is_found_as_the_calculator_finds_it_and_honest_people_are_left_alone(floor: Floor) -> None:
    padder, honest, seconds = _padded_floor(floor)

    count_quality()

    [item] = QualityItem.objects.filter(kind=QualityKind.PADDING)
    assert item.rep == padder
    by_hand = padding_json({"durations": seconds, "threshold": 180})
    told = item.evidence
    assert (told["observed"], told["fitted"]) == (by_hand["observed"], pytest.approx(by_hand["fitted"], abs=0.06))
    assert told["adjusted"] == pytest.approx(by_hand["adjusted"], abs=0.06)
    assert sum(told["counts"]) == sum(90 <= one < 240 for one in seconds)
    listed = Call.objects.filter(pk__in=told["records"])
    assert {call.rep_id for call in listed} == {padder.pk}
    assert sorted(call.talk_seconds for call in listed) == sorted(one for one in seconds if 180 <= one < 190)
    window = QualityWindow.objects.get(rep_id=padder.pk, window_end=MARCH[1])
    assert (window.window_start, window.deep_talks) == (MARCH[0], sum(one >= 180 for one in seconds))
    assert QualityWindow.objects.get(rep_id=honest.pk, window_end=MARCH[1]).adjusted > 0


def test_counting_again_leaves_the_same_and_another_excess_lets_go(floor: Floor, people_of_floor: User) -> None:
    padder, *_ = _padded_floor(floor)
    count_quality()
    before = list(QualityItem.objects.values_list("pk", "evidence"))

    count_quality()
    assert list(QualityItem.objects.values_list("pk", "evidence")) == before

    set_tolerances(actor=people_of_floor, values={"min_excess_talks": 500})
    count_quality()
    assert not QualityItem.objects.filter(kind=QualityKind.PADDING).exists()
    assert not deep_talk_corrections(*MARCH, {padder.pk}).by_rep


@pytest.fixture
def people_of_floor(floor: Floor) -> User:
    return User.objects.create(username="ops", display_name="Ops", access_role="operations")


def test_adjusted_deep_talks_stand_beside_the_raw_ones_until_a_look_clears_them(
    floor: Floor, people_of_floor: User
) -> None:
    padder, honest, _ = _padded_floor(floor)
    count_quality()
    item = QualityItem.objects.get(kind=QualityKind.PADDING)
    window = QualityWindow.objects.get(rep_id=padder.pk, window_end=MARCH[1])

    def adjusted() -> float | None:
        return deep_talk_corrections(*MARCH, None).adjusted(padder.pk, [(MONDAY, 100), (date(2024, 4, 2), 50)])

    # April is another month: nothing of it was judged
    assert adjusted() == pytest.approx(150 - 100 * window.excess / window.deep_talks)
    assert deep_talk_corrections(*MARCH, None).adjusted(honest.pk, [(MONDAY, 100)]) is None

    decide(actor=people_of_floor, item_id=item.pk, state="confirmed", reason="We agreed to let talks end")
    assert adjusted() is not None
    of_facts = talks_off(*MARCH, None)
    assert of_facts.by_rep == {padder.pk: pytest.approx(window.excess)}
    assert sum(of_facts.by_team.values()) == pytest.approx(window.excess)
    assert (both := adjusted_talks(padder.pk, *MARCH)) is not None
    assert both.adjusted == pytest.approx(both.counted - window.excess)
    assert adjusted_talks(honest.pk, *MARCH) is None
    told = CliRunner().invoke(facts_command, ["totals"], catch_exceptions=False).stdout
    assert f"{padder.name}: {both.counted:,} deep talks, adjusted {both.adjusted:,.1f}. Please review." in told
    assert f"{honest.name}:" not in told

    QualityItem.objects.filter(pk=item.pk).update(state="open")
    decide(actor=people_of_floor, item_id=item.pk, state="explained", reason="A script question at 180 s")
    assert adjusted() is None
    count_quality()
    assert adjusted() is None
    assert not talks_off(*MARCH, None).by_rep


def test_a_threshold_under_a_minute_leaves_no_room_and_says_nothing(floor: Floor) -> None:
    from pacemark.web.organization.models import Organization

    _talks(floor, floor.rep("A"), [200] * 50, [MONDAY])
    floor.count()
    Organization.objects.update(effective_seconds=10, deep_talk_seconds=40)

    count_quality()

    assert not QualityWindow.objects.exists()


def test_nothing_happens_without_calls(floor: Floor) -> None:
    assert count_quality() == 0
    assert listed_under({"redials_a_day": 1}) == {}


# --- dials ------------------------------------------------------------------------------------------------------------


def _dialled(floor: Floor, calls: list[Call]) -> None:
    Call.objects.bulk_create(calls)
    floor.count()
    count_quality()


def test_redials_of_one_lead_within_minutes_count_per_day(floor: Floor) -> None:
    often, spread = floor.rep("Often"), floor.rep("Spread")
    lead = Lead.objects.create(source=floor.source, external_id="L1")
    other = Lead.objects.create(source=floor.source, external_id="L2")
    calls = [_call(floor, often, _at(MONDAY, 9, 120 * n), lead=lead) for n in range(22)]
    # 21 redials: one more than is normal; eleven minutes apart they are none, nor is somebody else's dial one
    calls += [_call(floor, often, _at(date(2024, 3, 5), 9, 120 * n), lead=lead) for n in range(9)]
    calls += [_call(floor, spread, _at(MONDAY, 6, 661 * n), lead=lead if n % 2 else other) for n in range(40)]

    _dialled(floor, calls)

    assert (_kinds(often), _kinds(spread)) == ({"redial"}, set())
    numbers = QualityItem.objects.get(rep=often).evidence
    assert (numbers["times"], numbers["days"]) == (21, [["2024-03-04", 21]])
    assert len(numbers["records"]) == 21


def test_a_burst_is_a_row_of_short_dials_that_nothing_interrupts(floor: Floor) -> None:
    rapid, talked, slow = floor.rep("Rapid"), floor.rep("Talked"), floor.rep("Slow")
    calls = [_call(floor, rapid, _at(MONDAY, 9, 12 * n), n % 4) for n in range(10)]
    calls += [_call(floor, talked, _at(MONDAY, 9, 12 * n), 40 if n == 5 else 0) for n in range(14)]
    calls += [_call(floor, slow, _at(MONDAY, 9, 60 * n), 0) for n in range(30)]

    _dialled(floor, calls)

    assert (_kinds(rapid), _kinds(talked), _kinds(slow)) == ({"burst"}, set(), set())
    numbers = QualityItem.objects.get(rep=rapid).evidence
    assert (numbers["times"], len(numbers["records"])) == (10, 10)


def test_dials_outside_the_roster_count_per_week_where_a_roster_is_told(floor: Floor) -> None:
    away = floor.rep("Sunday")
    saturday, sunday, next_sunday = date(2024, 3, 9), date(2024, 3, 10), date(2024, 3, 17)

    def calls() -> list[Call]:
        inside = [_call(floor, away, _at(MONDAY, 8, 60 * n)) for n in range(50)]
        late = [_call(floor, away, _at(MONDAY, 21, 60 * n)) for n in range(6)]
        weekend = [_call(floor, away, _at(day, 9, 60 * n)) for day in (saturday, sunday) for n in range(8)]
        return [*inside, *late, *weekend, *(_call(floor, away, _at(next_sunday, 9, 60 * n)) for n in range(20))]

    _dialled(floor, calls())
    assert _kinds(away) == set(), "nobody has said when this team works"

    floor.team.working_pattern = WorkingPattern.objects.create(
        name="Week", anchor_monday=MONDAY, shift_start=time(9), shift_end=time(18)
    )
    floor.team.save()
    count_quality()

    # 6 late on Monday and 16 at the weekend are 22 in one week; 20 in the next are normal
    numbers = QualityItem.objects.get(rep=away, kind="off_roster").evidence
    assert numbers["times"] == 22
    assert numbers["days"] == [["2024-03-09", 8], ["2024-03-10", 8], ["2024-03-04", 6]]


# --- opportunities and deals ------------------------------------------------------------------------------------------


def test_opportunities_without_any_talk_before_are_a_share(floor: Floor) -> None:
    alone, talks = floor.rep("Alone"), floor.rep("Talks")
    for number in range(8):
        lead = Lead.objects.create(source=floor.source, external_id=f"L{number}")
        if number > 2:
            Call.objects.bulk_create([_call(floor, talks, _at(MONDAY), 30, lead)])
        row = floor.opportunity(alone, date(2024, 3, 5))
        reported = _at(date(2024, 3, 5), 8)
        Opportunity.objects.filter(pk=row.pk).update(lead=lead, reported_at=reported)
    _dialled(floor, [_call(floor, talks, _at(date(2024, 3, 6)), 30, Lead.objects.get(external_id="L0"))])

    numbers = QualityItem.objects.get(rep=alone).evidence
    # somebody else's talk counts, one after the report does not
    assert (numbers["times"], numbers["opportunities"]) == (3, 8)
    assert len(numbers["records"]) == 3


def test_deals_just_past_the_months_ends_are_noticed_against_others_habit(floor: Floor) -> None:
    holds, *others = (floor.rep(name) for name in ("Holds", "A", "B", "C"))
    first_days = [weekdays(date(2024, month, 1), date(2024, month, 20))[0] for month in (1, 2, 3)]
    last_days = [weekdays(date(2023, 12, 10), date(2023, 12, 31))[-1], date(2024, 1, 31), date(2024, 2, 29)]
    for first, last in zip(first_days, last_days, strict=True):
        for _number in range(4):
            floor.deal(holds, first, 100)
            for other in others:
                floor.deal(other, first, 100)
                floor.deal(other, last, 100)
    _dialled(floor, [_call(floor, holds, _at(date(2024, 3, 5)))])

    assert _kinds(holds) == {"deferred"}
    assert not QualityItem.objects.exclude(rep=holds).exists()
    numbers = QualityItem.objects.get(rep=holds, first_day=MARCH[0]).evidence
    assert (numbers["times"], numbers["around"]) == (12, 12)
    assert len(numbers["records"]) == 12


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_decision_is_kept_when_everything_is_counted_anew_and_only_the_first_holds(
    floor: Floor, people_of_floor: User
) -> None:
    rep = floor.rep("Often")
    lead = Lead.objects.create(source=floor.source, external_id="L1")
    _dialled(floor, [_call(floor, rep, _at(MONDAY, 9, 60 * n), lead=lead) for n in range(30)])
    [item] = QualityItem.objects.all()

    with pytest.raises(Refused, match="Say why"):
        decide(actor=people_of_floor, item_id=item.pk, state="dismissed", reason=" ")
    with pytest.raises(Refused):
        decide(actor=people_of_floor, item_id=item.pk, state="guilty", reason="x")
    decide(actor=people_of_floor, item_id=item.pk, state="dismissed", reason="The line was cut again and again")
    with pytest.raises(Refused, match="already"):
        decide(actor=people_of_floor, item_id=item.pk, state="confirmed", reason="No")
    Call.objects.all().delete()
    floor.dials(rep, MONDAY, 5)
    floor.count()
    count_quality()

    item.refresh_from_db()
    assert (item.state, item.reason) == ("dismissed", "The line was cut again and again")
    assert TrailEntry.objects.filter(action="process.quality_decided").count() == 1


def test_only_the_rep_explains_and_what_was_said_is_not_swept_away(floor: Floor, people_of_floor: User) -> None:
    rep = floor.rep("Often")
    rep.user = User.objects.create(username="often", display_name="Often", access_role="rep")
    rep.save()
    lead = Lead.objects.create(source=floor.source, external_id="L1")
    _dialled(floor, [_call(floor, rep, _at(MONDAY, 9, 60 * n), lead=lead) for n in range(30)])
    [item] = QualityItem.objects.all()

    with pytest.raises(Refused):
        say_word(actor=people_of_floor, item_id=item.pk, word="Mine")
    say_word(actor=rep.user, item_id=item.pk, word="The network failed that day")
    set_tolerances(actor=people_of_floor, values={"redials_a_day": 100})
    count_quality()

    item.refresh_from_db()
    assert item.word == "The network failed that day"


@pytest.mark.parametrize("n_deciders", [6])
def test_of_many_who_decide_at_once_one_wins(each_shared_database: str, n_deciders: int) -> None:
    people = make_people()
    item = QualityItem.objects.create(
        rep=people.rep_row, kind="burst", first_day=MARCH[0], last_day=MARCH[1], evidence={},
        found_at=_at(MONDAY),
    )  # fmt: skip
    won: list[str] = []
    start = threading.Barrier(n_deciders)

    def press(number: int) -> None:
        start.wait()
        try:
            decide(actor=people.manager, item_id=item.pk, state="explained", reason=f"reason {number}")
            won.append(f"reason {number}")
        except Refused as refused:
            assert refused.code == "process.already_decided"
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(n_deciders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    item.refresh_from_db()
    assert won == [item.reason]


def test_the_effect_of_tolerances_is_shown_before_they_hold(floor: Floor, people_of_floor: User) -> None:
    rep, lead = floor.rep("Some"), Lead.objects.create(source=floor.source, external_id="L1")
    _dialled(floor, [_call(floor, rep, _at(MONDAY, 9, 60 * n), lead=lead) for n in range(11)])

    assert listed_under({"redials_a_day": 5})["redial"] == (0, 1)
    assert listed_under({"redials_a_day": 10})["redial"] == (0, 0)
    assert not Tolerance.objects.exists() and not QualityItem.objects.exists()
    version = set_tolerances(actor=people_of_floor, values={"redials_a_day": 5})
    assert (version.version, version.redial_minutes) == (1, 10)


def test_effectiveness_is_of_what_was_dialled(floor: Floor) -> None:
    from pacemark.web.organization.queries import members_on

    rep, quiet = floor.rep("Busy"), floor.rep("Quiet")
    floor.dials(rep, MONDAY, 100, 40, 8)
    floor.count()

    [row] = effectiveness(members_on(MONDAY), *MARCH)

    assert row.member.rep_id == rep.pk != quiet.pk
    assert (row.done.dials, row.done.connects, row.done.effective_dials, row.done.deep_talks) == (100, 40, 8, 8)
    assert row.adjusted is None


def test_each_database_finds_the_same(each_database: str) -> None:
    floor = Floor()
    floor.team.working_pattern = WorkingPattern.objects.create(
        name="Week", anchor_monday=MONDAY, shift_start=time(9), shift_end=time(18)
    )
    floor.team.save()
    rep = floor.rep("All at once")
    lead = Lead.objects.create(source=floor.source, external_id="L1")
    calls = [_call(floor, rep, _at(MONDAY, 9, 10 * n), lead=lead) for n in range(30)]
    calls += [_call(floor, rep, _at(date(2024, 3, 9), 9, 90 * n), 200) for n in range(25)]
    for number in range(4):
        other = Lead.objects.create(source=floor.source, external_id=f"M{number}")
        row = floor.opportunity(rep, date(2024, 3, 5))
        Opportunity.objects.filter(pk=row.pk).update(lead=other, reported_at=_at(date(2024, 3, 5)))

    _dialled(floor, calls)

    found = {item.kind: item.evidence for item in QualityItem.objects.all()}
    assert {kind: (one["times"], len(one["records"])) for kind, one in found.items()} == {
        "redial": (29, 29), "burst": (30, 30), "off_roster": (25, 25), "no_talk": (4, 4)
    }  # fmt: skip
    window = QualityWindow.objects.get(rep_id=rep.pk, window_end=MARCH[1])
    assert (window.deep_talks, window.q) == (25, None)
    assert audit_months() == 6
