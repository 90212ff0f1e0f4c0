"""One person's plan page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.maths import maths_of
from pacemark.web.goals.pages.remedies import Remedy, most_sentence, remedy_of
from pacemark.web.goals.pages.words import (
    RateRow,
    chain_steps,
    confidence_choices,
    note_sentences,
    rate_rows,
)
from pacemark.web.goals.pages.work import WorkRow, work_rows
from pacemark.web.ui.components import ChainStep, ConfidenceChoice, SumLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlanPage:
    """Everything that one person's plan page shows for one confidence."""

    plan: RepPlan
    content: dict[str, Any]
    confidence: str
    chosen: dict[str, Any]
    choices: tuple[ConfidenceChoice, ...]
    chain: tuple[ChainStep, ...]
    work: tuple[WorkRow, ...]
    rates: tuple[RateRow, ...]
    sums: tuple[SumLine, ...]
    notes: tuple[str, ...]
    remedy: Remedy | None
    most: str
    currency: str


def person_page(plan: RepPlan, *, confidence: str, url: str) -> PersonPlanPage:
    """Return the page for one confidence; an unknown one shows even odds."""
    content = plan.content
    confidence = confidence if confidence in content["plans"] else "0.5"
    chosen = content["plans"][confidence]
    maths = maths_of(content)
    return PersonPlanPage(
        plan=plan,
        content=content,
        confidence=confidence,
        chosen=chosen,
        choices=confidence_choices(content, confidence, url),
        chain=chain_steps(content, chosen),
        work=work_rows(chosen),
        rates=rate_rows(content),
        sums=maths.lines,
        notes=note_sentences(content, chosen),
        remedy=remedy_of(content, maths.decomposition) if confidence == "0.5" else None,
        most=most_sentence(chosen),
        currency=content["currency"],
    )
