"""One person's plan page."""

from __future__ import annotations

from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.maths import maths_of
from pacemark.web.goals.pages.remedies import most_sentence, remedy_of
from pacemark.web.goals.pages.words import (
    PersonPlanPage,
    chain_steps,
    confidence_choices,
    note_sentences,
    rate_rows,
)


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
        rates=rate_rows(content),
        sums=maths.lines,
        notes=note_sentences(content, chosen),
        remedy=remedy_of(content, maths.decomposition) if confidence == "0.5" else None,
        most=most_sentence(chosen),
        currency=content["currency"],
    )
