"""Reading what reps can take, and which tags there are."""

from __future__ import annotations

from collections.abc import Collection

from pacemark.web.resources.models import RepSkills


def skills_of_reps(rep_ids: Collection[int] | None = None) -> dict[int, list[str]]:
    """Return the tags of the reps that have any; who is left out takes every lead."""
    rows = RepSkills.objects.all() if rep_ids is None else RepSkills.objects.filter(rep_id__in=rep_ids)
    return {rep: sorted(map(str, tags)) for rep, tags in rows.values_list("rep_id", "tags") if tags}


def known_tags() -> list[str]:
    """Return every tag that some rep has, in order: what a form offers."""
    return sorted({tag for tags in skills_of_reps().values() for tag in tags})
