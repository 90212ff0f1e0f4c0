"""Erasing an account: nobody can sign in with it, nobody reads from it whose it was, and what it did stays its own."""

from __future__ import annotations

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from pacemark.web.accounts.models import ApiToken, Invitation, User
from pacemark.web.accounts.sign_in_services import end_all_sessions
from pacemark.web.trail.services import record

_OURS = "pacemark."


@transaction.atomic
def erase_account(*, actor: User | None, user: User, word: str) -> bool:
    """Give an account a neutral word for a name, and end every way of signing in with it; False where it was before.

    E-mail addresses, second factors and company accounts lie in tables of the libraries that keep them; what there
    points at the person is deleted, whichever libraries are installed.
    """
    name = f"erased-{user.pk}"
    if user.username == name:
        return False
    for model in (AccessAttempt, AccessLog, AccessFailureLog):
        model.objects.filter(username=user.username).delete()
    end_all_sessions(actor=actor, user=user)
    _delete_libraries_rows(user)
    Invitation.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    ApiToken.objects.filter(user=user).update(name="")
    user.username, user.display_name, user.is_active, user.last_login = name, word, False, None
    user.set_unusable_password()
    user.save()
    record(actor=actor, action="accounts.user_erased", subject=user)
    return True


def _delete_libraries_rows(user: User) -> None:
    for relation in User._meta.related_objects:
        model = relation.related_model
        if not apps.get_app_config(model._meta.app_label).name.startswith(_OURS):
            model._base_manager.filter(**{relation.field.name: user.pk}).delete()
