"""Reviews: sums that agree with the facts, written once per cycle, agreed and then left alone, and judged by data."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from pacemark.cli.review import review
from pacemark.cli.start import UserMistake
from pacemark.engine.errors import EngineError
from pacemark.web.goals.models import Target
from pacemark.web.organization.models import Membership, Organization, Region, Rep, Team
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Deal, Source
from pacemark.web.pipeline.queries import RepTotals
from pacemark.web.pipeline.queries.totals import TotalsBy, totals_over
from pacemark.web.results.bridge.review_effects import effect_of
from pacemark.web.results.choices import ReviewLevel, ReviewStage, Worked
from pacemark.web.results.models import Review, ReviewAction
from pacemark.web.results.pages.review_words import headline_of, parts_of
from pacemark.web.results.queries.review_cycles import cycle_named, last_cycle, month_around, week_around
from pacemark.web.results.queries.reviews import carried_actions, drift_of
from pacemark.web.results.refusals import Refused
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.review_talks import (
    Decided,
    add_words,
    agree_review,
    archive_review,
    decide_action,
    settle_action,
)
from pacemark.web.results.services.reviews import Written, write_reviews
from tests.support.people import NAMES, People, client_of
from tests.web.goals.floor import Floor

pytestmark = pytest.mark.django_db
# Monday to Sunday
FIRST, LAST, TODAY = date(2024, 3, 4), date(2024, 3, 10), date(2024, 3, 15)
WEEK = week_around(FIRST)


@pytest.fixture(autouse=True)
def _today(settings: Any) -> None:
    settings.PACEMARK_TODAY = TODAY.isoformat()


def _write(level: str = ReviewLevel.TEAM, cycle: Any = WEEK) -> Written:
    return write_reviews(actor=None, cycle=cycle, level=level, today=TODAY)


def _floor() -> Floor:
    """Two regions; a split deal across them, a refund, one deal that nobody owns, one on the day after."""
    floor = Floor()
    north, south = Region.objects.create(name="North"), Region.objects.create(name="South")
    Team.objects.filter(pk=floor.team.pk).update(region=north)
    one, two = floor.rep("One"), floor.rep("Two", team=Team.objects.create(name="Team 2", region=south))
    deal = floor.deal(one, FIRST, 1000)
    floor.refund(deal, LAST, 333)
    floor.deal(two, LAST, 200)
    floor.deal(None, LAST, 50)
    floor.deal(two, date(2024, 3, 11), 7_000)
    floor.dials(one, FIRST, 20, 8, 3)
    floor.count()
    split_credit(actor=None, deal_id=deal.pk, parts=[(one.pk, Decimal("33.33")), (two.pk, Decimal("66.67"))])
    return floor


def test_reviews_agree_with_the_facts_to_the_last_cent_on_every_level() -> None:
    _floor()

    for level in ReviewLevel.values:
        _write(level)

    facts = totals_over(FIRST, LAST, TotalsBy.REP).totals.net_revenue_minor
    nets = {row.key.split(":")[0]: 0 for row in Review.objects.all()}
    for row in Review.objects.all():
        nets[row.level] += row.content["result"]["net_minor"]
        parts = row.content["units"]
        assert not parts or sum(one["net_minor"] for one in parts) == row.content["result"]["net_minor"]
    nobodys = 5_000
    assert facts == 91_700
    assert nets == {"team": facts - nobodys, "region": facts - nobodys, "organization": facts}
    # 667.00 net of the first deal, a third and two thirds of it
    mine = Review.objects.get(team__name="Team 1").content["result"]
    assert (mine["won_minor"], mine["refunds_minor"]) == (33_330, 11_099)


def test_a_week_is_asked_its_working_days_of_each_month_it_lies_in() -> None:
    floor = Floor()
    rep = floor.rep("One")
    floor.deal(rep, date(2024, 2, 28), 10)
    floor.count()
    for month, amount in ((date(2024, 2, 1), 210_000), (date(2024, 3, 1), 420_000)):
        Target.objects.create(rep=rep, period_start=month, amount_minor=amount, version=1)

    _write(cycle=week_around(date(2024, 2, 28)))

    # 26 to 29 February are four of its 21 working days, 1 March is one of 21
    result = Review.objects.get().content["result"]
    assert result["target_minor"] == 210_000 * 4 // 21 + 420_000 * 1 // 21 == 60_000


def test_twice_the_same_data_write_once_and_a_draft_follows_its_data() -> None:
    floor = _floor()

    assert _write() == Written(new=2, changed=0, same=0, frozen=0)
    assert _write() == Written(new=0, changed=0, same=2, frozen=0)
    floor.deal(Rep.objects.get(name="Two"), LAST, 1)
    floor.count()
    assert _write() == Written(new=0, changed=1, same=1, frozen=0)


def test_what_was_agreed_stays_and_says_that_data_changed_since(people: People) -> None:
    floor_of_people(people, 100)
    _write()
    row = Review.objects.get(team=people.team)
    agree_review(actor=people.manager, review_id=row.pk)
    assert drift_of(Review.objects.get(pk=row.pk)) is None

    floor_of_people(people, 25)
    assert _write().frozen == 1

    row.refresh_from_db()
    drift = drift_of(row)
    assert row.content["result"]["net_minor"] == 10_000
    assert drift is not None
    assert (drift.net_minor, drift.net_now_minor, drift.other_counts) == (10_000, 12_500, True)
    text = client_of(people.manager).get(reverse("results:review", args=[row.pk])).content.decode()
    assert "12,500" not in text
    assert "125 " in text


def floor_of_people(people: People, amount: int, day: date = FIRST) -> None:
    """Add a deal of the rep's to the week."""
    source, _ = Source.objects.get_or_create(name="hand")
    Deal.objects.create(
        source=source, external_id=f"D{Deal.objects.count()}", owner=people.rep_row, signed_on=day,
        amount_minor=amount * 100,
    )  # fmt: skip
    rebuild_facts(actor=None)


def test_the_manager_agrees_and_who_stands_above_archives(people: People) -> None:
    floor_of_people(people, 100)
    _write()
    row = Review.objects.get(team=people.team)

    with pytest.raises(Refused, match="before it is archived"):
        archive_review(actor=people.director, review_id=row.pk)
    for stranger in (people.rep, people.outsider):
        with pytest.raises(Refused):
            agree_review(actor=stranger, review_id=row.pk)
    agree_review(actor=people.manager, review_id=row.pk)
    with pytest.raises(Refused):
        archive_review(actor=people.manager, review_id=row.pk)
    done = archive_review(actor=people.director, review_id=row.pk)

    assert (done.stage, done.agreed_by, done.archived_by) == (
        ReviewStage.ARCHIVED, people.manager, people.director,
    )  # fmt: skip
    for refused in (
        lambda: add_words(actor=people.manager, review_id=row.pk, section="work", text="late"),
        lambda: decide_action(
            actor=people.manager, review_id=row.pk, decided=Decided(what="x", owner_id=None, due_on=TODAY)
        ),
    ):
        with pytest.raises(Refused) as error:
            refused()
        assert error.value.code == "results.review_frozen"


def test_actions_are_refused_that_nobody_of_the_unit_owns_or_that_are_due_too_early(people: People) -> None:
    floor_of_people(people, 100)
    _write()
    row = Review.objects.get(team=people.team)

    for decided, code in (
        (Decided(what=" ", owner_id=people.rep.pk, due_on=TODAY), "says_nothing"),
        (Decided(what="x", owner_id=people.rep.pk, due_on=LAST), "due_too_early"),
        (Decided(what="x", owner_id=people.outsider.pk, due_on=TODAY), "owner_outside"),
        (Decided(what="x", owner_id=people.rep.pk, due_on=TODAY, metric="talk_time"), "no_metric"),
    ):
        with pytest.raises(Refused) as error:
            decide_action(actor=people.manager, review_id=row.pk, decided=decided)
        assert error.value.code == f"results.review_{code}"
    assert not ReviewAction.objects.exists()


def test_actions_go_into_the_next_review_until_they_are_settled(people: People) -> None:
    floor_of_people(people, 100)
    floor_of_people(people, 100, date(2024, 2, 27))
    _write(cycle=WEEK.before())
    _write()
    before, now = Review.objects.filter(team=people.team).order_by("first_day")
    made = [
        decide_action(
            actor=people.manager, review_id=before.pk,
            decided=Decided(what=f"Thing {n}", owner_id=people.rep.pk, due_on=date(2024, 3, 6)),
        )
        for n in range(2)
    ]  # fmt: skip
    assert carried_actions([people.team.pk]) == []
    agree_review(actor=people.manager, review_id=before.pk)
    assert carried_actions([people.team.pk]) == made
    settle_action(actor=people.rep, action_id=made[0].pk, state="done", today=date(2024, 3, 6))
    with pytest.raises(Refused):
        settle_action(actor=people.outsider, action_id=made[1].pk, state="done", today=TODAY)

    _write()

    now.refresh_from_db()
    told = [(one["what"], one["state"], one["is_late"]) for one in now.content["last_actions"]]
    assert told == [("Thing 0", "done", False), ("Thing 1", "open", True)]
    assert carried_actions([people.team.pk]) == made[1:]
    assert client_of(people.manager).get(reverse("overview:team")).status_code == 200


def _totals(rep_id: int, dials: int, connects: int) -> RepTotals:
    return RepTotals(rep_id=rep_id, active_days=5, dials=dials, connects=connects)


def test_an_action_worked_only_where_similar_people_elsewhere_did_not_move_as_much() -> None:
    """Everyone rises by 10 points; the unit by 10 more, or by nothing more."""
    people, mine = range(1, 31), set(range(1, 11))
    before = {rep: _totals(rep, 100, 20 + rep % 10) for rep in people}
    rising = {rep: _totals(rep, 100, 30 + rep % 10 + (10 if rep in mine else 0)) for rep in people}
    alike = {rep: _totals(rep, 100, 30 + rep % 10 + rep % 3) for rep in people}

    worked = effect_of("connect_per_dial", before, rising, mine)
    luck = effect_of("connect_per_dial", before, alike, mine)
    few = effect_of("connect_per_dial", before, rising, {1, 2, 3})

    assert worked["verdict"] == "better"
    assert worked["effect"] == pytest.approx(0.10)
    assert (worked["before"], worked["after"]) == (pytest.approx(0.245), pytest.approx(0.445))
    assert luck["verdict"] == "not_told"
    assert (few["verdict"], few["effect"]) == ("not_enough_data", None)


def test_a_measured_action_is_noted_as_having_worked() -> None:
    floor = Floor()
    other = Team.objects.create(name="Team 2")
    for n in range(12):
        rep = floor.rep(f"R{n}", **({"team": other} if n % 2 else {}))
        floor.dials(rep, date(2024, 2, 27), 60 + n, 12)
        floor.dials(rep, FIRST, 60 + n, 13 if n % 2 else 36)
    floor.count()
    _write(cycle=WEEK.before())
    row = Review.objects.get(team=floor.team)
    action = ReviewAction.objects.create(review=row, what="Dial at ten", due_on=LAST, metric="connect_per_dial")

    _write()

    action.refresh_from_db()
    effect = Review.objects.get(team=floor.team, first_day=FIRST).content["last_actions"][0]["effect"]
    assert (effect["verdict"], effect["n"], effect["n_alike"]) == ("better", 6, 6)
    assert action.worked == Worked.YES


def test_what_is_not_known_is_said_and_content_survives_json() -> None:
    floor = Floor()
    floor.deal(floor.rep("One"), FIRST, 10)
    floor.count()
    _write()
    row = Review.objects.get()

    with translation.override("en"):
        told = {part.code: " ".join(part.sentences) for part in parts_of(row.content, {})}
        assert headline_of(row.content) == "€10 brought; nothing was planned"

    assert "No target stands" in told["result"]
    assert "Not enough data" in told["causes"]
    assert "No lead arrived" in told["leads"]
    assert "No coaching was due" in told["coaching"]
    assert json.loads(json.dumps(row.content)) == row.content
    with pytest.raises(Refused):
        _write(cycle=week_around(TODAY.replace(day=18)))


def test_who_reads_which_review(people: People) -> None:
    floor_of_people(people, 100)
    Membership.objects.filter(rep=people.outsider_row).update(team=people.other_team)
    _write()
    _write(ReviewLevel.REGION)
    mine, theirs = Review.objects.get(team=people.team), Review.objects.get(team=people.other_team)
    region = Review.objects.get(region=people.team.region)

    seen = {
        name: [
            client_of(getattr(people, name)).get(reverse("results:review", args=[row.pk])).status_code
            for row in (mine, theirs, region)
        ]
        for name in ("rep", "manager", "director", "operations", "admin")
    }

    assert seen == {
        "rep": [403, 403, 403], "manager": [200, 404, 404], "director": [200, 404, 200],
        "operations": [200, 200, 200], "admin": [200, 200, 200],
    }  # fmt: skip


def test_a_manager_walks_a_review_from_draft_to_paper(people: People) -> None:
    floor_of_people(people, 100)
    _write()
    row = Review.objects.get(team=people.team)
    client, page = client_of(people.manager), reverse("results:review", args=[row.pk])

    client.post(reverse("results:review_words", args=[row.pk]), {"section": "work", "text": "Two were ill."})
    bad = client.post(reverse("results:review_decide", args=[row.pk]), {"what": "x", "owner": people.rep.pk})
    assert bad.status_code == 422
    sent = {"what": "Sit beside", "owner": people.manager.pk, "due_on": "2024-03-20", "metric": "dials"}
    client.post(reverse("results:review_decide", args=[row.pk]), sent)
    assert client.post(reverse("results:review_agree", args=[row.pk]), follow=True).status_code == 200
    text, paper = client.get(page).content.decode(), client.get(reverse("results:review_pdf", args=[row.pk]))

    assert "Two were ill." in text
    assert "Sit beside" in text
    assert NAMES["manager"] in text
    assert paper.content.startswith(b"%PDF")
    assert paper["Content-Type"] == "application/pdf"
    assert client.get(reverse("results:reviews")).status_code == 200


def test_cycles_have_the_names_of_iso_weeks_and_of_sales_months() -> None:
    Organization.objects.create(name="x", sales_month_start_day=26)

    assert (WEEK.label, WEEK.last) == ("2024-W10", LAST)
    assert cycle_named("2024-W10") == WEEK
    assert cycle_named("2020-W53").first == date(2020, 12, 28)
    assert last_cycle("week", date(2024, 3, 11)) == WEEK
    assert last_cycle("week", date(2024, 3, 10)).last == date(2024, 3, 3)
    march = cycle_named("2024-03")
    assert (march.first, march.last, march.before().label) == (date(2024, 2, 26), date(2024, 3, 25), "2024-02")
    assert month_around(march.last) == march
    for wrong in ("2024-W54", "W10", "2024-13"):
        with pytest.raises(EngineError):
            cycle_named(wrong)


def test_the_command_says_the_same_and_keeps_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _floor()
    paper = tmp_path / "review.pdf"

    review(team="Team 1", period="2024-W10", as_of="2024-03-15", as_json_text=True, language="en", pdf=paper)
    told = json.loads(capsys.readouterr().out)
    review(period="2024-03", as_of="2024-03-10", as_json_text=True)
    known = json.loads(capsys.readouterr().out)

    assert told["result"]["net_minor"] == 33_330 - 11_099
    assert told["text"][0] == "Team 1 · weekly review 2024-W10"
    assert paper.read_bytes().startswith(b"%PDF")
    # what came on 10 March, the first day not yet known, is left out
    assert (known["until"], known["result"]["net_minor"]) == ("2024-03-09", 100_000)
    assert not Review.objects.exists()
    for wrong in ({"team": "Nobody"}, {"period": "2024-13"}, {"team": "a", "region": "b"}, {"language": "fr"}):
        with pytest.raises(UserMistake):
            review(as_of="2024-03-15", **wrong)
