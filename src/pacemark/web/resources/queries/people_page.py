"""Who can be dealt what: skills, self-sourcing, duty and holdings of everybody in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from pacemark.web.organization.queries import Member, members_on
from pacemark.web.pipeline.queries.holdings import held_counts
from pacemark.web.resources.models import DutyToggle, SelfSourcing
from pacemark.web.resources.queries.desk import is_self_sourcing, self_sourcing_on
from pacemark.web.resources.queries.skills import skills_of_reps


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One rep as the rule meets them."""

    member: Member
    tags: tuple[str, ...]
    is_self_sourcing: bool
    is_away: bool
    held: int


def people_rows(day: date, rep_ids: frozenset[int] | None) -> list[PersonRow]:
    """Return everybody in sight by team and name."""
    members = members_on(day, rep_ids)
    ids = [member.rep_id for member in members]
    skills, sourcing, held = skills_of_reps(ids), self_sourcing_on(day), held_counts()
    away = set(DutyToggle.objects.filter(ended_at__isnull=True).values_list("rep_id", flat=True))
    return [
        PersonRow(
            member=member,
            tags=tuple(skills.get(member.rep_id, ())),
            is_self_sourcing=is_self_sourcing(member, sourcing),
            is_away=member.rep_id in away,
            held=held.get(member.rep_id, 0),
        )
        for member in members
    ]


def sourcing_log() -> list[SelfSourcing]:
    """Return who was said to find their own customers, the latest word first."""
    return list(SelfSourcing.objects.select_related("set_by").order_by("-valid_from", F("pk").desc())[:30])
