"""Every number that the calculator gives for a person stands on that person's pages, to the digit that pages show."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pacemark.engine.calc import calculate, parse_json
from pacemark.engine.periods import sales_month
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.choices import TargetBasis
from pacemark.web.goals.models import Replan, RepPlan, Target
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.quarters import set_quarter
from pacemark.web.goals.services.replans import replan_period
from pacemark.web.ui import formats
from tests.support.people import client_of
from tests.web.goals.floor import Floor, steady_months, weekdays

MARCH, TODAY = sales_month("2024-03"), date(2024, 3, 14)
WORK = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk")
STAGES = {"Opportunities": "opportunities", "Deep talks": "deep_talks", "Connects": "connects", "Dials": "dials"}
ROW = re.compile(r'<th scope="row" class="l b">(.*?)</th>((?:<td>.*?</td>)+)')
CELL = re.compile(r'<td>(?:<b>)?([\d,]+)(?:</b>)?<span class="m adj">([\d,.]+)</span></td>')
LINE = re.compile(
    r'<li[^>]*><span[^>]*>([^<]*)</span><span class="f">([^<]*)</span><span class="x">([^<]*)</span></li>'
)


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    """A full-cycle rep, a setter and a closer after a winter of the same, ten working days into March."""
    settings.PACEMARK_TODAY = TODAY.isoformat()
    floor = Floor()
    full, setter, closer = (floor.rep(name, name) for name in ("full_cycle", "setter", "closer"))
    days = weekdays(date(2023, 12, 1), date(2024, 2, 29))
    steady_months(floor, [full], days)
    steady_months(floor, [setter], days, [closer])
    for number, (rep, amount) in enumerate(((full, 30_000), (setter, 30_000), (closer, 21_000))):
        Target.objects.create(rep=rep, period_start=MARCH.first, amount_minor=amount * 100)
        floor.deal(rep, date(2024, 3, 5), 4321 + number)
        for _ in range(4):
            floor.opportunity(rep, date(2024, 3, 6), expected=2500)
    floor.count()
    plan_period(actor=None, period=MARCH, as_of=MARCH.first)
    replan_period(actor=None, period=MARCH, as_of=TODAY)
    return floor


def _page(address: str) -> str:
    user = create_user(actor=None, username="ops", display_name="Olive", access_role=AccessRole.OPERATIONS)
    user.language = "en"
    user.save()
    text: str = client_of(user).get(address).content.decode()
    return text


def _chain(document: dict[str, Any]) -> dict[str, Any]:
    """Write what a stored document was worked out from as the calculator's JSON."""
    asked = {
        "role": document["role"],
        "win_rate": document["rates"]["win_rate"]["mean"],
        "deal_value": document["deal_value"]["mean"],
        "expected_amount": document["expected_amount"],
        "closing_share": document["closing_share"],
        "days": document["days"],
        "days_per_week": document["days_per_week"],
    }
    if document["role"] != "closer":
        asked["rates"] = {name: document["rates"][name]["mean"] for name in WORK}
        asked["direct_opportunities"] = document["direct_opportunities"]
        asked["capacity_dials_per_day"] = document["capacity_dials_per_day"]
    return asked


def _calculated(method: str, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = calculate(method, parse_json(json.dumps(asked)))
    return found


def _work(text: str) -> dict[str, list[tuple[str, str]]]:
    return {label: CELL.findall(cells) for label, cells in ROW.findall(text) if CELL.search(cells)}


def _check_work(text: str, answer: dict[str, Any], stages: set[str]) -> None:
    shown = _work(text)
    assert set(shown) == stages
    for label, (whole, week, day) in shown.items():
        stage = STAGES[label]
        assert whole[1] == formats.count(answer[stage], 2), label
        assert whole[0] == formats.count(-(-Fraction(repr(round(answer[stage], 9))) // 1)), label
        for cell, span in ((week, "per_week"), (day, "per_day")):
            found = answer[span][stage]
            assert cell == (formats.count(found["rounded"]), formats.count(found["exact"], 2)), (label, span)


@pytest.mark.parametrize(
    ("role", "stages"), [("full_cycle", set(STAGES)), ("setter", set(STAGES)), ("closer", {"Opportunities"})]
)
def test_a_plan_is_what_decompose_gives(floor: Floor, role: str, stages: set[str]) -> None:
    plan = RepPlan.objects.get(rep__name=role)
    document = plan.content
    there = Fraction(repr(document["booked"])) + Fraction(repr(document["expected_from_open"]))
    target = max(Fraction(0), Fraction(repr(document["target"])) - there)
    answer = _calculated("decompose", _chain(document) | {"target": str(target)})
    text = _page(f"/goals/{plan.rep_id}/?period=2024-03&confidence=0.5")

    _check_work(text, answer, stages)
    sums = {label: value for label, _formula, value in LINE.findall(text)}
    if role != "setter":
        assert sums["New pipeline"] == formats.count(answer["pipeline"])
        assert sums["Pipeline conversion"] == formats.percent(document["pipeline_conversion"])
        deals = formats.count(document["plans"]["0.5"]["deals"], 1)
        assert re.search(rf">{deals} deals?<", text), "beside the target in the strip"
    if role != "closer":  # how many opportunities a closer can take is known to the plan alone
        assert ("Over capacity" in text) == (answer["feasible"] is False)
    for key in ("0.5", "0.8", "0.9"):
        assert formats.percent(document["plans"][key]["odds"], 0) in text, "each confidence with its own odds"
        assert f"{formats.count(-(-document['plans'][key]['opportunities'] // 1))} opportunit" in text


@pytest.mark.parametrize(("role", "stages"), [("full_cycle", set(STAGES)), ("closer", {"Opportunities"})])
def test_today_is_what_replan_gives(floor: Floor, role: str, stages: set[str]) -> None:
    replan = Replan.objects.get(rep__name=role)
    document = replan.content
    answer = _calculated(
        "replan",
        _chain(document)
        | {
            "target": document["target"],
            "day": document["day"],
            "days": document["days_all"],
            "booked": document["booked"],
            # the page knows each opportunity's age; the calculator is told what they come to
            "open_pipeline": document["expected_from_open"] / document["pipeline_conversion"],
            "open_closing_share": 1,
        },
    )
    text = _page(f"/today/{replan.rep_id}/")
    sums = {label: value for label, _formula, value in LINE.findall(text)}

    assert (answer["status"], answer["gap"] > 0) == (document["status"], True)
    assert sums["Should be there by now"] == formats.count(answer["pro_rata"])
    assert sums["Pace"] == formats.percent(answer["pace"], 0)
    assert sums["Would end at"] == formats.count(answer["projection"])
    assert sums["Still missing"] == formats.count(answer["gap"])
    assert sums["New pipeline"] == formats.count(answer["pipeline"])
    assert f"Expected from the open pipeline</span> {formats.count(answer['expected_from_pipeline'])}" in text.replace(
        "Expected from the open pipeline ", "Expected from the open pipeline</span> "
    )
    assert {"on_track": "On track", "behind": "Behind", "at_risk": "At risk"}[answer["status"]] in text
    assert formats.percent(document["chance"], 0) in text
    for end in document["projection"].values():
        assert formats.count(end) in text
    _check_work(text, answer, stages)


def test_a_setters_today_counts_opportunities(floor: Floor) -> None:
    document = Replan.objects.get(rep__name="setter").content
    text = _page(f"/today/{document['rep_id']}/")
    sums = {label: value for label, _formula, value in LINE.findall(text)}
    by_now = document["opportunities_target"] * document["day"] / document["days_all"]
    assert sums["Should be there by now"] == formats.count(by_now, 1)
    assert sums["Pace"] == formats.percent(document["sourced"] / by_now, 0)


def test_a_quarter_is_what_quantify_gives(floor: Floor) -> None:
    rep = RepPlan.objects.get(rep__name="full_cycle").rep
    start = date(2024, 4, 1)
    set_quarter(actor=None, rep_id=rep.pk, quarter_start=start, amount_minor=90_001_00, basis=TargetBasis.TYPED)
    days = [len(weekdays(*span)) for span in (
        (start, date(2024, 4, 30)), (date(2024, 5, 1), date(2024, 5, 31)), (date(2024, 6, 1), date(2024, 6, 30))
    )]  # fmt: skip
    parts = _calculated("quantify", {"amount": 90_001, "weights": [1, 1, 1], "workdays": days})["parts"]
    text = _page(f"/goals/{rep.pk}/quarter/?quarter=2024-Q2")

    assert re.findall(r'name="m-2024-0\d"[^>]*value="([\d,.]+)"', text) == [formats.count(part) for part in parts]
    assert sum(parts) == 90_001
