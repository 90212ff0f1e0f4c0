"""One lead's decisions, as somebody may read them: names in one's scope, letters outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from pacemark.web.organization.models import Rep
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.models import Decision, Run
from pacemark.web.resources.queries.runs import inputs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One rep who did not get the lead, and the coded reason."""

    name: str
    is_me: bool
    code: str
    numbers: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The winning key of one level: what was owed before, and who came next."""

    due: str
    share_percent: float
    before: float
    after: float
    n_rivals: int
    runner_up: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision in plain values."""

    decision: Decision
    at: datetime
    owner: str
    is_mine: bool
    team: Level | None
    rep: Level | None
    others: tuple[Candidate, ...]
    n_eligible: int


class Names:
    """Names of reps as one person may read them; strangers get the same letter throughout the page."""

    def __init__(self, names: dict[str, str], visible: frozenset[int] | None) -> None:
        self._names, self._visible = names, visible
        self._letters: dict[str, str] = {}

    def of(self, rep_id: str) -> str:
        """Return a name, or a letter for somebody outside one's sight."""
        if rep_id.isdigit() and (self._visible is None or int(rep_id) in self._visible):
            return self._names.get(rep_id, rep_id)
        number = len(self._letters)
        letter = chr(65 + number % 26) + (str(number // 26) if number >= 26 else "")
        return self._letters.setdefault(rep_id, letter)


def may_read(lead_id: int, visible: frozenset[int] | None) -> bool:
    """Return whether a lead is within sight: of one's own people now, before, or as candidates of its run."""
    if visible is None:
        return Lead.objects.filter(pk=lead_id).exists()
    if Holding.objects.filter(lead_id=lead_id, rep_id__in=visible).exists():
        return True
    if Lead.objects.filter(pk=lead_id, owner_id__in=visible).exists():
        return True
    names = {str(rep_id) for rep_id in visible}
    decided = Decision.objects.filter(lead_id=lead_id, run__isnull=False)
    runs = Run.objects.filter(pk__in=decided.values("run_id")).select_related("desk")
    return any(rep.get("id") in names for run in runs for rep in inputs_of(run).get("reps", ()))


def told_of(lead_id: int, visible: frozenset[int] | None, me: int | None) -> list[Told]:
    """Return everything that was decided about a lead, the latest first."""
    rows = list(
        Decision.objects.select_related("run", "run__version", "run__desk").filter(lead_id=lead_id).order_by("-pk")[:20]
    )
    ids = {rep["id"] for row in rows if row.run for rep in inputs_of(row.run).get("reps", ())}
    ids |= {str(row.rep_id) for row in rows if row.rep_id}
    found = Rep.objects.filter(pk__in=[int(rep) for rep in ids if rep.isdigit()]).values_list("pk", "name")
    names = Names({str(pk): name for pk, name in found}, visible)
    return [_told(row, names, me) for row in rows]


def _told(row: Decision, names: Names, me: int | None) -> Told:
    reps = inputs_of(row.run).get("reps", []) if row.run else []
    reasons = _reasons(row, reps)
    others = [
        Candidate(name=names.of(rep), is_me=rep == str(me), code=str(why.get("code", "")), numbers=_numbers(why))
        for rep, why in reasons.items()
    ]
    mine = str(me) if me is not None else ""
    was_there = any(rep.get("id") == mine for rep in reps)
    if was_there and row.rep_id is not None and mine != str(row.rep_id) and mine not in reasons:
        others.insert(0, Candidate(name=names.of(mine), is_me=True, code="not_due", numbers={}))
    evidence = row.evidence
    return Told(
        decision=row, at=row.decided_at, owner=names.of(str(row.rep_id)) if row.rep_id else "",
        is_mine=row.rep_id is not None and row.rep_id == me,
        team=_level(evidence.get("team_level"), None), rep=_level(evidence.get("rep_level"), names),
        others=tuple(sorted(others, key=lambda one: (not one.is_me, one.code))),
        n_eligible=max(0, len(reps) - len(reasons)),
    )  # fmt: skip


def _reasons(row: Decision, reps: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return who could not get it: off duty when the run began, and what differed for this lead."""
    if "reasons" in row.evidence:
        return {rep: why for rep, why in row.evidence["reasons"].items() if rep != "*"}
    began = {rep["id"]: {"code": rep["off"]} for rep in reps if rep.get("off")}
    for rep in reps:
        if rep.get("cap") is not None and rep.get("held", 0) >= rep["cap"]:
            began.setdefault(rep["id"], {"code": "cap", "held": rep["held"], "cap": rep["cap"]})
    return {**began, **(row.evidence.get("excluded") or {})}


def _numbers(why: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in why.items() if key != "code"}


def _level(kept: dict[str, Any] | None, names: Names | None) -> Level | None:
    if not kept:
        return None
    runner_up = kept.get("runner_up") or ""
    return Level(
        due=str(kept.get("due", "")),
        share_percent=float(100 * Fraction(kept["share"])),
        before=float(Fraction(kept["before"])),
        after=float(Fraction(kept["after"])),
        n_rivals=int(kept.get("rivals") or 0),
        runner_up=names.of(str(runner_up)) if names and runner_up else "",
    )
