"""A review as lines of print: what the PDF holds and the terminal shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.results.bridge.review_effects import METRICS
from pacemark.web.results.drawing.pages import Block
from pacemark.web.results.models import ReviewAction
from pacemark.web.results.pages.review_words import (
    headline_of,
    language,
    metric_words,
    parts_of,
    proposals_of,
    title_of,
)
from pacemark.web.ui import formats


def printed(
    content: Mapping[str, Any], words: Mapping[str, Sequence[Mapping[str, str]]], actions: Sequence[ReviewAction]
) -> list[Block]:
    """Return title, headline and sections; proposals stand where nothing is decided yet."""
    blocks = [Block(kind="title", text=title_of(content)), Block(kind="lead", text=headline_of(content))]
    for part in parts_of(content, words):
        blocks.append(Block(kind="head", text=part.title))
        blocks += [Block(kind="line", text=one) for one in part.sentences]
        blocks += [Block(kind="said", text=said_words(one)) for one in part.words]
    blocks.append(Block(kind="head", text=_("What is decided for the next cycle")))
    blocks += [Block(kind="line", text=action_words(one)) for one in actions]
    if not actions:
        blocks.append(Block(kind="line", text=_("Nothing is decided yet. The data suggest:")))
        blocks += [Block(kind="line", text=one.what) for one in proposals_of(content)]
    blocks += [Block(kind="said", text=said_words(one)) for one in words.get("next", ())]
    return blocks


def said_words(one: Mapping[str, str]) -> str:
    """Return what somebody added, with their name."""
    return _("%(by)s: %(text)s") % one


def action_words(one: ReviewAction) -> str:
    """Return who does what until when, and what should move."""
    told = {
        "what": one.what, "owner": str(one.owner or _("nobody")),
        "day": formats.local_date(one.due_on, language(), "short"),
        "metric": dict(metric_words(tuple(METRICS)))[one.metric],
    }  # fmt: skip
    return _("%(what)s — %(owner)s, by %(day)s; what should move: %(metric)s") % told
