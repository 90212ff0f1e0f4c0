"""What the system does about success cases: proposes those that stand out, and looks at trials every four weeks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from pacemark.web.results.bridge.cases import (
    Habits,
    Made,
    TrialCells,
    claim_of,
    compare_habits,
    judge,
    most_ahead,
    practice_of,
)
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import CaseAdoption, SuccessCase
from pacemark.web.results.queries.case_trials import STAGES, StageCells, not_theirs, stage_cells
from pacemark.web.results.services.cases import (
    OTHER,
    Proposal,
    content_of,
    habits_seen,
    keep_case,
    move_case,
    people_in,
)

PROPOSED_DAYS, AGAIN_DAYS = 91, 182
# The best of a stage are looked at one by one; the adjustment counts everybody at every stage all the same.
AT_MOST_A_STAGE, CANDIDATE_BELOW, SURE_BELOW = 3, 0.5, 0.05
# Looked at each day, a lucky week would verify anything sooner or later.
LOOK_DAYS, LOOKS, BEFORE_DAYS = 28, 6, 182
JUDGED = (CaseState.TRIED, CaseState.VERIFIED, CaseState.REFUTED)


@transaction.atomic
def propose_by_system(*, today: date) -> list[SuccessCase]:
    """Propose whoever stands out at a stage beyond luck, once in half a year each."""
    last = today - timedelta(days=1)
    first = today - timedelta(days=PROPOSED_DAYS)
    found = {stage: people_in(stage, first, last) for stage in STAGES}
    candidates = max(sum(people.n_compared for people in found.values()), 1)
    since = today - timedelta(days=AGAIN_DAYS)
    known = set(SuccessCase.objects.filter(last_day__gte=since).values_list("star_id", "stage"))
    habits, cases = habits_seen(first, last), []
    for stage, people in found.items():
        if people.n_compared < 2:
            continue
        strength = people.strength()
        for star_id in most_ahead(people, AT_MOST_A_STAGE):
            made = claim_of(people, star_id, candidates, strength)
            if made is None or (star_id, stage) in known:
                continue
            practice = _practice(made, habits, star_id, people.rep_ids)
            if practice is not None:
                proposal = Proposal(star_id=star_id, stage=stage, practice=practice, first=first, last=last)
                content = content_of(made, people, habits, star_id)
                cases.append(keep_case(actor=None, proposal=proposal, content=content))
    return cases


def _practice(made: Made, habits: Habits, star_id: int, peers: tuple[int, ...]) -> str | None:
    """Return what is told as the practice; None where there is nothing to tell: luck, or nothing done differently."""
    claim = made.claim
    if claim.uplift <= 0 or claim.p_adjusted > CANDIDATE_BELOW:
        return None
    habit = practice_of(compare_habits(habits, star_id, peers))
    if habit is not None:
        return habit.code
    return OTHER if claim.p_adjusted < SURE_BELOW else None


def look_at_trials(*, today: date) -> list[SuccessCase]:
    """Judge every trial that a further four weeks have passed of; six looks in all. Return those that moved."""
    moved = []
    for case_id in SuccessCase.objects.filter(state__in=JUDGED, trial_from__isnull=False).values_list("pk", flat=True):
        with transaction.atomic():
            case = SuccessCase.objects.select_for_update().get(pk=case_id)
            if _look(case, today):
                moved.append(case)
    return moved


def _look(case: SuccessCase, today: date) -> bool:
    start, looks = case.trial_from, list(case.trial.get("looks", []))
    due = min((today - start).days // LOOK_DAYS, LOOKS) if start else 0
    if start is None or len(looks) >= due:
        return False
    before = case.state
    # A look that was missed is not made up for: what is known now is judged, once.
    until = start + timedelta(days=LOOK_DAYS * due - 1)
    looks += [None] * (due - 1 - len(looks))
    looks.append(_judged(case, start, until))
    case.trial = {**case.trial, "looks": looks}
    move_case(actor=None, case=case, state=str(looks[-1]["status"]), on=today)
    case.save(update_fields=["trial", "state"])
    return case.state != before


def _judged(case: SuccessCase, start: date, until: date) -> dict[str, Any]:
    adoptions = [row for row in CaseAdoption.objects.filter(case=case) if row.since <= until]
    before = stage_cells(case.stage, start - timedelta(days=BEFORE_DAYS), start - timedelta(days=1), known=until)
    during = _during(case, adoptions, start, until)
    adopters = [row.rep_id for row in adoptions]
    # The star gave the idea, and whoever was taken up after this look was an other for a part of it only.
    outside = {case.star_id, *CaseAdoption.objects.filter(case=case).values_list("rep_id", flat=True)} - set(adopters)
    outside |= not_theirs(case.stage, start, until) - set(adopters)
    verdict = judge(_together(before, during, outside), adopters, float(case.trial["uplift"]))
    return {
        **asdict(verdict), "until": until.isoformat(), "adopters": len(adopters),
        "tried": _sums(during, adopters), "others_tried": _sums(during, adopters, is_inside=False),
    }  # fmt: skip


def _during(case: SuccessCase, adoptions: list[CaseAdoption], start: date, until: date) -> StageCells:
    """Return the trial's days: the others' whole, each adopter's from their day on for as long as they keep to it."""
    ids = [row.rep_id for row in adoptions]
    everyone = stage_cells(case.stage, start, until, known=until)
    parts = [everyone.only(~np.isin(everyone.rep_id, ids))]
    windows: dict[tuple[date, date], list[int]] = {}
    for row in adoptions:
        windows.setdefault((row.since, min(row.until or until, until)), []).append(row.rep_id)
    for (first, last), whose in windows.items():
        cells = everyone if (first, last) == (start, until) else stage_cells(case.stage, first, last, known=until)
        parts.append(cells.only(np.isin(cells.rep_id, whose)))
    return StageCells.joined(parts)


def _together(before: StageCells, during: StageCells, outside: set[int | None]) -> TrialCells:
    both = StageCells.joined([before, during])
    is_during = np.arange(len(both.rep_id)) >= len(before.rep_id)
    some = (both.rep_id > 0) & ~np.isin(both.rep_id, [rep_id for rep_id in outside if rep_id])
    return TrialCells(
        rep_id=both.rep_id[some], kind=both.segment_id[some], is_during=is_during[some],
        exposed=both.exposed[some], won=both.won[some],
    )  # fmt: skip


def _sums(cells: StageCells, whose: list[int], *, is_inside: bool = True) -> list[float]:
    some = cells.only(np.isin(cells.rep_id, whose) == is_inside)
    return [float(some.won.sum()), float(some.exposed.sum())]
