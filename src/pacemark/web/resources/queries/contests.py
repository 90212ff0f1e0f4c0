"""Reading contested leads and what was on record when they were disputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Call, Opportunity, Touch
from pacemark.web.resources.choices import ContestState
from pacemark.web.resources.models import Contest, Decision

# The latest of each kind are enough to judge by; a lead is not called a thousand times.
MAX_PROOFS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One record of a contest: when, of what kind (touch, call, holding, decision, opportunity), whose, and what."""

    at: datetime
    kind: str
    rep_id: int | None
    what: str


def evidence_ids(lead_id: int) -> dict[str, list[int]]:
    """Return the ids of what is on record about a lead now, the latest of each kind."""
    kinds: dict[str, Any] = {
        "touch": Touch.objects, "call": Call.objects, "holding": Holding.objects, "decision": Decision.objects,
        "opportunity": Opportunity.objects,
    }  # fmt: skip
    return {
        kind: sorted(rows.filter(lead_id=lead_id).order_by("-pk").values_list("pk", flat=True)[:MAX_PROOFS])
        for kind, rows in kinds.items()
    }


def evidence_of(contest: Contest) -> list[Proof]:
    """Return what was on record when the lead was disputed, in order of time."""
    ids: dict[str, list[int]] = contest.evidence
    proofs = [
        *_proofs("touch", Touch.objects.filter(pk__in=ids.get("touch", ())), "occurred_at", "rep_id", "kind"),
        *_proofs("call", Call.objects.filter(pk__in=ids.get("call", ())), "occurred_at", "rep_id", "talk_seconds"),
        *_proofs("holding", Holding.objects.filter(pk__in=ids.get("holding", ())), "began_at", "rep_id", "began_how"),
        *_proofs("decision", Decision.objects.filter(pk__in=ids.get("decision", ())), "decided_at", "rep_id", "kind"),
        *_proofs(
            "opportunity", Opportunity.objects.filter(pk__in=ids.get("opportunity", ())),
            "opened_at", "owner_id", "state",
        ),
    ]  # fmt: skip
    return sorted(proofs, key=lambda proof: (proof.at, proof.kind))


def _proofs(kind: str, rows: Any, at: str, rep: str, what: str) -> list[Proof]:
    return [
        Proof(at=moment, kind=kind, rep_id=rep_id, what=str(said))
        for moment, rep_id, said in rows.values_list(at, rep, what)
    ]


def contests_shown(rep_ids: frozenset[int] | None) -> list[Contest]:
    """Return the contests of reps in sight (raised by or against one of them), open ones first, then the latest."""
    rows = Contest.objects.select_related("lead", "raised_by", "against", "decided_by").order_by("-raised_at", "-pk")
    if rep_ids is not None:
        rows = rows.filter(raised_by_id__in=rep_ids) | rows.filter(against_id__in=rep_ids)
    return sorted(rows[:MAX_PROOFS], key=lambda contest: contest.state != ContestState.OPEN)


def contest_in_sight(contest_id: int, user: User, sight: frozenset[int] | None) -> tuple[Contest, bool] | None:
    """Return a dispute of somebody in sight, and whether it is this person's to decide; None where there is none."""
    rows = Contest.objects.select_related("lead", "lead__segment", "raised_by", "against", "decided_by")
    found = rows.filter(pk=contest_id).first()
    both = {side.pk for side in (found.raised_by, found.against) if side is not None} if found else set()
    if found is None or (sight is not None and not both & sight):
        return None
    leads_both = (sight is None or both <= sight) and user.access_role != AccessRole.REP
    return found, leads_both and not Rep.objects.filter(pk__in=both, user=user).exists()
