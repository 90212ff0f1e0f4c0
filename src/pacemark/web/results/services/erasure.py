"""What reviews and kept pages say of a person by name: it goes with the name."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pacemark.web.results.models import OverviewSheet, Review


@transaction.atomic
def forget_name_in_reviews(*, rep_id: int | None, names: frozenset[str], word: str) -> int:
    """Put a neutral word for a person's name into reviews: of whom they tell, and who added words. Returns how many.

    ``names`` holds the account's name only where nobody else bears it. Kept pages are made anew when asked for.
    """
    OverviewSheet.objects.all().delete()
    changed = []
    for review in Review.objects.only("content", "words"):
        before = (review.content, review.words)
        review.content = _renamed(review.content, rep_id, word) if rep_id is not None else review.content
        review.words = {
            section: [{**said, "by": word} if said.get("by") in names else said for said in words]
            for section, words in review.words.items()
        }
        if (review.content, review.words) != before:
            changed.append(review)
    Review.objects.bulk_update(changed, ["content", "words"])
    return len(changed)


def _renamed(value: Any, rep_id: int, word: str) -> Any:
    """Return a document with another ``who`` wherever it stands beside the person's id."""
    if isinstance(value, list):
        return [_renamed(one, rep_id, word) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _renamed(one, rep_id, word) for key, one in value.items()}
    return {**inner, "who": word} if "who" in value and value.get("rep_id") == rep_id else inner
