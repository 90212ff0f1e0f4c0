"""What reps can take."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from pacemark.web.accounts.models import User
from pacemark.web.resources.models import RepSkills
from pacemark.web.resources.refusals import refuse
from pacemark.web.trail.services import record

MAX_TAGS, MAX_LENGTH = 100, 100


@transaction.atomic
def set_skills(*, actor: User | None, rep_id: int, tags: Sequence[str]) -> RepSkills:
    """Say which tags a rep takes; none is every lead. The next run deals by it. Raises ``resources.bad_tags``."""
    kept = sorted({tag.strip() for tag in tags if tag.strip()})
    if len(kept) > MAX_TAGS or any(len(tag) > MAX_LENGTH for tag in kept):
        raise refuse("bad_tags", f"At most {MAX_TAGS} tags of at most {MAX_LENGTH} characters each.", "tags")
    skills, _is_new = RepSkills.objects.update_or_create(rep_id=rep_id, defaults={"tags": kept, "set_by": actor})
    record(actor=actor, action="resources.skills_set", subject=("rep", str(rep_id)), changes={"tags": kept})
    return skills
