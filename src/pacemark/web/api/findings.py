"""Findings and diagnoses for programs: what cost most, of whom the caller may see, and the causes of their months."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Query, Router

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.listing import ListOf, Paged, answers, listed, visible_to
from pacemark.web.api.process_told import FindingTold, Judged, NotJudged
from pacemark.web.goals.views.asked import in_scope
from pacemark.web.organization.queries import teams_visible_to
from pacemark.web.process.pages.answers import diagnosis_answer, finding_answer
from pacemark.web.process.queries.asked import asked_of
from pacemark.web.process.queries.findings import current_findings, findings_of_month, month_rows

router = Router(tags=["process"])


class AskedFindings(Paged):
    """Which cause is asked for; empty: all four."""

    cause: Literal["", "goal", "execution", "ability", "luck"] = ""


@router.get("/findings", response=answers(ListOf[FindingTold]), operation_id="findings", url_name="findings",
            summary="What was found")  # fmt: skip
def findings(request: PageRequest, asked: Query[AskedFindings]) -> dict[str, Any]:
    """Return what is found now of people in sight and of the leads of their teams, what cost most first."""
    rows = current_findings(visible_to(request), [team.pk for team in teams_visible_to(request.user)])
    if asked.cause:
        rows = rows.filter(cause=asked.cause)
    last = rows.first()
    label = f"{last.first_day}/{last.last_day}" if last else ""
    return listed(label, asked, [finding_answer(row) for row in rows])


@router.get("/reps/{int:rep_id}/diagnosis", response=answers(Judged | NotJudged), operation_id="diagnosis",
            url_name="diagnosis", summary="Why a person's money differs")  # fmt: skip
def diagnosis(request: PageRequest, rep_id: int, period: str = "") -> dict[str, Any]:
    """Return one person's sales month (``2024-03``; empty: the newest): causes, both sides of the chain, stages."""
    in_scope(request, rep_id)
    month = asked_of({"period": period}).month
    rows = month_rows(month.first, {rep_id})
    if not rows:
        nothing = {"last": None, "target_minor": None, "actual_minor": None, "causes_minor": None}
        return {"rep_id": rep_id, "first": month.first.isoformat(), **nothing, "stages": {}, "findings": []}
    return diagnosis_answer(rows[0], findings_of_month(month, {rep_id}))
