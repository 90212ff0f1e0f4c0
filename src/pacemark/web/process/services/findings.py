"""Counting everybody's findings and causes from the facts, and keeping them: counted anew, a finding stays one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from pacemark.engine.periods import Period, sales_month, sales_month_of, shift_month
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
from pacemark.web.organization.queries import organization
from pacemark.web.pipeline.queries.listening import calls_to_hear
from pacemark.web.process.bridge.drafts import Draft, Month, drafts_of, month_detail, stage_rows
from pacemark.web.process.bridge.ground import EVIDENCE_DAYS, MoneyGround, Span
from pacemark.web.process.bridge.money import Told, causes_of, missed_of, period_chains, plan_chains
from pacemark.web.process.bridge.stages import Judged, against_own_past, judge
from pacemark.web.process.choices import Cause
from pacemark.web.process.models import Finding, RepCauses
from pacemark.web.process.queries.loading import done_in, load_money, load_stages

MONTHS = 2
CALLS_TO_HEAR = 5
KEEP_DAYS = 400
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a count came to: everybody judged, what was found, and the months' causes, the running one first."""

    judged: Judged
    drafts: tuple[Draft, ...]
    months: tuple[tuple[Period, MoneyGround, Month], ...]


def counted(as_of: date, *, month: Period | None = None) -> Counted:
    """Count everybody's findings from what the facts tell of the days before ``as_of``; nothing is kept.

    Luck is told over the quarter up to the day; causes are those of the sales month and the one before it.
    """
    last = as_of - timedelta(days=1)
    judged = judge(load_stages(Span(first=last - timedelta(days=EVIDENCE_DAYS - 1), last=last)))
    running = month or sales_month_of(last, organization().sales_month_start_day)
    months = [running, sales_month(shift_month(running.label, -1), organization().sales_month_start_day)]
    found = tuple(_month(judged, one, last) for one in months)
    _period, money, newest = found[0]
    drafts = tuple(drafts_of(judged, newest, missed_of(money, judged.ground.members)))
    return Counted(judged=judged, drafts=drafts, months=found)


def _month(judged: Judged, month: Period, last: date) -> tuple[Period, MoneyGround, Month]:
    members, roles = judged.ground.members, judged.ground.roles
    money = load_money(month, min(last, month.last), members)
    chains = plan_chains(money, members, roles)
    missed = missed_of(money, members)
    told = Told(is_told=judged.findings.verdict == 0, ease_change=judged.ease_change, missed=missed)
    return month, money, Month(chains=chains, split=causes_of(chains, told), shares=money.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One period against an earlier one, not kept: each rep's causes, and what was found."""

    rows: tuple[RepCauses, ...]
    findings: tuple[Finding, ...]


def compared(now: Span, before: Span, rep_ids: Collection[int] | None) -> Compared:
    """Count one period against an earlier one, everybody against their own past; return that of some reps."""
    judged = judge(load_stages(now))
    members, roles = judged.ground.members, judged.ground.roles
    judged = against_own_past(judged, judge(load_stages(before, members)))
    chains = period_chains(done_in(before), done_in(now), members, roles)
    missed = np.zeros(judged.won.shape, dtype=bool)
    told = Told(is_told=judged.findings.verdict == 0, ease_change=judged.ease_change, missed=missed)
    month = Month(chains=chains, split=causes_of(chains, told), shares={})
    moment = timezone.now()
    rows = {row.rep_id: row for row in _causes(judged, now, month, moment)}
    found = [_finding(draft, now, "", moment) for draft in drafts_of(judged, month, missed)
             if draft.rep_id and (rep_ids is None or draft.rep_id in rep_ids)]  # fmt: skip
    reps = Rep.objects.in_bulk(list(rows if rep_ids is None else rows.keys() & set(rep_ids)))
    for finding in found:
        finding.rep = reps[finding.rep_id or 0]
    for rep_id, rep in reps.items():
        rows[rep_id].rep = rep
    return Compared(rows=tuple(rows[rep_id] for rep_id in sorted(reps)), findings=tuple(found))


def count_findings(*, actor: User | None, as_of: date, at: datetime | None = None) -> int:
    """Count everybody's findings and causes and keep them; return how many findings there are.

    A finding of the same person, month and stage stays the same row, so that coaching may refer to it; what is found
    no more is marked as past and never deleted while coaching refers to it. Atomic; run again it writes the same.
    """
    moment, found = at or timezone.now(), counted(as_of)
    with transaction.atomic():
        _keep_findings(found, moment)
        _keep_causes(found, moment)
    return len(found.drafts)


def _keep_findings(found: Counted, moment: datetime) -> None:
    span, label = found.judged.ground.span, found.months[0][0].label
    rows = [_finding(draft, span, label, moment) for draft in found.drafts]
    keys = [row.key for row in rows]
    Finding.objects.filter(is_current=True).exclude(key__in=keys).update(is_current=False)
    fields = [
        "rep", "team", "first_day", "last_day", "stage", "money_minor", "cause", "verdict", "p", "q", "evidence",
        "counted_at", "is_current",
    ]  # fmt: skip
    Finding.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["key"], update_fields=fields
    )
    old = Finding.objects.filter(is_current=False, actions=None, last_day__lt=span.last - timedelta(days=KEEP_DAYS))
    old.delete()


def _finding(draft: Draft, span: Span, label: str, moment: datetime) -> Finding:
    who = f"rep-{draft.rep_id}" if draft.rep_id else f"team-{draft.team_id}"
    stage = "-".join([draft.stage or "all", *([str(draft.evidence["of"])] if draft.stage == "leads" else [])])
    return Finding(
        key=f"{who}|{label}|{stage}", rep_id=draft.rep_id, team_id=draft.team_id or None, first_day=span.first,
        last_day=span.last, stage=draft.stage, money_minor=draft.money_minor, cause=draft.cause,
        verdict=draft.verdict, p=draft.p, q=draft.q, evidence=evidence_of(draft, span),
        counted_at=moment, is_current=True,
    )  # fmt: skip


def evidence_of(draft: Draft, span: Span) -> dict[str, Any]:
    """Return what a finding stands on, with calls to listen to where an ability is named."""
    if draft.cause != Cause.ABILITY or not draft.rep_id:
        return dict(draft.evidence)
    calls = calls_to_hear(draft.rep_id, draft.stage, span.first, span.last, CALLS_TO_HEAR)
    return {**draft.evidence, "calls": calls}


def _keep_causes(found: Counted, moment: datetime) -> None:
    rows = [row for _period, money, month in found.months for row in _causes(found.judged, money.period, month, moment)]
    fields = [
        "last_day", "is_setter", "target_minor", "actual_minor", "goal_minor", "execution_minor", "ability_minor",
        "luck_minor", "detail", "counted_at",
    ]  # fmt: skip
    RepCauses.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["rep", "first_day"], update_fields=fields
    )


def _causes(judged: Judged, period: Span, month: Month, moment: datetime) -> Iterable[RepCauses]:
    chains, split, span = month.chains, month.split, judged.ground.span
    for place, (rep_id, stages) in enumerate(zip(chains.rep_ids, stage_rows(judged), strict=True)):
        has_plan = bool(chains.has_plan[place])
        yield RepCauses(
            rep_id=rep_id, first_day=period.first, last_day=period.last, counted_at=moment,
            is_setter=bool(chains.is_setter[place]), actual_minor=int(chains.actual_minor[place]),
            target_minor=int(chains.target_minor[place]) if has_plan else None,
            **{f"{cause}_minor": int(part[place]) for cause, part in split.causes.items()},
            detail={
                "role": judged.ground.roles[place],
                "team_id": judged.ground.members[place].team_id,
                "evidence": [span.first.isoformat(), span.last.isoformat()],
                "is_new": bool(judged.is_new[place]),
                "stages": stages,
                **month_detail(chains, split, place),
            },
        )  # fmt: skip
