"""The pages of the talk: what each side is shown and may do, and that words typed are never lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.goals.jobs import plan_one_period
from pacemark.web.goals.models import Agreement, RepPlan
from pacemark.web.goals.queries.agreements import history_of
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.reminders import remind_waiting
from pacemark.web.jobs import registry
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.organization.services import add_leave
from tests.support.people import People, client_of
from tests.support.query_counts import counted_queries
from tests.web.goals.talks import FIRST, MARCH, Talk, planned_talk

MONTH = {"period": "2024-03"}


@pytest.fixture
def talk(people: People, today: date) -> Talk:
    return planned_talk(people)


def _page(who: Any, talk: Talk) -> Any:
    return client_of(who).get(reverse("goals:detail", args=[talk.rep_id]), MONTH)


def _post(who: Any, name: str, talk: Talk, **body: str) -> Any:
    return client_of(who).post(reverse(f"goals:{name}", args=[talk.rep_id]), {**MONTH, **body})


def _may(response: Any) -> set[str]:
    page = response.context["talk"]
    return set(page.forms) | ({"agree"} if page.may_agree else set())


def test_each_side_is_offered_what_it_may_do(talk: Talk, people: People) -> None:
    lead = {"revise", "withdraw"}
    walk: list[tuple[Any, set[str], set[str]]] = [
        (None, set(), {"propose"}),
        (talk.propose, {"agree", "ask"}, lead),
        (talk.ask, set(), lead),
        (lambda: talk.revise(100_00), {"agree", "ask"}, lead),
        (talk.agree, {"ask"}, lead),
        (talk.withdraw, set(), {"propose"}),
    ]
    for does, of_rep, of_leads in walk:
        if does is not None:
            does()
        assert _may(_page(people.rep, talk)) == of_rep
        for who in (people.manager, people.director, people.operations, people.admin):
            assert _may(_page(who, talk)) == of_leads
        state = Agreement.objects.filter(rep_id=talk.rep_id).first()
        assert bool(_page(people.manager, talk).context["may_set"]) == (state is None), "one door to the target"


def test_the_walk_by_the_pages(talk: Talk, people: People) -> None:
    assert _post(people.manager, "propose", talk, confidence="0.8", reason="开年").status_code == 302
    assert _post(people.rep, "ask", talk, seen="1", reason="请假", wished="2000.5").status_code == 302
    text = _page(people.manager, talk).content.decode()
    assert "请假" in text
    assert "2,000.50" in text or "2,001" in text
    assert _post(people.manager, "revise", talk, seen="2", amount="2200", reason="按比例").status_code == 302
    answer = _post(people.rep, "agree", talk, seen="3", next="/today/")
    assert (answer.status_code, answer["Location"]) == (302, "/today/")

    assert (talk.state.state, talk.state.holds_target_minor, talk.state.confidence) == ("agreed", 2200_00, "0.8")
    assert [step.wished_minor for step in history_of(talk.rep_id, FIRST)] == [None, 2000_50, None, None]


def test_a_stale_page_shows_how_it_stands_and_keeps_the_words(talk: Talk, people: People) -> None:
    talk.propose()
    talk.revise(100_00)
    answer = _post(people.director, "revise", talk, seen="1", amount="777", reason="大区的理由")

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "大区的理由" in text
    assert 'value="777"' in text
    assert 'name="seen" value="2"' in text, "sent again, it is about how things stand now"
    assert talk.state.n_steps == 2
    answer = _post(people.rep, "agree", talk, seen="1")
    assert (answer.status_code, talk.state.state) == (409, "proposed")


def test_words_that_fit_nowhere_any_more_are_shown_all_the_same(talk: Talk, people: People) -> None:
    talk.propose()
    talk.withdraw()
    answer = _post(people.rep, "ask", talk, seen="1", reason="我还有话说")

    assert answer.status_code == 409
    assert "我还有话说" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("ask", {"reason": ""}),
        ("ask", {"reason": "好", "wished": "-3"}),
        ("ask", {"reason": "好", "wished": "三千"}),
        ("revise", {"amount": "", "reason": "好"}),
        ("revise", {"amount": "-1", "reason": "好"}),
        ("revise", {"amount": "1e99", "reason": "好"}),
        ("withdraw", {"reason": " "}),
        ("agree", {"seen": "x"}),
    ],
)
def test_bad_words_are_refused_in_place(talk: Talk, people: People, name: str, body: dict[str, str]) -> None:
    talk.propose()
    who = people.rep if name in {"ask", "agree"} else people.manager
    answer = _post(who, name, talk, **{"seen": "1", **body})

    assert answer.status_code == 422
    assert (talk.state.n_steps, talk.state.state) == (1, "proposed")


def test_a_leader_cannot_agree_for_the_rep_and_another_site_is_not_returned_to(talk: Talk, people: People) -> None:
    talk.propose()
    assert _post(people.manager, "agree", talk, seen="1").status_code == 422
    answer = _post(people.rep, "agree", talk, seen="1", next="https://elsewhere.example/")
    assert answer["Location"].startswith("/goals/")


def test_the_agreed_plan_is_shown_with_what_the_numbers_would_be_since(talk: Talk, people: People) -> None:
    talk.propose()
    talk.revise(100_00)
    talk.agree()
    agreed = RepPlan.objects.get(rep_id=talk.rep_id, is_current=True)
    talk_days = agreed.content["days"]
    Membership.objects.filter(rep_id=talk.rep_id).update(team=people.other_team)
    add_leave(actor=people.operations, rep=people.rep_row, first_day=date(2024, 3, 4), last_day=date(2024, 3, 5))
    plan_period(actor=None, period=MARCH, as_of=FIRST)

    page = _page(people.operations, talk)
    assert page.context["page"].plan == agreed
    since = [(one.label, one.before, one.after) for one in page.context["talk"].since]
    assert [(before, after) for label, before, after in since if after == str(talk_days - 2)] == [
        (str(talk_days), str(talk_days - 2))
    ]
    newest = client_of(people.operations).get(reverse("goals:detail", args=[talk.rep_id]), {**MONTH, "version": "3"})
    assert newest.context["page"].plan.is_current


def test_a_target_typed_over_an_agreed_plan_says_why_it_is_not_taken(talk: Talk, people: People) -> None:
    talk.propose()
    talk.agree()
    body = {**MONTH, "amount": "5"}
    address = reverse("goals:set_target", args=[talk.rep_id])
    assert client_of(people.manager).post(address, body).status_code == 302
    assert talk.state.state == "agreed"
    client_of(people.manager).post(address, {**body, "reason": "新规则"})
    assert (talk.state.state, talk.state.reason) == ("proposed", "新规则")


# --- lists -----------------------------------------------------------------------------------------------------------


def _five(people: People) -> list[int]:
    ids = []
    for number in range(4):
        rep = Rep.objects.create(name=f"同事{number}")
        Membership.objects.create(rep=rep, team=people.team, valid_from=date(2023, 1, 1))
        ids.append(rep.pk)
    plan_period(actor=None, period=MARCH, as_of=FIRST)
    return ids


def test_who_has_not_agreed(talk: Talk, people: People) -> None:
    first, *_rest = _five(people)
    manager, address = client_of(people.manager), reverse("goals:agreements")
    manager.post(reverse("goals:propose_many"), {**MONTH, "confidence": "0.9", "rep": [first, people.outsider_row.pk]})
    talk.propose()
    talk.agree()

    page = manager.get(address, MONTH)
    assert page.context["counts"].by_state == {"asked": 0, "proposed": 1, "none": 3, "withdrawn": 0, "agreed": 1}
    assert (page.context["counts"].n_open, page.context["counts"].n_people) == (4, 5)
    listed = {key: manager.get(address, {**MONTH, "state": key}) for key in ("open", "none", "agreed", "proposed")}
    assert {key: len(answer.context["rows"]) for key, answer in listed.items()} == {
        "open": 4, "none": 3, "agreed": 1, "proposed": 1,
    }  # fmt: skip
    assert page.context["rows"][0].plan.rep_id == first, "whoever has to answer comes first"
    everyone = client_of(people.operations).get(address, MONTH)
    assert everyone.context["counts"].n_people == 6


def test_proposing_to_a_whole_team_touches_nobody_out_of_sight(talk: Talk, people: People) -> None:
    ids = _five(people)
    client_of(people.manager).post(reverse("goals:propose_many"), {**MONTH, "confidence": "0.5", "all": "1"})

    assert set(Agreement.objects.values_list("rep_id", flat=True)) == {talk.rep_id, *ids}


def test_the_list_takes_as_many_queries_whatever_was_said(talk: Talk, people: People) -> None:
    def count() -> int:
        client = client_of(people.admin)
        client.get(reverse("goals:agreements"), MONTH)
        with counted_queries() as counted:
            client.get(reverse("goals:agreements"), MONTH)
            client.get(reverse("goals:detail", args=[talk.rep_id]), MONTH)
        return len(counted)

    talk.propose()
    few = count()
    _five(people)
    for amount in (100, 200, 300):
        talk.ask(str(amount))
        talk.revise(amount)
    client_of(people.operations).post(reverse("goals:propose_many"), {**MONTH, "confidence": "0.5", "all": "1"})

    assert count() == few


# --- planning anew and reminding --------------------------------------------------------------------------------------


def test_planning_anew_leaves_what_is_agreed_unless_a_reason_is_given(talk: Talk, people: People) -> None:
    talk.propose()
    talk.agree()
    Membership.objects.filter(rep_id=talk.rep_id).update(team=people.other_team)
    plan_one_period("2024-03", people.operations.pk)
    assert talk.state.state == "agreed"
    plan_one_period("2024-03", people.operations.pk, reason="团队变了")

    said = history_of(talk.rep_id, FIRST)[-1]
    assert (said.kind, said.reason, said.by) == ("reopen", "团队变了", people.operations)
    assert talk.state.holds_version == 1


def test_today_asks_the_rep_alone(talk: Talk, people: People) -> None:
    talk.propose()
    mine = client_of(people.rep).get(reverse("overview:today"))
    assert [one.target_minor for one in mine.context["waiting"]] == [0]
    assert mine.context["waiting"][0].n_steps == 1
    others = client_of(people.manager).get(reverse("overview:today_of", args=[talk.rep_id]))
    assert others.context["waiting"] == []
    talk.agree()
    assert client_of(people.rep).get(reverse("overview:today")).context["waiting"] == []


def test_reminders_wait_a_day_come_every_two_and_stop_with_the_answer(
    talk: Talk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(registry._jobs, registry.AGREEMENT_WAITING, {})
    registry.job(registry.AGREEMENT_WAITING)(lambda **payload: heard.append(payload))
    talk.propose()
    said_at = history_of(talk.rep_id, FIRST)[0].at

    def remind(after: timedelta) -> int:
        return remind_waiting(said_at + after)

    day, hour = timedelta(days=1), timedelta(hours=1)
    assert [remind(day - hour), remind(day), remind(day), remind(3 * day - hour), remind(3 * day)] == [0, 1, 0, 0, 1]
    assert talk.state.reminded_at == said_at + 3 * day
    talk.ask()
    assert talk.state.reminded_at is None
    asked_at = history_of(talk.rep_id, FIRST)[-1].at
    assert remind_waiting(asked_at + day) == 1
    talk.revise(None)
    talk.agree()
    assert remind_waiting(said_at + 5 * day) == 0
    run_pending()
    start = {"period_start": "2024-03-01", "rep_ids": [talk.rep_id]}
    assert heard == [{**start, "state": state} for state in ("proposed", "proposed", "asked")]


def test_a_month_that_is_over_is_not_reminded_of(talk: Talk) -> None:
    talk.propose()
    assert remind_waiting(datetime(2024, 4, 1, 0, 30, tzinfo=UTC)) == 0
