from __future__ import annotations

import pytest

from pacemark.cli import import_ as command
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.pipeline.models import Call
from tests.support.imports import Answer, Importer


def at_a_terminal(importer: Importer, patch: pytest.MonkeyPatch, *, says: bool) -> Answer:
    patch.setattr(command, "_is_at_terminal", lambda: True)
    patch.setattr(command.typer, "confirm", lambda _question, default: says)
    importer.write("calls.csv", [{"id": "1"}, {"id": "2", "seconds": "-3"}])
    return importer.run("--profile", importer.profile, importer.folder / "files")


def test_a_preview_is_shown_and_a_yes_brings_it_in(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = at_a_terminal(importer, monkeypatch, says=True)

    assert answer.code == 0
    assert answer.out.index("Preview of floor") < answer.out.index("Imported from floor")
    assert "Li Wei" in answer.out
    assert "negative duration" in answer.out
    assert Call.objects.count() == 1


def test_a_no_leaves_everything_as_it_was(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = at_a_terminal(importer, monkeypatch, says=False)

    assert answer.code == 0
    assert not Call.objects.exists()
    assert ImportBatch.objects.get().state == BatchState.CANCELLED


def test_a_guess_is_printed_to_be_corrected(importer: Importer) -> None:
    importer.write("calls.csv", [{"id": "1"}])

    out = importer.run("--dry-run", importer.folder / "files").out

    assert "[calls.columns]" in out
    assert 'duration = "seconds"' in out
