"""The diagnosis as people open it: in their scope, in kind words for oneself, by a click into coaching."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Rep, Team
from pacemark.web.process.models import CoachingAction, Finding, LookedAt, RepCauses
from pacemark.web.process.services.findings import count_findings
from tests.support.people import client_of
from tests.support.quarter_floor import LAST, write_quarter
from tests.web.goals.floor import Floor

AS_OF = LAST + timedelta(days=1)
MARCH = sales_month("2024-03")


@pytest.fixture
def weak(db: None, settings: object) -> Rep:
    settings.PACEMARK_TODAY = AS_OF.isoformat()  # type: ignore[attr-defined]
    weak = write_quarter(Floor())
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    count_findings(actor=None, as_of=AS_OF)
    return weak


def _user(name: str, role: AccessRole) -> User:
    user = create_user(actor=None, username=name, display_name=name, password="a long password 7", access_role=role)
    User.objects.filter(pk=user.pk).update(language="en")
    return User.objects.get(pk=user.pk)


def _text(user: User, address: str) -> str:
    return re.sub(r"\s+", " ", client_of(user).get(address).content.decode())


def test_a_leader_sees_money_by_cause_the_verdict_and_the_calls(weak: Rep) -> None:
    page = _text(_user("ops", AccessRole.OPERATIONS), reverse("process:diagnosis", args=[weak.pk]))
    found = Finding.objects.get(cause="ability")

    assert "More than luck" in page
    assert "13 of 156; others make about 78 of such leads." in page
    assert "Perhaps asking for needs, or knowing the product" in page
    assert all(call["id"] in page for call in found.evidence["calls"])
    row = RepCauses.objects.get(rep=weak, first_day=MARCH.first)
    for minor in (row.goal_minor, row.execution_minor, row.ability_minor, row.luck_minor):
        assert f"{abs(minor) // 100:,}" in page


def test_the_room_ranks_findings_by_money_and_its_funnel_stands_beside_the_other_teams(weak: Rep) -> None:
    other = Team.objects.create(name="Team 2")
    weak.memberships.update(team=other)
    count_findings(actor=None, as_of=AS_OF)
    page = _text(_user("ops", AccessRole.OPERATIONS), reverse("process:home"))

    money = list(Finding.objects.filter(is_current=True).order_by("money_minor").values_list("rep__name", flat=True))
    assert money[0] == "Weak"
    assert page.index("Weak") < min((page.find(name) for name in money[1:] if name in page), default=len(page))
    # five others: 390 of 780; the weak one alone in the second team: 13 of 156
    assert "others 50.0%" in page
    assert "13/156" in page


def test_one_click_fills_the_form_and_keeps_where_it_came_from(weak: Rep) -> None:
    found = Finding.objects.get(cause="ability")
    ops = client_of(_user("ops", AccessRole.OPERATIONS))
    address = reverse("process:plan_coaching", args=[weak.pk])
    form = ops.get(f"{address}?finding={found.pk}").context["form"]
    filled = {**form.initial, "due_on": (AS_OF + timedelta(days=3)).isoformat()}
    assert found.evidence["calls"][0]["id"] in filled["what"]

    assert ops.post(address, filled).status_code == 302
    action = CoachingAction.objects.get()
    assert (action.finding, action.stage) == (found, "opportunity_per_deep_talk")
    # a finding of somebody else is no finding here
    other = Rep.objects.get(name="Peer 1")
    ops.post(reverse("process:plan_coaching", args=[other.pk]), filled)
    assert CoachingAction.objects.get(rep=other).finding is None


def test_oneself_reads_kind_words_and_nobody_else(weak: Rep) -> None:
    user = _user("weak", AccessRole.REP)
    Rep.objects.filter(pk=weak.pk).update(user=user)
    page = _text(user, reverse("process:diagnosis", args=[weak.pk]))

    assert "Here is the most to win." in page
    assert "Peer" not in page
    other = reverse("process:diagnosis", args=[Rep.objects.get(name="Peer 0").pk])
    assert client_of(user).get(other).status_code == 404
    team = reverse("process:team_diagnosis", args=[Team.objects.get().pk])
    assert client_of(user).get(team).status_code == 403


def test_a_manager_opens_their_own_team_alone(weak: Rep) -> None:
    manager = _user("lead", AccessRole.MANAGER)
    mine, others = Team.objects.get(), Team.objects.create(name="Others")
    Team.objects.filter(pk=mine.pk).update(manager=manager)
    client = client_of(manager)

    assert client.get(reverse("process:team_diagnosis", args=[mine.pk])).status_code == 200
    assert client.get(reverse("process:team_diagnosis", args=[others.pk])).status_code == 404


def test_a_period_that_cannot_be_meant_or_holds_nothing_is_said(weak: Rep) -> None:
    user, address = _user("ops", AccessRole.OPERATIONS), reverse("process:diagnosis", args=[weak.pk])
    for query in (
        "period=2024-13",
        "first=x",
        "first=2024-03-01&last=2024-02-01&base_first=2024-01-01&base_last=2024-01-31",
        "first=2024-02-01&last=2024-02-29&base_first=2024-02-01&base_last=2024-02-29",
    ):
        assert "cannot be meant" in _text(user, f"{address}?{query}"), query
    assert "Nothing is known of this time" in _text(user, f"{address}?period=1999-01")


def test_any_two_periods_are_compared_on_the_page(weak: Rep) -> None:
    query = "first=2024-02-01&last=2024-02-29&base_first=2024-01-01&base_last=2024-01-31"
    user = _user("ops", AccessRole.OPERATIONS)
    page = _text(user, reverse("process:diagnosis", args=[weak.pk]) + f"?{query}")
    assert "From before to now" in page
    team = _text(user, reverse("process:team_diagnosis", args=[Team.objects.get().pk]) + f"?{query}")
    assert "From before to now" in team


def test_no_ranking_is_shown_where_luck_alone_would_make_the_differences(weak: Rep) -> None:
    user = _user("ops", AccessRole.OPERATIONS)
    ranked = _text(user, reverse("process:ranking") + "?stage=opportunity_per_deep_talk")
    # one far below five that are all alike: they differ beyond chance
    assert "so they can be ranked" in ranked
    level = _text(user, reverse("process:ranking") + "?stage=connect_per_dial")
    assert "luck alone would make such differences" in level
    assert "<th>#</th>" not in level


def test_team_and_today_tell_what_was_found_and_a_manager_is_seen_to_look(weak: Rep) -> None:
    manager, user = _user("lead", AccessRole.MANAGER), _user("weak", AccessRole.REP)
    Team.objects.update(manager=manager)
    Rep.objects.filter(pk=weak.pk).update(user=user)
    first = client_of(manager).get(reverse("overview:team"))
    assert "13 of 156; others make about 78 of such leads." in first.content.decode()
    today = _text(user, reverse("overview:today"))
    assert "Here is the most to win." in today
    assert "Peer" not in today

    # asked again with nothing new the page is not sent again; findings counted anew make it another page
    poll = first.context["poll"]
    asked = {"HTTP_HX_REQUEST": "true"}
    assert client_of(manager).get(poll, **asked).status_code == 204
    count_findings(actor=None, as_of=AS_OF)
    assert client_of(manager).get(poll, **asked).status_code == 200

    coaching = reverse("process:coaching")
    [own] = client_of(manager).get(coaching).context["follow"]
    assert (own.looked, own.team.manager) == (1, manager)
    # somebody else's look is not the manager's
    LookedAt.objects.all().delete()
    client_of(_user("ops", AccessRole.OPERATIONS)).get(reverse("overview:team"))
    assert not LookedAt.objects.exists()


def test_programs_read_the_same(weak: Rep) -> None:
    user = _user("weak", AccessRole.REP)
    Rep.objects.filter(pk=weak.pk).update(user=user)
    listed = client_of(user).get(reverse("api:findings") + "?cause=ability").json()
    [item] = listed["items"]
    assert (item["rep_id"], item["stage"], item["verdict"]) == (weak.pk, "opportunity_per_deep_talk", "skill")
    month = client_of(user).get(reverse("api:diagnosis", args=[weak.pk])).json()
    assert sum(month["causes_minor"].values()) == month["actual_minor"] - month["target_minor"]
    nothing = client_of(user).get(reverse("api:diagnosis", args=[weak.pk]) + "?period=2020-01").json()
    assert (nothing["last"], nothing["causes_minor"]) == (None, None)
