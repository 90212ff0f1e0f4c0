"""Withholding (限发): proposed by rule, applied by a person or by itself, with an end, a way out and an appeal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.organization.queries import Member, members_on
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.resources.choices import AppealState, WithholdingState
from pacemark.web.resources.models import Withholding, WithholdingRule
from pacemark.web.resources.queries.scores import first_calls, standing_withholding_rule
from pacemark.web.trail.services import record

LOOK_BACK_DAYS = 7
OPEN_STATES = (WithholdingState.PROPOSED, WithholdingState.APPLIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the rule saw of one rep: successes in time of leads given."""

    rep_id: int
    in_time: int
    n: int

    @property
    def percent(self) -> float:
        """Share in time, in percent; nothing given is no fault."""
        return 100 * self.in_time / self.n if self.n else 100.0


def seen_over(rule: WithholdingRule, today: date) -> list[Seen]:
    """Return what the rule sees of everyone over the week that ends yesterday."""
    first, last = today - timedelta(days=LOOK_BACK_DAYS), today - timedelta(days=1)
    counts = first_calls(first, last, timedelta(hours=rule.within_hours))
    in_time, given = _by_rep(counts.won), _by_rep(counts.tried)
    return [Seen(rep_id=rep, in_time=in_time[rep], n=given[rep]) for rep in sorted(given)]


def _by_rep(counts: Mapping[tuple[int, str], int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for (rep, _grade), n in counts.items():
        found[rep] += n
    return found


def falls_short(seen: Seen, rule: WithholdingRule) -> bool:
    """Return whether the rule answers what was seen; too few leads say nothing."""
    return seen.n >= rule.min_leads and seen.in_time * 100 < rule.bar_percent * seen.n


@transaction.atomic
def set_rule(*, actor: User | None, **fields: Any) -> WithholdingRule:
    """Let another version of the rule hold."""
    last = standing_withholding_rule()
    rule = WithholdingRule(version=(last.version if last else 0) + 1, set_by=actor, **fields)
    if max(rule.base_percent, rule.reward_percent, rule.bar_percent) > 100 or rule.working_days < 1:
        raise EngineError("resources.bad_withholding", "Percentages end at 100 and it lasts a day or more.", "rule")
    rule.save()
    record(actor=actor, action="resources.withholding_rule_set", subject=rule, changes=fields)
    return rule


@transaction.atomic
def propose_by_rule(*, actor: User | None, today: date) -> int:
    """Propose what the rule says, once for each rep; an automatic rule applies it. Return how many."""
    rule = standing_withholding_rule()
    if rule is None or not rule.is_on:
        return 0
    members = {member.rep_id: member for member in members_on(today)}
    # Whoever has one open, or had one within the days looked back over, is not answered twice for the same leads.
    recent = Withholding.objects.filter(starts_on__gt=today - timedelta(days=LOOK_BACK_DAYS))
    busy = set(recent.values_list("rep_id", flat=True))
    short = [one for one in seen_over(rule, today) if falls_short(one, rule) and one.rep_id in members]
    short = [one for one in short if one.rep_id not in busy]
    ends = ends_of([members[one.rep_id] for one in short], today, rule.working_days)
    for one in short:
        found = _propose(actor, rule, one, today, ends[one.rep_id])
        if rule.is_automatic:
            apply(actor=actor, withholding_id=found.pk, today=today)
    return len(short)


def _propose(actor: User | None, rule: WithholdingRule, seen: Seen, today: date, ends_on: date) -> Withholding:
    found = Withholding.objects.create(
        rep_id=seen.rep_id,
        rule=rule,
        trigger={
            "metric": rule.metric, "value": round(seen.percent, 1), "bar": rule.bar_percent, "n": seen.n,
            "hours": rule.within_hours,
        },
        base_percent=rule.base_percent,
        reward_percent=rule.reward_percent,
        starts_on=today,
        ends_on=ends_on,
    )  # fmt: skip
    record(actor=actor, action="resources.withholding_proposed", subject=found, changes=found.trigger)
    return found


def end_of(rep_id: int, start: date, working_days: int) -> date:
    """Return the first day it no longer holds: after so many of the rep's working days."""
    return ends_of(members_on(start, frozenset({rep_id})), start, working_days).get(
        rep_id, start + timedelta(days=working_days)
    )


def ends_of(members: list[Member], start: date, working_days: int) -> dict[int, date]:
    """Return the same for many reps at once, in a fixed number of queries."""
    worked = working_days_of(members, start, start + timedelta(days=60 + working_days))
    plain = start + timedelta(days=working_days - 1)
    return {
        rep_id: (days[working_days - 1] if len(days) >= working_days else plain) + timedelta(days=1)
        for rep_id, days in worked.items()
    }


@transaction.atomic
def apply(*, actor: User | None, withholding_id: int, today: date) -> Withholding:
    """Put a proposal in force from today on; its end counts from today."""
    found = _locked(withholding_id, WithholdingState.PROPOSED)
    days = found.rule.working_days if found.rule else 3
    found.starts_on, found.ends_on = today, end_of(found.rep_id, today, days)
    found.state, found.applied_by, found.applied_at = WithholdingState.APPLIED, actor, timezone.now()
    found.save()
    record(actor=actor, action="resources.withholding_applied", subject=found, changes={"ends_on": str(found.ends_on)})
    return found


@transaction.atomic
def reject(*, actor: User | None, withholding_id: int) -> Withholding:
    """Let a proposal go without effect."""
    return _moved(actor, _locked(withholding_id, WithholdingState.PROPOSED), WithholdingState.REJECTED)


@transaction.atomic
def lift(*, actor: User | None, withholding_id: int) -> Withholding:
    """End one that is in force before its day."""
    return _moved(actor, _locked(withholding_id, WithholdingState.APPLIED), WithholdingState.LIFTED)


@transaction.atomic
def appeal(*, actor: User, withholding_id: int, rep_id: int, text: str) -> Withholding:
    """Let the rep say why it is wrong, once; it stays in force until answered."""
    found = _locked(withholding_id, *OPEN_STATES)
    if found.rep_id != rep_id or found.appeal != AppealState.NONE or not text.strip():
        raise EngineError("resources.cannot_appeal", "You can appeal your own withholding once, with words.", "appeal")
    found.appeal, found.appeal_text = AppealState.OPEN, text.strip()[:1000]
    found.save(update_fields=["appeal", "appeal_text"])
    record(actor=actor, action="resources.withholding_appealed", subject=found)
    return found


@transaction.atomic
def answer_appeal(*, actor: User, withholding_id: int, is_granted: bool, answer: str) -> Withholding:
    """Answer an appeal; granting it ends the withholding at once."""
    found = Withholding.objects.select_for_update().get(pk=withholding_id)
    if found.appeal != AppealState.OPEN:
        raise EngineError("resources.no_appeal", "There is no appeal to answer.", "appeal")
    found.appeal = AppealState.GRANTED if is_granted else AppealState.UPHELD
    found.appeal_answer = answer.strip()[:1000]
    if is_granted and found.state in OPEN_STATES:
        is_proposed = found.state == WithholdingState.PROPOSED
        found.state = WithholdingState.REJECTED if is_proposed else WithholdingState.LIFTED
    found.save()
    record(actor=actor, action="resources.appeal_answered", subject=found, changes={"granted": is_granted})
    return found


def end_past(*, today: date) -> int:
    """Mark as ended what is over. Shares look at the days themselves, so a late worker withholds nothing."""
    over = Withholding.objects.filter(state=WithholdingState.APPLIED, ends_on__lte=today)
    stale = Withholding.objects.filter(state=WithholdingState.PROPOSED, ends_on__lte=today)
    stale.update(state=WithholdingState.REJECTED)
    return over.update(state=WithholdingState.ENDED)


def _locked(withholding_id: int, *states: WithholdingState) -> Withholding:
    found = Withholding.objects.select_for_update().filter(pk=withholding_id, state__in=states).first()
    if found is None:
        raise EngineError("resources.withholding_moved", "Somebody has decided this already.", "withholding")
    return found


def _moved(actor: User | None, found: Withholding, state: WithholdingState) -> Withholding:
    found.state = state
    found.save(update_fields=["state"])
    record(actor=actor, action=f"resources.withholding_{state.value}", subject=found)
    return found
