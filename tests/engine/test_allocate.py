"""The calculator's allocate: worked cases that take several runs, orders, reasons, and what is refused."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from pacemark.engine.calc import calculate_text

FOUR = [{"id": name, "score": score} for name, score in zip("abcd", (3, 2, 2, 1), strict=True)]
SHARES = {"base": 0.6, "reward": 0.4}


def _answer(**given: Any) -> dict[str, Any]:
    exit_code, text = calculate_text("allocate", json.dumps(given))
    assert exit_code == 0, text
    answer: dict[str, Any] = json.loads(text)
    return answer


def _days(days: list[list[dict[str, Any]]], n_leads: int, **given: Any) -> list[dict[str, int]]:
    counts, ledger = [], {}
    for reps in days:
        answer = _answer(leads={"count": n_leads}, reps=reps, ledger=ledger, **given)
        counts.append(answer["counts"])
        ledger = answer["ledger"]
    return counts


def _sum(days: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(day[name] for day in days) for name in days[0]}


def test_one_lead_a_day_is_shared_evenly_by_the_month() -> None:
    assert _sum(_days([[{"id": "a"}, {"id": "b"}]] * 30, 1)) == {"a": 15, "b": 15}
    assert _sum(_days([[{"id": "a"}, {"id": "b"}, {"id": "c"}]] * 3, 10)) == {"a": 10, "b": 10, "c": 10}


@pytest.mark.parametrize(("n_runs", "n_leads"), [(1, 1000), (10, 100), (1000, 1)])
def test_one_batch_chunks_and_single_calls_give_the_same(n_runs: int, n_leads: int) -> None:
    assert _sum(_days([FOUR] * n_runs, n_leads, policy={"base": 0})) == {"a": 375, "b": 250, "c": 250, "d": 125}


def test_ten_a_month_is_ten_a_month() -> None:
    reps = [[{"id": "a", "cap_month": 10, "held_month": min(day, 10)}, {"id": "b", "off": "away"}] for day in range(12)]

    assert [day["a"] for day in _days(reps, 1)] == [1] * 10 + [0] * 2


def test_back_from_leave_a_rep_gets_the_normal_share_or_what_is_made_up() -> None:
    away = [{"id": "a", "off": "on_leave"}, {"id": "b"}, {"id": "c"}]
    here = [{"id": "a"}, {"id": "b"}, {"id": "c"}]

    assert [day["a"] for day in _days([away, here, here], 18)] == [0, 6, 6]
    assert [day["a"] for day in _days([away, here, here], 18, policy={"make_up": 5})] == [0, 11, 6]
    assert [day["a"] for day in _days([away, here, here], 6, policy={"make_up": 5})] == [0, 4, 2]


def test_withholding_moves_leads_and_ends_by_itself() -> None:
    withheld = [*FOUR[:3], {**FOUR[3], "withheld": {"base": 0.5, "reward": 0}}]
    days = _days([FOUR, withheld, withheld, withheld, FOUR], 40, policy=SHARES)

    assert [sorted(day.values(), reverse=True) for day in days] == [
        [12, 10, 10, 8], [14, 12, 11, 3], [14, 12, 11, 3], [14, 12, 11, 3], [12, 10, 10, 8],
    ]  # fmt: skip
    assert [day["d"] for day in days] == [8, 3, 3, 3, 8]
    assert days[1]["b"] == days[2]["c"] == 12, "the tie swaps next day"


def test_the_first_pick_takes_the_best_and_balanced_spreads_them() -> None:
    leads = [{"id": f"L{place}", "grade": "A", "score": place} for place in range(8)]
    reps = [{"id": "low", "score": 1}, {"id": "high", "score": 2}]

    def of_high(order: str) -> list[int]:
        given = _answer(leads=leads, reps=reps, policy={"order": order})["assignments"]
        return sorted(int(lead["lead"][1:]) for lead in given if lead["rep"] == "high")

    assert of_high("first_pick") == [4, 5, 6, 7]
    assert of_high("balanced") == [1, 3, 5, 7]


def test_balanced_gives_few_leads_from_the_middle() -> None:
    leads = [{"id": str(place), "score": -place} for place in range(1, 5)]
    reps = [{"id": "many", "score": 3}, {"id": "one", "score": 1}]
    assigned = _answer(leads=leads, reps=reps, policy={"base": 0, "order": "balanced"})["assignments"]

    assert [lead["rep"] for lead in assigned] == ["many", "many", "one", "many"]


def test_a_cap_below_the_floor_is_the_floor() -> None:
    reps = [{"id": "a", "score": 97}, {"id": "b", "score": 2}, {"id": "c", "score": 1, "cap": 1}]
    answer = _answer(leads={"count": 20}, reps=reps, policy={"base": 0, "floor": 4, "order": "arrival"})

    assert answer["counts"] == {"a": 15, "b": 4, "c": 1}
    # The floors never had to be guarded: whoever is owed most is not passed over early on their account.
    assert [lead["reason"]["rep_level"]["before"] < 1 for lead in answer["assignments"]] == [True] * 20


def test_a_team_that_ranks_higher_picks_before_a_better_score() -> None:
    reps = [{"id": "star", "team": "second", "score": 9}, {"id": "plain", "team": "first", "score": 1}]
    teams = [{"id": "first", "rank": 1}, {"id": "second", "rank": 2}]

    assigned = _answer(leads={"A": 4}, reps=reps, teams=teams)["assignments"]
    assert [lead["rep"] for lead in assigned] == ["plain", "plain", "star", "star"]


def test_skills_keep_their_leads_whatever_the_order() -> None:
    leads = [{"id": f"L{place}", "tags": ["beijing"] if place % 3 == 0 else [], "score": place} for place in range(30)]
    reps = [{"id": "north", "skills": ["beijing"]}, {"id": "south", "skills": ["shanghai"]}, {"id": "any"}]
    answer = _answer(leads=leads, reps=reps)
    to_south = [int(lead["lead"][1:]) for lead in answer["assignments"] if lead["rep"] == "south"]

    assert to_south
    assert all(place % 3 for place in to_south)


def test_a_waiting_lead_says_why_for_everyone() -> None:
    leads = [{"id": "L1", "tags": ["maths"]}, {"id": "L2", "do_not_contact": True}]
    reps = [
        {"id": "a", "skills": ["beijing"]}, {"id": "b", "on_duty": False}, {"id": "c", "off": "off_shift"},
        {"id": "d", "cap_day": 3, "held_day": 3}, {"id": "e", "withheld": {"base": 0, "reward": 0}},
        {"id": "f", "cap_month": 0},
    ]  # fmt: skip
    first, second = _answer(leads=leads, reps=reps)["waiting"]

    assert first["reasons"] == {
        "a": {"code": "skills", "missing": ["maths"]}, "b": {"code": "off_duty"}, "c": {"code": "off_shift"},
        "d": {"code": "cap_day", "held": 3, "cap": 3}, "e": {"code": "withheld"},
        "f": {"code": "cap_month", "held": 0, "cap": 0},
    }  # fmt: skip
    assert {reason["code"] for reason in second["reasons"].values()} == {"do_not_contact"}


def test_evidence_adds_up_and_names_who_was_excluded_on_the_way() -> None:
    reps = [{"id": "a", "cap": 2}, {"id": "b", "off": "away"}, {"id": "c"}]
    given = _answer(leads={"count": 6}, reps=reps, policy={"order": "arrival"})["assignments"]

    for lead in given:
        level = lead["reason"]["rep_level"]
        assert level["after"] == pytest.approx(level["before"] + level["share"] - 1)
    assert [lead["rep"] for lead in given] == ["a", "c", "a", "c", "c", "c"]
    assert [lead["reason"]["excluded"] for lead in given] == [{}] * 3 + [
        {"a": {"code": "cap", "held": 2, "cap": 2}}
    ] * 3
    assert given[0]["reason"]["rep_level"]["runner_up"] == "c"


def test_damping_mixes_the_share_of_the_cycle_before() -> None:
    reps = [{"id": "a", "score": 3, "previous_share": 0.5}, {"id": "b", "score": 1, "previous_share": 0.5}]

    answer = _answer(leads={"count": 8}, reps=reps, policy={"base": 0, "damping": 0.5})
    assert answer["shares"] == {"a": 0.625, "b": 0.375}


def test_a_newcomer_has_an_equal_share_until_there_is_data() -> None:
    reps = [{"id": "a", "score": 5}, {"id": "b", "score": 1}, {"id": "new"}]

    assert _answer(leads={"count": 30}, reps=reps, policy={"base": 0.4})["shares"]["new"] == pytest.approx(1 / 3)


def test_a_window_can_be_longer_than_a_batch() -> None:
    reps = [{"id": "a", "score": 99}, {"id": "b", "score": 1}]
    policy = {"base": 0, "floor": 5, "window": "month", "expected_leads": 20}

    assert _sum(_days([reps] * 20, 1, policy=policy)) == {"a": 15, "b": 5}
    assert _sum(_days([reps] * 4, 5, policy=policy)) == {"a": 15, "b": 5}


_REPS = [{"id": "a"}, {"id": "b"}]
BAD: list[tuple[dict[str, Any], str, str | None]] = [
    ({"reps": []}, "resources.no_reps", "reps"),
    ({"reps": [{"id": "a", "score": -1}]}, "resources.negative", "reps.0.score"),
    ({"reps": [{"id": "a"}, {"id": "a"}]}, "resources.duplicate_rep", "reps"),
    ({"reps": [{"id": "a", "off": "ill"}]}, "resources.not_one_of", "reps.0.off"),
    ({"reps": [{"id": "a", "held": -1}]}, "resources.negative", "reps.0.held"),
    ({"reps": [{"id": "a", "on_duty": 1}]}, "resources.not_true_or_false", "reps.0.on_duty"),
    ({"reps": [{"id": "a", "withheld": {"base": 2}}]}, "resources.rate_out_of_range", "reps.0.withheld.base"),
    ({"reps": [{"id": "a", "team": "x"}], "teams": [{"id": "y"}]}, "resources.unknown_team", "reps.0.team"),
    ({"teams": [{"id": "y", "multiplier": -1}]}, "resources.negative", "teams.0.multiplier"),
    (
        {"reps": [{"id": "a", "team": "y"}], "teams": [{"id": "y", "multiplier": 0}]},
        "resources.weights_all_zero",
        "teams",
    ),
    ({"leads": {"count": -1}}, "resources.negative", "leads.count"),
    ({"leads": {"A": 2.5}}, "resources.not_whole", "leads.A"),
    ({"leads": {"C": 1}, "policy": {"grades": ["A", "B"]}}, "resources.unknown_grade", "leads"),
    ({"leads": [{"id": "L"}, {"id": "L"}]}, "resources.duplicate_lead", "leads"),
    ({"leads": 7}, "resources.not_a_list", "leads"),
    ({"policy": {"base": 0.6, "reward": 0.6}}, "resources.parts_not_one", "policy.reward"),
    ({"policy": {"base": -0.1}}, "resources.rate_out_of_range", "policy.base"),
    ({"policy": {"floor": 6}}, "resources.floor_above_leads", "policy.floor"),
    ({"policy": {"floor": 3, "ceiling": 2}}, "resources.ceiling_below_floor", "policy.ceiling"),
    ({"policy": {"floor": 1, "window": "month"}}, "resources.expected_leads_needed", "policy.expected_leads"),
    ({"policy": {"order": "lucky"}}, "resources.not_one_of", "policy.order"),
    ({"policy": {"bass": 1}}, "resources.unknown_key", "policy.bass"),
    ({"ledger": {"teams": {"t": {"A": {"entitled": 0.5, "received": 0}}}}}, "resources.bad_ledger", None),
]


@pytest.mark.parametrize(("change", "code", "field"), BAD, ids=[code for _, code, _ in BAD])
def test_bad_input_is_refused_in_one_sentence(change: dict[str, Any], code: str, field: str | None) -> None:
    exit_code, text = calculate_text("allocate", json.dumps({"leads": {"count": 10}, "reps": _REPS, **change}))
    error = json.loads(text)["error"]

    assert (exit_code, error["code"]) == (2, code)
    assert field is None or error["field"] == field
    assert error["message"].endswith((".", ")"))


def test_no_leads_and_nobody_on_duty_are_no_errors() -> None:
    assert _answer(leads=[], reps=_REPS)["assignments"] == []
    answer = _answer(leads={"count": 2}, reps=[{"id": "a", "off": "on_leave"}])
    assert Counter(lead["reasons"]["a"]["code"] for lead in answer["waiting"]) == {"on_leave": 2}
