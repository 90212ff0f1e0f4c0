"""What an import brings to the organisation: people it names, and settings that nobody has typed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Min

from pacemark.web.accounts.models import User
from pacemark.web.organization.erased_labels import (
    ErasedLabels,
    alias_text,
    erased_labels,
    name_text,
    number_text,
)
from pacemark.web.organization.labels import PersonLabel
from pacemark.web.organization.models import Membership, Organization, Rep, RepAlias
from pacemark.web.organization.services import set_up_organization
from pacemark.web.trail.services import record


def matching_reps(source_name: str, labels: Iterable[PersonLabel]) -> dict[PersonLabel, int]:
    """Return the rep behind each label that is known: by employee number, else the source's alias, else the name.

    A name that several reps share matches nobody: whom it means is for a person to say.
    """
    by_number = {
        no.casefold(): pk for no, pk in Rep.objects.exclude(employee_no=None).values_list("employee_no", "pk") if no
    }
    by_alias = {
        label.casefold(): rep
        for label, rep in RepAlias.objects.filter(source=source_name).values_list("label", "rep_id")
    }
    by_name: dict[str, list[int]] = {}
    numbered: dict[int, str | None] = {}
    for pk, name, employee_no in Rep.objects.values_list("pk", "name", "employee_no"):
        by_name.setdefault(" ".join(name.split()).casefold(), []).append(pk)
        numbered[pk] = employee_no
    erased = erased_labels()
    found: dict[PersonLabel, int] = {}
    for label in labels:
        rep = by_number.get(label.employee_no.casefold()) if label.employee_no else None
        rep = rep or by_alias.get(label.text.casefold()) or _erased(erased, source_name, label)
        if rep is None and label.name:
            named = by_name.get(label.name.casefold(), [])
            # Another number is another person, whatever the name.
            named = [pk for pk in named if not (label.employee_no and numbered[pk])] + _erased_by_name(erased, label)
            rep = named[0] if len(named) == 1 else None
        if rep is not None:
            found[label] = rep
    return found


def _erased(erased: ErasedLabels, source_name: str, label: PersonLabel) -> int | None:
    numbered = erased.rep_of(number_text(label.employee_no)) if label.employee_no else None
    return numbered or erased.rep_of(alias_text(source_name, label.text))


def _erased_by_name(erased: ErasedLabels, label: PersonLabel) -> list[int]:
    kinds = (False,) if label.employee_no else (False, True)
    found = [erased.rep_of(name_text(label.name, is_numbered=kind)) for kind in kinds]
    return [rep for rep in found if rep is not None]


@transaction.atomic
def create_reps(
    *, actor: User | None, source_name: str, first_days: Mapping[PersonLabel, date | None]
) -> dict[PersonLabel, int]:
    """Create a rep for each label, without a team, role or grade, from the first day they were seen on."""
    labels = list(first_days)
    reps = Rep.objects.bulk_create(
        Rep(employee_no=label.employee_no or None, name=label.name or label.employee_no) for label in labels
    )
    RepAlias.objects.bulk_create(
        (RepAlias(source=source_name, label=label.text, rep=rep) for label, rep in zip(labels, reps, strict=True)),
        ignore_conflicts=True,
    )
    Membership.objects.bulk_create(
        Membership(rep=rep, role="", valid_from=day)
        for rep, day in zip(reps, first_days.values(), strict=True)
        if day is not None
    )
    made = {label: rep.pk for label, rep in zip(labels, reps, strict=True)}
    if made:
        record(
            actor=actor,
            action="organization.reps_created",
            subject=("source", source_name),
            changes={"rep_ids": list(made.values())},
        )
    return made


@transaction.atomic
def name_rep(*, actor: User | None, source_name: str, label: PersonLabel, rep: Rep) -> None:
    """Let a source's label mean a rep from now on."""
    RepAlias.objects.update_or_create(source=source_name, label=label.text, defaults={"rep": rep})
    record(actor=actor, action="organization.rep_named", subject=rep, changes={"source": source_name})


@transaction.atomic
def reach_back_memberships(*, first_days: Mapping[int, date]) -> int:
    """Let people who came by an import belong from the first day that a later import of earlier records shows."""
    earliest = dict(
        Membership.objects.filter(rep_id__in=first_days).values_list("rep_id").annotate(first=Min("valid_from"))
    )
    moved = 0
    for rep_id, first_day in first_days.items():
        stands = earliest.get(rep_id)
        if stands is None:
            Membership.objects.create(rep_id=rep_id, team=None, grade=None, role="", valid_from=first_day)
            moved += 1
        elif first_day < stands:
            moved += Membership.objects.filter(
                rep_id=rep_id, valid_from=stands, team=None, role="", rep__hired_on=None
            ).update(valid_from=first_day)
    return moved


def untouched_organization() -> bool:
    """Say whether nobody has named the organisation or set it up yet."""
    found = Organization.objects.order_by("pk").first()
    return found is None or not found.name


@transaction.atomic
def take_settings(*, actor: User | None, time_zone: str, currency: str, region: str) -> Organization:
    """Give an organisation that nobody has named the time zone, currency and country of its first records."""
    given = {"time_zone": time_zone, "currency": currency, "default_region": region}
    given = {name: value for name, value in given.items() if value}
    found = Organization.objects.select_for_update().order_by("pk").first()
    if found is None:
        return set_up_organization(actor=actor, **given)
    changes = {name: [getattr(found, name), value] for name, value in given.items() if getattr(found, name) != value}
    if changes:
        for name, (_before, value) in changes.items():
            setattr(found, name, value)
        found.full_clean()
        found.save()
        record(actor=actor, action="organization.changed", subject=found, changes=changes)
    return found
