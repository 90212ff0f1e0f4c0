"""`pacemark review`: the look back on a cycle, written from the data; printed, as JSON, or as PDF."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import override

from pacemark.cli.start import UserMistake, date_of, output
from pacemark.engine.errors import EngineError
from pacemark.web.accounts.exports import PDF, Export, command_line_mark, note_export
from pacemark.web.goals.queries.periods import day_after_records
from pacemark.web.results.choices import ReviewLevel
from pacemark.web.results.drawing.pages import Block
from pacemark.web.results.drawing.pdf import pdf_of
from pacemark.web.results.models import Review
from pacemark.web.results.pages.review_print import printed
from pacemark.web.results.queries.review_content import key_of
from pacemark.web.results.queries.review_cycles import Cycle, CycleKind, cycle_named, last_cycle
from pacemark.web.results.queries.review_ground import load_review_ground
from pacemark.web.results.queries.reviews import actions_of, as_json
from pacemark.web.results.services.reviews import Composed, compose_reviews

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def review(  # noqa: PLR0913, PLR0917 - the command's options
    team: Annotated[str | None, typer.Option(help="This team, by name; its last whole week.")] = None,
    region: Annotated[str | None, typer.Option(help="This region, by name; its last whole month.")] = None,
    period: Annotated[str | None, typer.Option(help="Sales month such as 2024-01, or week such as 2024-W05.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="First day not yet known; default: the day after the last record.")
    ] = None,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    language: Annotated[str, typer.Option(help="Of the words: zh or en.")] = "zh",
    pdf: Annotated[Path | None, typer.Option(help="Write it to this file as PDF.")] = None,
) -> None:
    """Write a review of a team, a region, or of everyone from the data. Nothing is kept.

    A review that was agreed is printed as it was agreed, with what people added and decided.
    """
    if language not in LANGUAGES:
        raise UserMistake("--language is zh or en")
    if team and region:
        raise UserMistake("choose one of --team and --region")
    day = date_of(as_of, "--as-of") or day_after_records()
    level = ReviewLevel.TEAM if team else ReviewLevel.REGION if region else ReviewLevel.ORGANIZATION
    cycle = _cycle(period, "week" if team else "month", day)
    composed = _one(compose_reviews(load_review_ground(cycle, day), level), team or region or "", cycle)
    with override(LANGUAGES[language]):
        content, blocks = _kept_or(composed, cycle)
    if pdf is not None:
        _write(pdf, blocks)
    if as_json_text:
        sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
    elif pdf is None:
        for block in blocks:
            output().print(_mark(block), markup=False, highlight=False, soft_wrap=True)


def _cycle(period: str | None, kind: CycleKind, day: date) -> Cycle:
    if not period:
        return last_cycle(kind, day)
    try:
        cycle = cycle_named(period)
    except EngineError as error:
        raise UserMistake(
            f"--period {period[:20]!r}: write a month such as 2024-01 or a week such as 2024-W05"
        ) from error
    if cycle.first >= day:
        raise UserMistake(f"nothing is known yet of {cycle.label}, which begins on {cycle.first}")
    return cycle


def _one(found: list[Composed], name: str, cycle: Cycle) -> Composed:
    mine = [one for one in found if one.unit.name == name]
    if not mine:
        who = f"{name[:40]!r}" if name else "anybody"
        raise UserMistake(f"the records know nothing of {who} from {cycle.first} to {cycle.last}")
    return mine[0]


def _kept_or(composed: Composed, cycle: Cycle) -> tuple[dict[str, Any], list[Block]]:
    """Return the review as it was agreed where it was, else as the data tell it."""
    kept = Review.objects.filter(key=key_of(composed.unit, cycle.first, cycle.last)).exclude(stage="draft").first()
    if kept is None:
        content, blocks = {"stage": None, **composed.content}, printed(composed.content, {}, [])
    else:
        actions = actions_of(kept)
        content, blocks = as_json(kept, actions), printed(kept.content, kept.words, actions)
    return {**content, "text": [block.text for block in blocks]}, blocks


def _write(path: Path, blocks: list[Block]) -> None:
    try:
        path.write_bytes(pdf_of(blocks, command_line_mark()))
    except OSError as error:
        raise UserMistake(f"the PDF cannot be written to {path}: {error.strerror}") from error
    note_export(None, Export(kind="results.review", name=path.name, content_type=PDF, rows=len(blocks)))


def _mark(block: Block) -> str:
    before = {"title": "", "lead": "", "head": "\n", "line": "  ", "said": "  > "}
    return f"{before[block.kind]}{block.text}"
