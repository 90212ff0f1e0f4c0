"""Writing grades and their quarterly quotas. Atomic, attributed, with a trail; what held once stays on record."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Grade, GradeQuota
from pacemark.web.trail.services import record

# Ordinals are unique: while the ladder is put into a new order they stand beyond every real one.
_ASIDE = 10_000


@transaction.atomic
def save_grade(*, actor: User | None, grade_id: int | None, name: str, step: int | None = None) -> Grade:
    """Make a grade (``grade_id=None``) or rename one; ``step`` is its place on the ladder, 1 the lowest."""
    ordered = list(Grade.objects.select_for_update().order_by("ordinal"))
    grade = next((one for one in ordered if one.pk == grade_id), None) or Grade(ordinal=_ASIDE)
    if any(one.name == name and one.pk != grade.pk for one in ordered):
        raise EngineError("organization.grade_name_taken", "Another grade has this name already.", name)
    before = [grade.name, ordered.index(grade) + 1 if grade.pk else None]
    grade.name = name
    grade.full_clean(exclude=["ordinal"])
    grade.save()
    _put_in_order(ordered, grade, step)
    record(
        actor=actor,
        action="organization.grade_saved",
        subject=grade,
        changes={"name": [before[0], name], "step": [before[1], grade.ordinal]},
    )
    return grade


def _put_in_order(ordered: list[Grade], grade: Grade, step: int | None) -> None:
    others = [one for one in ordered if one.pk != grade.pk]
    place = len(others) if grade not in ordered else ordered.index(grade)
    if step is not None:
        place = min(max(step - 1, 0), len(others))
    others.insert(place, grade)
    for number, one in enumerate(others, start=1):
        one.ordinal = _ASIDE + number
    Grade.objects.bulk_update(others, ["ordinal"])
    for number, one in enumerate(others, start=1):
        one.ordinal = number
    Grade.objects.bulk_update(others, ["ordinal"])


@transaction.atomic
def set_quota(*, actor: User | None, grade_id: int, valid_from: date, quota_minor: int) -> GradeQuota:
    """Let a quota per quarter hold for a grade from a day on; what held before ends there and stays on record."""
    grade = Grade.objects.select_for_update().get(pk=grade_id)
    if quota_minor <= 0:
        raise EngineError("organization.quota_not_positive", "A quota must be above zero.", "quota")
    if GradeQuota.objects.filter(grade=grade, valid_from=valid_from).exists():
        message = f"{grade.name} has a quota from {valid_from.isoformat()} already; choose another day."
        raise EngineError("organization.quota_same_day", message, "valid_from")
    quota = GradeQuota.objects.create(grade=grade, valid_from=valid_from, quota_minor=quota_minor)
    changes = {"grade_id": grade_id, "valid_from": valid_from.isoformat(), "quota_minor": quota_minor}
    record(actor=actor, action="organization.quota_set", subject=quota, changes=changes)
    return quota


@transaction.atomic
def drop_quota(*, actor: User | None, quota_id: int, today: date) -> None:
    """Take back a quota that does not hold yet; one that has held stays on record."""
    quota = GradeQuota.objects.select_for_update().get(pk=quota_id)
    if quota.valid_from < today:
        message = "This quota has held already; it stays on record."
        raise EngineError("organization.quota_has_held", message, "valid_from")
    changes = {
        "grade_id": quota.grade_id, "valid_from": quota.valid_from.isoformat(), "quota_minor": quota.quota_minor,
    }  # fmt: skip
    record(actor=actor, action="organization.quota_dropped", subject=quota, changes=changes)
    quota.delete()
