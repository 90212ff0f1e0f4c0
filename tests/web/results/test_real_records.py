"""Real records: what Results and the overview say adds up to the facts, and the facts to the events, to the cent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.needs import ROOT
from tests.support.templates import copy_home, environment_of

pytestmark = [
    pytest.mark.samples,
    pytest.mark.sqlite("a server or a command of its own, on a data folder with its file"),
]

# Runs in a process of its own, on a database of its own; prints sums of one quarter and of each of its months.
SUMS = """
import json
from datetime import date
from decimal import Decimal
from pacemark.web.config.django_setup import start_django
start_django()
from django.db.models import Sum
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.models import Deal
from pacemark.web.pipeline.queries.totals import TotalsBy, totals_over
from pacemark.web.results.queries.attainment import Sight, attained
from pacemark.web.results.queries.review_cycles import cycle_named
from pacemark.web.results.queries.review_ground import load_review_ground
from pacemark.web.results.queries.spans import month_span, quarter_span
from pacemark.web.results.services.credit import split_credit
from pacemark.web.results.services.reviews import compose_reviews
from pacemark.web.results.services.sheets import sheet_of

everything = Sight(rep_ids=None, team_ids=None)

def sums(span):
    found, sheet = attained(span, everything), sheet_of(span, everything)
    deals = Deal.objects.filter(signed_on__range=(span.first, span.last)).aggregate(sum=Sum("amount_minor"))["sum"]
    rest = sum(one.net_minor for one in (found.nobody, found.gone) if one)
    return {
        "facts": totals_over(span.first, span.last, TotalsBy.REP).totals.net_revenue_minor,
        "whole": found.whole.net_minor, "people": sum(line.net_minor for line in found.people) + rest,
        "teams": sum(line.net_minor for line in found.teams), "overview": sheet.whole.net_minor,
        "regions": sum(line.net_minor for line in sheet.regions), "events": deals or 0,
        "moved": sum(abs(line.moved_minor) for line in found.people),
    }

def reviews(label):
    ground = load_review_ground(cycle_named(label), date(2023, 12, 31))
    whole = compose_reviews(ground, "organization")[0].content
    won, back = ground.money.get(0, (0, 0))
    teams = sum(one.content["result"]["net_minor"] for one in compose_reviews(ground, "team"))
    units = sum(one["net_minor"] for one in whole["units"])
    return {"whole": whole["result"]["net_minor"], "units": units, "teams": teams + won - back}

span = quarter_span("2023-Q3")
before = sums(span)
people = list(Rep.objects.order_by("pk").values_list("pk", flat=True)[:3])
parts = [(people[0], Decimal("33.33")), (people[1], Decimal("33.33")), (people[2], Decimal("33.34"))]
for deal in Deal.objects.filter(signed_on__range=(span.first, span.last), amount_minor__gt=0).order_by("pk")[:40]:
    split_credit(actor=None, deal_id=deal.pk, parts=parts)
months = [sums(month_span(month.label)) for month in span.months]
print(json.dumps({"before": before, "after": sums(span), "months": months,
                  "reviews": [reviews(month.label) for month in span.months]}))
"""


@pytest.fixture(scope="module")
def found(school_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = copy_home(school_home, tmp_path_factory.mktemp("school"))
    env = environment_of(home, PACEMARK_TODAY="2023-12-31")
    ran = subprocess.run([sys.executable, "-c", SUMS], env=env, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def test_results_overview_facts_and_events_agree_before_and_after_credit_is_split(found: dict[str, Any]) -> None:
    for moment in ("before", "after"):
        sums = {name: money for name, money in found[moment].items() if name != "moved"}
        assert len(set(sums.values())) == 1, (moment, sums)
        assert sums["whole"] > 0
    assert found["before"]["moved"] == 0 < found["after"]["moved"]


def test_months_add_up_to_the_quarter(found: dict[str, Any]) -> None:
    for name in ("facts", "whole", "people", "teams", "overview", "regions", "events"):
        assert sum(month[name] for month in found["months"]) == found["after"][name]


def test_reviews_agree_with_results_month_by_month(found: dict[str, Any]) -> None:
    for review, month in zip(found["reviews"], found["months"], strict=True):
        assert set(review.values()) == {month["facts"]}
