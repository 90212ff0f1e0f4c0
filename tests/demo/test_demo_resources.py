"""The made-up floor is dealt by rule: versions, evidence, clocks, a pool, a withholding, a dispute; nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models import F

from pacemark.demo.load_resources import write_resources
from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import (
    Contest,
    Decision,
    PolicyVersion,
    Replay,
    Run,
    ScoreCycle,
    SelfSourcing,
    WaitingLead,
    Withholding,
)
from tests.support.made_up import SPEC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_up")]


def test_everybody_finds_a_story_and_a_second_run_adds_nothing() -> None:
    states = list(PolicyVersion.objects.order_by("version").values_list("state", flat=True))
    assert states == ["retired", "active", "replayed"]
    assert Replay.objects.filter(state="done", version__state="replayed").exists()
    assert ScoreCycle.objects.count() == 2
    assert set(Withholding.objects.values_list("state", flat=True)) >= {"applied"}
    assert Contest.objects.get().evidence["call"]
    assert SelfSourcing.objects.filter(level="rep", is_on=True).count() == 1
    assert WaitingLead.objects.exists()
    reasons = WaitingLead.objects.values_list("reasons", flat=True)
    codes = {one["code"] for why in reasons for one in why.values()}
    assert "do_not_contact" in codes
    assert codes & {"skills", "off_shift"}  # at night everybody is off before anybody lacks a skill
    n_runs = Run.objects.count()
    assert write_resources() == 0
    assert Run.objects.count() == n_runs


def test_every_lead_is_in_one_place() -> None:
    held = Holding.objects.filter(ended_at__isnull=True)
    in_pool = PoolEntry.objects.filter(left_at__isnull=True)
    assert not held.exclude(lead__owner=F("rep")).exists()
    assert not in_pool.filter(lead__owner__isnull=False).exists()
    placed = Counter(held.values_list("lead_id", flat=True)) + Counter(in_pool.values_list("lead_id", flat=True))
    placed += Counter(WaitingLead.objects.values_list("pk", flat=True))
    placed += Counter(Holding.objects.filter(ended_how="won").values_list("lead_id", flat=True))
    assert set(placed.values()) == {1}
    assert len(placed) == Lead.objects.count()


def test_what_was_dealt_has_its_evidence_and_what_is_held_its_clock() -> None:
    dealt = Decision.objects.filter(kind=DecisionKind.RULE)
    assert dealt.count() > 20
    assert not dealt.exclude(lead__owner=F("rep")).exists()
    assert all("rep_level" in evidence for evidence in dealt.values_list("evidence", flat=True))
    overdue = Holding.objects.filter(ended_at__isnull=True, is_locked=False, due_on__lt=SPEC.end)
    assert not overdue.exists(), "nothing waits to be recycled at once"
