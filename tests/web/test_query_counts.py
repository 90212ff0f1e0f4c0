"""The number of queries per page: a reviewed baseline, and the same however many people there are."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest
from django.urls import reverse

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.organization.models import Membership, Rep
from tests.support.needs import ROOT
from tests.support.people import People, client_of
from tests.support.query_counts import Counted, counted_queries
from tests.support.routes import EXPECTED

BASELINE = ROOT / "tests" / "web" / "query_counts.json"
WRITES = os.environ.get("PACEMARK_WRITE_QUERY_COUNTS") == "true"
PAGES = sorted(name for name, expected in EXPECTED.items() if expected.method == "get" and not expected.public)
# Pages that show somebody's own; an administrator sees all the others in full.
OWN = frozenset({"overview:today"})


@pytest.fixture(autouse=True)
def _planned(people: People, today: date) -> None:
    """Five people with a plan for this month, so that pages show what they are for."""
    _more_people(people, 3)


def _count(people: People, name: str) -> Counted:
    user: User = people.rep if name in OWN else people.admin
    values = {**EXPECTED[name].values, **({"rep_id": people.rep_row.pk} if EXPECTED[name].about_a_rep else {})}
    client, address = client_of(user), reverse(name, kwargs=values)
    client.get(address)  # what is kept for the process is fetched once
    with counted_queries() as counted:
        client.get(address)
    return counted


def _more_people(people: People, n_people: int) -> None:
    for number in range(n_people):
        rep = Rep.objects.create(name=f"同事{number}", employee_no=f"{n_people}-{number:03}")
        Membership.objects.create(rep=rep, team=people.team, valid_from=date(2023, 1, 1))
    plan_period(actor=None, period=sales_month("2024-03"), as_of=date(2024, 3, 1))


@pytest.mark.parametrize("name", PAGES)
def test_query_counts_are_as_reviewed(people: People, name: str) -> None:
    counted = _count(people, name)
    reviewed = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    if WRITES:
        assert "PYTEST_XDIST_WORKER" not in os.environ, "write the baseline with one process"
        BASELINE.write_text(json.dumps({**reviewed, name: len(counted)}, indent=2, sort_keys=True) + "\n", "utf-8")
        return

    assert reviewed.get(name) == len(counted), f"{name}: `make query-counts` after a look at\n{counted}"


@pytest.mark.parametrize("name", PAGES)
def test_query_counts_do_not_grow_with_people(people: People, name: str) -> None:
    before = _count(people, name)
    _more_people(people, 45)
    after = _count(people, name)

    assert len(before) == len(after), f"{name}\n{after}"


def test_the_query_counts_baseline_lists_no_page_that_is_gone() -> None:
    assert set(json.loads(BASELINE.read_text(encoding="utf-8"))) == set(PAGES)


@pytest.mark.django_db
def test_a_planted_query_is_counted() -> None:
    with counted_queries() as counted:
        list(User.objects.all())
        User.objects.count()

    assert len(counted) == 2
    assert "accounts_user" in str(counted)
