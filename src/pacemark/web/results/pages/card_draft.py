"""A card as a message: its picture, and the same in words for whoever takes no pictures."""

from __future__ import annotations

from pacemark.web.notifications.composing import Draft
from pacemark.web.results.drawing.png import png_of
from pacemark.web.results.models import Celebration
from pacemark.web.results.pages.card_words import card_words
from pacemark.web.results.queries.celebrations import truth_of
from pacemark.web.results.refusals import Refused


def draft_of(celebration: Celebration) -> Draft | None:
    """Return the card as the records bear it out now; nothing where they do not. Without a font, words alone."""
    truth = truth_of(celebration)
    if truth is None:
        return None
    words = card_words(truth)
    parts = [f"**{words.name}**", words.line, f"{words.amount}{words.unit}"]
    parts += [f"{value} {label}" for value, label in words.figures]
    try:
        picture = png_of(words)
    except Refused:
        picture = None
    return Draft(key=celebration.key, title=f"{words.title} · {words.name}", text="\n".join(parts), picture=picture)
