"""Findings as the command line and the API tell them: plain values, money in major units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pacemark.web.organization.queries import Member, organization
from pacemark.web.process.bridge.drafts import Draft
from pacemark.web.process.models import Finding, RepCauses
from pacemark.web.process.queries.findings import CAUSES
from pacemark.web.process.services.findings import Counted, evidence_of
from pacemark.web.shared.currency import minor_digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom to tell of: a team by name, a rep by name or employee number; empty: everyone."""

    team: str = ""
    rep: str = ""

    def is_known(self, found: Counted) -> bool:
        """Tell whether there is anybody of that name; everyone is known, even where there is nobody."""
        return not (self.team or self.rep) or any(self.holds(member) for member in found.judged.ground.members)

    def holds(self, member: Member) -> bool:
        """Tell whether a person is meant."""
        is_rep = not self.rep or self.rep in {member.name, member.employee_no}
        return is_rep and (not self.team or member.team_name == self.team)


def answers_of(found: Counted, whom: Whom) -> dict[str, Any]:
    """Return what was found of those meant; what cost most first."""
    members = {member.rep_id: member for member in found.judged.ground.members if whom.holds(member)}
    teams = {member.team_id: member.team_name for member in members.values()} if not whom.rep else {}
    span, scale = found.judged.ground.span, 10 ** minor_digits(organization().currency)
    rows = []
    for draft in found.drafts:
        member = members.get(draft.rep_id or 0)
        if member is not None:
            rows.append({"who": member.name, **_of_member(member), **_row(draft, scale, evidence_of(draft, span))})
        elif draft.rep_id is None and draft.team_id in teams:
            name = teams[draft.team_id]
            rows.append({"who": name, "employee_no": "", "team": name, **_row(draft, scale, draft.evidence)})
    return {"first": span.first.isoformat(), "last": span.last.isoformat(), "findings": rows}


def finding_answer(finding: Finding) -> dict[str, Any]:
    """Return a kept finding in the same words."""
    scale = 10 ** minor_digits(organization().currency)
    return {
        "id": finding.pk,
        "rep_id": finding.rep_id,
        "team_id": finding.team_id,
        "who": str(finding.rep.name if finding.rep else finding.team),
        "first": finding.first_day.isoformat(),
        "last": finding.last_day.isoformat(),
        "minor_units": scale,
        **_row(finding, scale, finding.evidence),
    }


def diagnosis_answer(row: RepCauses, findings: Iterable[Finding]) -> dict[str, Any]:
    """Return one person's sales month: causes, both sides of the chain, and each stage as it was judged."""
    scale = 10 ** minor_digits(organization().currency)
    return {
        "rep_id": row.rep_id,
        "first": row.first_day.isoformat(),
        "last": row.last_day.isoformat(),
        "minor_units": scale,
        "is_setter": row.is_setter,
        "target_minor": row.target_minor,
        "actual_minor": row.actual_minor,
        "causes_minor": None if row.target_minor is None else {
            cause: getattr(row, f"{cause}_minor") for cause in CAUSES
        },
        **{name: row.detail[name] for name in ("role", "evidence", "is_new", "plan", "fair", "done", "steps", "parts")},
        "stages": row.detail["stages"],
        "findings": [finding_answer(finding) for finding in findings],
    }  # fmt: skip


def _row(found: Draft | Finding, scale: int, evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stage": found.stage, "money": found.money_minor / scale, "cause": str(found.cause),
        "verdict": found.verdict, "p": found.p, "q": found.q, "evidence": dict(evidence),
    }  # fmt: skip


def _of_member(member: Member) -> dict[str, Any]:
    return {"employee_no": member.employee_no, "team": member.team_name}
