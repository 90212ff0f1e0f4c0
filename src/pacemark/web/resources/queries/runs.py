"""Reading runs, the leads they may deal, and what they decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.models import Lead
from pacemark.web.resources.bridge.desk import joined
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.models import Decision, KeptDesk, Run
from pacemark.web.shared.compiled import Compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A lead that may be dealt: what the rule looks at."""

    lead_id: int
    lead_grade: str
    channel: str
    tags: frozenset[str]
    is_blocked: bool


def inputs_of(run: Run) -> dict[str, Any]:
    """Return everything a run decided from; single leads share their desk with others. Select ``desk`` with the run."""
    whole: dict[str, Any] = run.inputs if run.desk is None else joined(run.desk.content, run.inputs)
    return whole


def run_of_key(key: str) -> Run | None:
    """Return the run that a key belongs to."""
    return Run.objects.select_related("version", "version__policy").filter(key=key).first()


def answer_to(key: str) -> tuple[str, dict[str, Any]] | None:
    """Return what was asked under a key, as its hash, and the answer; nothing where the key is new."""
    found = _ANSWER.first(key=key)
    return None if found is None else (found[0], found[1])


_ANSWER = Compiled(lambda key: Run.objects.filter(key=key).values_list("inputs_key", "answer")[:1])


def decided_in(run: Run) -> list[tuple[int, int, int | None]]:
    """Return a run's decisions: the lead, the decision's id, and who has the lead."""
    return [(lead, decision, rep) for lead, decision, rep in _DECIDED.rows(run=run.pk)]


_DECIDED = Compiled(lambda run: Decision.objects.filter(run_id=run).values_list("lead_id", "pk", "rep_id"))


def desk_kept(key: str) -> int | None:
    """Return the desk that has been kept under a key."""
    found = _DESK.first(key=key)
    return None if found is None else found[0]


_DESK = Compiled(lambda key: KeptDesk.objects.filter(key=key).values_list("pk")[:1])


def ownerless_leads() -> list[int]:
    """Return the leads that nobody has had yet and that are in no pool, in order of arrival; those waiting included."""
    had = Holding.objects.filter(lead_id=OuterRef("pk"))
    pooled = PoolEntry.objects.filter(lead_id=OuterRef("pk"), left_at__isnull=True)
    rows = Lead.objects.filter(~Exists(had), ~Exists(pooled), owner__isnull=True, duplicate_of__isnull=True)
    return list(rows.order_by(F("arrived_at").asc(nulls_first=True), "pk").values_list("pk", flat=True))


_LOOKED_AT = ("pk", "segment__lead_grade", "segment__channel", "tags", "is_blocked")


def dealable(lead_ids: Collection[int]) -> dict[int, Arrived]:
    """Return those of the leads that nobody holds, with what the rule looks at."""
    held = Holding.objects.filter(lead_id=OuterRef("pk"), ended_at__isnull=True)
    rows = Lead.objects.filter(~Exists(held), pk__in=lead_ids, owner__isnull=True, duplicate_of__isnull=True)
    return {
        pk: Arrived(
            lead_id=pk, lead_grade=grade or "", channel=channel or "", tags=frozenset(map(str, tags or ())),
            is_blocked=is_blocked,
        )
        for pk, grade, channel, tags, is_blocked in rows.values_list(*_LOOKED_AT)
    }  # fmt: skip


def kinds_of(lead_ids: Collection[int]) -> set[tuple[str, str]]:
    """Return the kinds (channel, lead grade) among leads."""
    rows = Lead.objects.filter(pk__in=lead_ids).values_list("segment__channel", "segment__lead_grade").distinct()
    return {(channel or "", grade or "") for channel, grade in rows.order_by()}


def latest_decision(lead_id: int) -> Decision | None:
    """Return what was decided about a lead last."""
    rows = Decision.objects.select_related("run", "run__version").filter(lead_id=lead_id)
    return rows.order_by("-pk").first()


def decisions_of(run: Run) -> QuerySet[Decision]:
    """Return a run's decisions in their order."""
    return Decision.objects.filter(run=run).order_by("place", "pk")


def answer_of(run: Run) -> dict[str, Any]:
    """Return a run as ``calc allocate`` tells its own: assignments with reasons, waiting with reasons, counts."""
    assignments, waiting, counts, by_grade = [], [], Counter[str](), dict[str, Counter[str]]()
    columns = ("lead_id", "rep_id", "kind", "lead_grade", "evidence")
    for lead, rep, kind, grade, evidence in decisions_of(run).values_list(*columns):
        if kind == DecisionKind.WAITS:
            waiting.append({"lead": str(lead), "reasons": evidence.get("reasons", {})})
            continue
        assignments.append({"lead": str(lead), "rep": str(rep), "reason": evidence})
        counts[str(rep)] += 1
        by_grade.setdefault(grade, Counter())[str(rep)] += 1
    return {
        "key": run.key,
        "state": run.state,
        "assignments": assignments,
        "waiting": waiting,
        "counts": dict(counts),
        "counts_by_grade": {grade: dict(each) for grade, each in by_grade.items()},
        "teams": _by_team(run, counts),
    }


def _by_team(run: Run, counts: Counter[str]) -> dict[str, int]:
    teams: Counter[str] = Counter()
    for rep in inputs_of(run).get("reps", ()):
        teams[rep.get("team", "")] += counts[rep["id"]]
    return dict(teams)
