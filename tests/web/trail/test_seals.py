from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pacemark.web.trail.models import TrailEntry, TrailSeal
from pacemark.web.trail.seals import broken_seals, seal_trail
from pacemark.web.trail.services import record

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=2)


def _write(n_entries: int) -> None:
    for number in range(n_entries):
        record(actor=None, action="test.done", subject=("thing", str(number)), changes={"名": [number, "β"]})


def test_what_was_sealed_cannot_be_changed_unnoticed() -> None:
    _write(3)
    first = seal_trail(now=timezone.now() + LATER)
    _write(2)
    second = seal_trail(now=timezone.now() + LATER)
    assert first is not None and second is not None
    assert [first.entry_count, second.entry_count] == [3, 2]
    assert broken_seals() == []

    TrailEntry.objects.filter(pk=second.first_id).update(changes={"名": [9, "β"]})

    assert broken_seals() == [second]


@pytest.mark.parametrize("which", ["first_id", "last_id"])
def test_a_removed_entry_breaks_its_seal(which: str) -> None:
    _write(3)
    seal = seal_trail(now=timezone.now() + LATER)
    assert seal is not None

    TrailEntry.objects.filter(pk=getattr(seal, which)).delete()

    assert broken_seals() == [seal]


def test_a_resealed_past_breaks_the_next_seal() -> None:
    _write(1)
    first = seal_trail(now=timezone.now() + LATER)
    _write(1)
    second = seal_trail(now=timezone.now() + LATER)
    assert first is not None and second is not None

    TrailSeal.objects.filter(pk=first.pk).update(digest="0" * 64)

    assert broken_seals() == [first, second]


def test_the_last_hour_is_not_sealed_yet() -> None:
    _write(2)

    assert seal_trail(now=timezone.now()) is None
    assert TrailSeal.objects.count() == 0
