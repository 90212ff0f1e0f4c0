from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from pacemark.cli.trail import app
from pacemark.web.trail.models import TrailEntry, TrailSeal
from pacemark.web.trail.seals import seal_trail, verify_trail
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
    assert verify_trail().broken == ()

    TrailEntry.objects.filter(pk=second.first_id).update(changes={"名": [9, "β"]})

    assert verify_trail().broken == (second,)


@pytest.mark.parametrize("which", ["first_id", "last_id"])
def test_a_removed_entry_breaks_its_seal(which: str) -> None:
    _write(3)
    seal = seal_trail(now=timezone.now() + LATER)
    assert seal is not None

    TrailEntry.objects.filter(pk=getattr(seal, which)).delete()

    assert verify_trail().broken == (seal,)


def test_a_resealed_past_breaks_the_next_seal() -> None:
    _write(1)
    first = seal_trail(now=timezone.now() + LATER)
    _write(1)
    second = seal_trail(now=timezone.now() + LATER)
    assert first is not None and second is not None

    TrailSeal.objects.filter(pk=first.pk).update(digest="0" * 64)

    assert verify_trail().broken == (
        first,
        second,
    )


def test_the_last_hour_is_not_sealed_yet() -> None:
    _write(2)

    assert seal_trail(now=timezone.now()) is None
    assert TrailSeal.objects.count() == 0


def test_the_command_line_tells_an_intact_trail_from_a_changed_one() -> None:
    _write(3)
    seal = seal_trail(now=timezone.now() + LATER)
    assert seal is not None
    _write(1)
    run = CliRunner()

    intact = run.invoke(app, ["verify", "--json"])

    assert intact.exit_code == 0
    assert json.loads(intact.stdout) == {
        "intact": True,
        "seals": 1,
        "sealed_entries": 3,
        "unsealed_entries": 1,
        "digest": seal.digest,
        "broken": [],
    }

    TrailEntry.objects.filter(pk=seal.last_id).update(actor_id=7)
    changed = run.invoke(app, ["verify"])

    assert changed.exit_code == 1
    assert f"Entries {seal.first_id} to {seal.last_id} are not what they were" in changed.stdout


def test_the_command_line_lists_what_happened_to_one_thing() -> None:
    _write(3)

    shown = CliRunner().invoke(app, ["list", "--subject", "thing:1", "--json"])

    [entry] = json.loads(shown.stdout)["entries"]
    assert (entry["actor"], entry["action"], entry["changes"]) == (None, "test.done", {"名": [1, "β"]})
    assert CliRunner().invoke(app, ["list", "--action", "goals."]).stdout.count("test.done") == 0
