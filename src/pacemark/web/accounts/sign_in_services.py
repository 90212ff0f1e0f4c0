"""Writing how somebody gets in: invitations, company accounts, second factors and sessions. Each leaves a trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import Invitation, User
from pacemark.web.accounts.services import create_user
from pacemark.web.accounts.tokens import digest_of, new_secret
from pacemark.web.trail.services import record

INVITATION_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation just made. ``secret`` exists here and nowhere else."""

    invitation: Invitation
    secret: str


@transaction.atomic
def invite(*, actor: User | None, user: User) -> NewInvitation:
    """Make a link that lets somebody in once; links made for them before no longer open."""
    user.invitations.filter(used_at__isnull=True).delete()
    secret = new_secret()
    invitation = Invitation.objects.create(
        user=user, digest=digest_of(secret), expires_at=timezone.now() + timedelta(days=INVITATION_DAYS)
    )
    record(actor=actor, action="accounts.invited", subject=user, changes={"days": INVITATION_DAYS})
    return NewInvitation(invitation=invitation, secret=secret)


@transaction.atomic
def take_invitation(*, actor: User, invitation: Invitation, password: str = "") -> bool:
    """Use an invitation up, choosing a password where one is given; False when it was used a moment ago."""
    if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=timezone.now()):
        return False
    user = invitation.user
    if password:
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    changes = {"password": "changed"} if password else {}
    record(actor=actor, action="accounts.invitation_taken", subject=user, changes=changes)
    return True


def person_named(username: str, provider: str) -> User | None:
    """Return who may sign in under a name, unless another account of that system is theirs already."""
    found = User.objects.filter(username=username, is_active=True).first() if username else None
    if found is None or SocialAccount.objects.filter(user=found, provider=provider).exists():
        return None
    return found


@transaction.atomic
def join_company_account(*, actor: User, account: SocialAccount, user: User) -> None:
    """Let a company account sign in as a person."""
    account.user = user
    account.save()
    note_joined(actor=actor, account=account)


def note_joined(*, actor: User, account: SocialAccount) -> None:
    """Leave a trail of a company account that is somebody's now."""
    changes = {"way": account.provider}
    record(actor=actor, action="accounts.company_account_joined", subject=account.user, changes=changes)


@transaction.atomic
def leave_company_account(*, actor: User, account: SocialAccount) -> None:
    """Let a company account sign in as that person no more."""
    changes = {"way": account.provider}
    account.delete()
    record(actor=actor, action="accounts.company_account_left", subject=account.user, changes=changes)


@transaction.atomic
def sign_up(*, actor: User | None, username: str, display_name: str) -> User:
    """Make the account of somebody who may sign up: a rep's, under the first free name like theirs."""
    wanted = username.strip()[:140] or "person"
    taken = set(User.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    candidates = chain([wanted], (f"{wanted}-{n}" for n in count(2)))
    free = next(name for name in candidates if name not in taken)
    return create_user(actor=actor, username=free, display_name=display_name or free, access_role=AccessRole.REP)


@transaction.atomic
def end_all_sessions(*, actor: User | None, user: User) -> None:
    """Sign somebody out on every device; sessions that no list knows end too."""
    User.objects.filter(pk=user.pk).update(sign_outs=F("sign_outs") + 1)
    user.refresh_from_db(fields=["sign_outs"])
    for session in UserSession.objects.filter(user=user):
        SessionStore(session.session_key).delete()
        session.delete()
    record(actor=actor, action="accounts.sessions_ended", subject=user)


@transaction.atomic
def end_session(*, actor: User, session: UserSession) -> None:
    """Sign somebody out on one device."""
    SessionStore(session.session_key).delete()
    session.delete()
    record(actor=actor, action="accounts.session_ended", subject=session.user)


def forget_devices(*, now: datetime) -> None:
    """Forget addresses and browsers of sessions that are over, and invitations that are."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Invitation.objects.filter(expires_at__lt=now).delete()


@transaction.atomic
def take_second_factors_away(*, actor: User, user: User) -> None:
    """Let somebody who lost their phone or key in with the password alone again."""
    kinds = sorted(set(Authenticator.objects.filter(user=user).values_list("type", flat=True)))
    Authenticator.objects.filter(user=user).delete()
    record(actor=actor, action="accounts.second_factors_taken_away", subject=user, changes={"kinds": kinds})


def note_second_factor(*, user: User, kind: str, is_added: bool) -> None:
    """Leave a trail of a second factor that came or went."""
    action = "accounts.second_factor_added" if is_added else "accounts.second_factor_removed"
    record(actor=user, action=action, subject=user, changes={"kind": kind})
