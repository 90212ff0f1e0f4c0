"""Erasing a rep who left: the name and the number go, what they did stays under a neutral word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_date
from pacemark.web.organization.erased_labels import alias_text, name_text, number_text
from pacemark.web.organization.erasure_key import erased_digest, made_erasure_key
from pacemark.web.organization.erasure_models import ErasedLabel
from pacemark.web.organization.models import Rep, RepAlias
from pacemark.web.organization.queries import organization
from pacemark.web.trail.services import record


class StillHereError(Exception):
    """Somebody who has not left cannot be erased."""


def neutral_word(number: int) -> str:
    """Return what stands for an erased person, in the organisation's language."""
    language = "zh-hans" if organization().default_region in {"CN", "TW", "HK", "MO"} else "en"
    with translation.override(language):
        return _("Former employee %(number)s") % {"number": number}


def has_left(rep: Rep, at: datetime) -> bool:
    """Say whether a rep has left by a moment."""
    return rep.left_on is not None and rep.left_on <= local_date(at, organization().time_zone)


@transaction.atomic
def erase_rep(*, actor: User | None, rep: Rep, at: datetime) -> bool:
    """Clear a rep's name, employee number and the names sources call them by; False where that was done before.

    Hashes of them stay, so that a record of theirs that comes again is counted for them and brings nothing back.
    Raises StillHereError for somebody who has not left.
    """
    if not has_left(rep, at):
        raise StillHereError
    if rep.erased_at is not None:
        return False
    aliases = RepAlias.objects.filter(rep=rep)
    texts = [alias_text(source, label) for source, label in aliases.values_list("source", "label")]
    texts += [
        name_text(rep.name, is_numbered=bool(rep.employee_no)),
        *([number_text(rep.employee_no)] if rep.employee_no else []),
    ]
    _keep_hashes(rep, texts)
    aliases.delete()
    rep.name, rep.employee_no, rep.erased_at = neutral_word(rep.pk), None, at
    rep.save(update_fields=["name", "employee_no", "erased_at"])
    record(actor=actor, action="organization.rep_erased", subject=rep)
    return True


def _keep_hashes(rep: Rep, texts: Iterable[str]) -> None:
    key = made_erasure_key()
    ErasedLabel.objects.bulk_create(
        [ErasedLabel(digest=erased_digest(text, key), rep=rep) for text in texts], ignore_conflicts=True
    )
