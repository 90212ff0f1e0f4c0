"""Cards as messages: their pictures, and the same in words for whoever takes no pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _

from pacemark.web.notifications.composing import Draft
from pacemark.web.results.drawing.layout import CardWords
from pacemark.web.results.drawing.png import png_of
from pacemark.web.results.models import Celebration
from pacemark.web.results.pages.card_words import card_words
from pacemark.web.results.queries.celebrations import truths_of
from pacemark.web.results.refusals import Refused


def drafts_of(celebrations: Sequence[Celebration]) -> list[Draft]:
    """Return the cards that the records bear out now, as messages."""
    truths = truths_of(celebrations)
    return [_draft(one.key, card_words(truths[one.key])) for one in celebrations if one.key in truths]


def message_key(key: str) -> str:
    """Return the key under which a card is queued."""
    return f"card:{key}"


def _draft(key: str, words: CardWords) -> Draft:
    parts = [f"**{words.name}**", words.line, f"{words.amount}{words.unit}"]
    parts += [f"{value} {label}" for value, label in words.figures]
    title = _("Celebration · %(name)s") % {"name": words.name}
    return Draft(key=message_key(key), title=title, text="\n".join(parts), draw=partial(_drawn, words))


def _drawn(words: CardWords) -> bytes | None:
    """Return the picture; without a Chinese font the words alone are told."""
    try:
        return png_of(words)
    except Refused:
        return None
