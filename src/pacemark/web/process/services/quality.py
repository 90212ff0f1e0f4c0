"""What is put up for review: written by the job, spoken to by the rep, decided once by somebody who leads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from pacemark.engine.errors import EngineError as Refused
from pacemark.engine.periods import Period
from pacemark.web.accounts.models import User
from pacemark.web.pipeline.quality_services import clear_quality_window, keep_quality_windows
from pacemark.web.pipeline.queries import call_patterns, last_call_date, late_deals
from pacemark.web.pipeline.queries.padding import MOST_POOLED
from pacemark.web.pipeline.queries.talk_lengths import talk_ids
from pacemark.web.process.bridge import quality as quality_bridge
from pacemark.web.process.bridge.quality import Noticed
from pacemark.web.process.choices import QualityKind, ReviewState
from pacemark.web.process.models import QualityItem, Tolerance
from pacemark.web.process.queries.quality import CLEARED, cleared_windows
from pacemark.web.process.queries.watched import tolerance
from pacemark.web.process.services.quality_checks import months_up_to, noticed_in, tested_windows
from pacemark.web.trail.services import record

# The running month and the one before it, whose last days may still come in.
MONTHS_JUDGED = 2
# So many records are listed with an item; more than anybody listens to.
MOST_RECORDS = 200
DECISIONS = (ReviewState.EXPLAINED, ReviewState.CONFIRMED, ReviewState.DISMISSED)
TOLERANCES = (
    "min_money_minor", "min_excess_talks", "redial_minutes", "redials_a_day", "burst_seconds", "burst_dials",
    "burst_gap_seconds", "off_roster_dials", "no_talk_percent", "deferred_days", "streak_days",
    "unreported_deep_talks",
)  # fmt: skip


def count_quality(*, at: datetime | None = None) -> int:
    """Test the running sales month and the one before, as far as calls reach; return how many items are open.

    Run twice it leaves the same. What somebody has decided, or said something about, stays as it was seen.
    """
    last = last_call_date()
    if last is None:
        return 0
    allowed, months = tolerance(), months_up_to(last, MOST_POOLED + MONTHS_JUDGED - 1)
    tested = tested_windows(months, allowed, MONTHS_JUDGED)
    keep_quality_windows(actor=None, tested=tested, cleared=cleared_windows([one.month.last for one in tested]))
    padded = {one.month.first: quality_bridge.padded(one.flagged()) for one in tested}
    for month in months[-MONTHS_JUDGED:]:
        _put_up(month, [*padded.get(month.first, []), *noticed_in(month, allowed)], allowed, at or timezone.now())
    return QualityItem.objects.filter(state=ReviewState.OPEN).count()


def last_months() -> list[Period]:
    """Return the sales months that were looked at last, oldest first; none without calls."""
    last = last_call_date()
    return months_up_to(last, MONTHS_JUDGED) if last else []


@transaction.atomic
def _put_up(month: Period, found: Sequence[Noticed], allowed: Tolerance, moment: datetime) -> None:
    """Let the open items of a month be those that were found; what people have touched stays."""
    of_month = QualityItem.objects.select_for_update().filter(first_day=month.first, last_day=month.last).order_by("pk")
    standing = {(item.rep_id, item.kind): item for item in of_month}
    wanted = {(one.rep_id, str(one.kind)): one for one in found}
    untouched = [item for item in standing.values() if item.state == ReviewState.OPEN and not item.word]
    gone = [item.pk for item in untouched if (item.rep_id, item.kind) not in wanted]
    QualityItem.objects.filter(pk__in=gone).delete()
    for item in untouched:
        one = wanted.get((item.rep_id, item.kind))
        if one is not None:
            item.evidence = _evidence(one, month, allowed)
            item.save(update_fields=["evidence"])
    QualityItem.objects.bulk_create(
        [
            QualityItem(
                rep_id=one.rep_id, kind=one.kind, first_day=month.first, last_day=month.last,
                evidence=_evidence(one, month, allowed), found_at=moment,
            )
            for key, one in wanted.items()
            if key not in standing
        ]
    )  # fmt: skip


def _evidence(one: Noticed, month: Period, allowed: Tolerance) -> dict[str, Any]:
    """Return the numbers with the records that they were counted from."""
    return {**one.numbers, "tolerance": allowed.version, "records": _records(one, month, allowed)}


def _records(one: Noticed, month: Period, allowed: Tolerance) -> list[int]:
    first, last, numbers = month.first, month.last, one.numbers
    if one.kind == QualityKind.PADDING:
        since = date.fromisoformat(numbers["first_day"])
        return talk_ids(since, last, one.rep_id, from_seconds=numbers["threshold_seconds"], most=MOST_RECORDS)
    if one.kind == QualityKind.REDIAL:
        days = [date.fromisoformat(day) for day, _times in numbers["days"]]
        return call_patterns.redial_ids(one.rep_id, days, minutes=allowed.redial_minutes, most=MOST_RECORDS)
    if one.kind == QualityKind.BURST:
        limits = (allowed.burst_seconds, allowed.burst_gap_seconds, allowed.burst_dials)
        return call_patterns.burst_ids(first, last, one.rep_id, limits=limits, most=MOST_RECORDS)
    if one.kind == QualityKind.OFF_ROSTER:
        days = [date.fromisoformat(day) for day, _times in numbers["days"]]
        return call_patterns.dial_ids(one.rep_id, days, most=MOST_RECORDS)
    if one.kind == QualityKind.NO_TALK:
        return late_deals.talkless_ids(first, last, one.rep_id, most=MOST_RECORDS)
    days = [date.fromisoformat(day) for day in numbers["signed_days"]]
    return late_deals.deals_signed_on(one.rep_id, days, most=MOST_RECORDS)


def decide(*, actor: User, item_id: int, state: str, reason: str, at: datetime | None = None) -> QualityItem:
    """Decide on an item, with a reason. The first decision holds: whoever comes second is told, and changes nothing."""
    if state not in DECISIONS:
        raise Refused("process.unknown_decision", "A decision is explained, confirmed or dismissed.", "state")
    if not reason.strip():
        raise Refused("process.decision_needs_reason", "Say why.", "reason")
    if QualityItem.objects.filter(pk=item_id, rep__user=actor).exists():
        raise Refused("process.decided_by_oneself", "Somebody else decides what is about you.")
    with transaction.atomic():
        decided = QualityItem.objects.filter(pk=item_id, state=ReviewState.OPEN).update(
            state=state, reason=reason.strip()[:500], decided_by=actor, decided_at=at or timezone.now()
        )
        item = QualityItem.objects.get(pk=item_id)
        if not decided:
            raise Refused("process.already_decided", "Somebody has decided on this already.", "state")
        if item.kind == QualityKind.PADDING and state in CLEARED:
            clear_quality_window(actor=actor, rep_id=item.rep_id, window_end=item.last_day)
        record(actor=actor, action="process.quality_decided", subject=item, changes={"state": state})
    return item


@transaction.atomic
def say_word(*, actor: User, item_id: int, word: str, at: datetime | None = None) -> QualityItem:
    """Keep what a rep says about an item of their own, as long as nobody has decided on it."""
    item = QualityItem.objects.select_for_update().select_related("rep").get(pk=item_id)
    if item.rep.user_id != actor.pk:
        raise Refused("process.word_of_another", "Only the person it is about explains it.")
    if not word.strip():
        raise Refused("process.word_is_empty", "Say what happened.", "word")
    if item.state != ReviewState.OPEN:
        raise Refused("process.already_decided", "Somebody has decided on this already.", "word")
    item.word, item.word_at = word.strip()[:500], at or timezone.now()
    item.save(update_fields=["word", "word_at"])
    record(actor=actor, action="process.quality_word", subject=item)
    return item


@transaction.atomic
def set_tolerances(*, actor: User, values: dict[str, int]) -> Tolerance:
    """Let a new version of the tolerances hold; what was decided under older ones stays decided."""
    standing = Tolerance.objects.select_for_update().order_by("-version").first() or Tolerance(version=0)
    kept = {name: getattr(standing, name) for name in TOLERANCES}
    row = Tolerance(**{**kept, **values}, version=standing.version + 1, set_by=actor)
    row.full_clean(validate_constraints=False)
    row.save()
    changes = {name: value for name, value in values.items() if value != kept[name]}
    record(actor=actor, action="process.tolerances_set", subject=row, changes=changes)
    return row


def listed_under(values: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return how many people the last month with calls lists by kind: under the standing and under other tolerances."""
    standing, last = tolerance(), last_call_date()
    if last is None:
        return {}
    trial = Tolerance(**{**{name: getattr(standing, name) for name in TOLERANCES}, **values}, version=0)
    month = months_up_to(last, 1)[0]
    sides = [_numbers_by_kind(month, one) for one in (standing, trial)]
    return {kind.value: (sides[0].get(kind, 0), sides[1].get(kind, 0)) for kind in QualityKind}


def _numbers_by_kind(month: Period, allowed: Tolerance) -> dict[str, int]:
    tested = tested_windows(months_up_to(month.last, MOST_POOLED), allowed, 1)
    found: dict[str, int] = {QualityKind.PADDING: sum(len(one.flagged()) for one in tested)}
    for one in noticed_in(month, allowed):
        found[one.kind] = found.get(one.kind, 0) + 1
    return found
