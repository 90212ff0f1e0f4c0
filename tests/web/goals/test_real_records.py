"""From a real export to everyone's plan, by the command line, in a folder of its own."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.needs import ROOT
from tests.support.templates import copy_home, environment_of

pytestmark = [
    pytest.mark.samples,
    pytest.mark.sqlite("a server or a command of its own, on a data folder with its file"),
]


def _pacemark(home: Path, *words: object) -> Any:
    command = [sys.executable, "-m", "pacemark.cli", *(str(word) for word in words), "--json"]
    ran = subprocess.run(command, env=environment_of(home), capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout, parse_constant=lambda word: pytest.fail(f"{word} in the answer"))


@pytest.fixture(scope="module")
def home(school_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(school_home, tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="module")
def answer(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = _pacemark(home, "plan")
    return found


def _of(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(document for document in answer["people"] if document["rep"] == name)


def test_the_month_after_the_last_call(answer: dict[str, Any]) -> None:
    assert (answer["period"], answer["as_of"]) == ("2024-01", "2024-01-01")


def test_everyone_has_a_finite_explained_plan(answer: dict[str, Any]) -> None:
    people = answer["people"]
    assert len(people) >= 25, "23 callers, 22 owners of deals, some of them both"
    assert {document["currency"] for document in people} == {"EUR"}
    for document in people:
        for rate in document["rates"].values():
            assert 0 < rate["mean"] < 1
            assert rate["interval"][0] <= rate["mean"] <= rate["interval"][1]
            assert 0 <= rate["from_peers"] <= 1
        assert document["target"] > 0, document["rep"]
        even = document["plans"]["0.5"]
        if even["reason"] is None:
            stage = "opportunities" if document["role"] == "closer" else "dials"
            assert even[stage] is not None
            assert 0 <= even[stage] < 10**6
            assert 0 <= even["odds"] <= 1
        if not any(rate["tried"] for rate in document["rates"].values()):
            assert "no_history" in document["marks"]


def test_thousands_of_dials_and_no_deal_is_a_setter(answer: dict[str, Any]) -> None:
    for name, n_dials in (("Diana Evans", 6_253), ("Alice Johnson", 1_234)):
        setter = _of(answer, name)
        assert setter["rates"]["connect_per_dial"]["tried"] == n_dials
        _is_a_setter_with_rates(setter, answer)


def _is_a_setter_with_rates(setter: dict[str, Any], answer: dict[str, Any]) -> None:
    assert setter["role"] == "setter"
    assert setter["rates"]["opportunity_per_deep_talk"]["won"] > 0, "from the opportunities they sourced"
    assert setter["rates"]["opportunity_per_deep_talk"]["mean"] > 0.02
    assert setter["rates"]["win_rate"]["tried"] == 0
    closers = [one["rates"]["win_rate"]["mean"] for one in answer["people"] if one["role"] == "closer"]
    assert min(closers) <= setter["rates"]["win_rate"]["mean"] <= max(closers), "the closers' rate stands in"
    assert setter["plans"]["0.5"]["dials"] > 0


def test_ten_dials_and_fifty_deals_is_a_closer(answer: dict[str, Any]) -> None:
    closer = _of(answer, "Oliver Taylor")

    assert closer["role"] == "closer"
    assert set(closer["rates"]) == {"win_rate"}
    assert closer["rates"]["win_rate"]["won"] > 40
    assert closer["plans"]["0.5"]["per_day"]["dials"] is None
    assert closer["plans"]["0.5"]["per_week"]["opportunities"]["exact"] > 0


def test_the_spread_of_closing_days_is_counted(answer: dict[str, Any]) -> None:
    """Only about a third of the wins close within ten days: a month's work cannot all close within the month."""
    shares = {document["closing_share"] for document in answer["people"] if document["role"] != "setter"}
    assert all(0.2 < share < 0.75 for share in shares)


def test_one_target_for_everyone_and_a_month_with_a_past(home: Path) -> None:
    answer = _pacemark(home, "plan", "--period", "2023-11", "--target", "5000")

    assert (answer["period"], answer["as_of"]) == ("2023-11", "2023-11-01")
    assert {document["target"] for document in answer["people"]} == {5000}
    roles = Counter(document["role"] for document in answer["people"])
    assert roles["setter"] >= 1
    assert roles["closer"] >= 1
    for document in answer["people"]:
        solved = [document["plans"][key] for key in ("0.8", "0.9")]
        main = "opportunities" if document["role"] == "closer" else "dials"
        needs = [math.inf if plan[main] is None else plan[main] for plan in solved]
        assert needs == sorted(needs)


def test_looking_back_is_no_worse_than_rules_of_thumb(home: Path) -> None:
    found = _pacemark(home, "goals", "backtest")
    ours, *naive = found["rows"]

    assert found["months"] == ["2023-10", "2023-11", "2023-12"], "three months to learn from, and calls end in December"
    assert (ours["rule"], len(naive)) == ("pacemark", 3)
    assert len({row["n"] for row in found["rows"]}) == 1
    assert ours["n"] >= 15
    for row in naive:
        assert row["worse_by"]["mean"] > -row["worse_by"]["error"], row["rule"]
    assert ours["bins_p"] > 0.01
