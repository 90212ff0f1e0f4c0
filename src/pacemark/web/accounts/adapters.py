"""What allauth asks of us: who may come in, where they go next, and in which words things are said."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pacemark.web.accounts import sign_in_services as services
from pacemark.web.accounts.http import remember_language
from pacemark.web.accounts.limits import client_address
from pacemark.web.accounts.models import User
from pacemark.web.accounts.queries import invitation_held, way_of
from pacemark.web.accounts.services import note_sign_in
from pacemark.web.shared.sealing import opened, sealed

SEALED_FOR = "second factor"
INVITATION = "accounts.invitation"  # in the session: which one is being taken up


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, whichever way."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many attempts. Please try again in a few minutes."),
        "rate_limited": gettext_lazy("Too many attempts. Please try again in a few minutes."),
        "incorrect_password": gettext_lazy("The password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: accounts are made by administrators, or by company accounts that may."""
        return False

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Leave it: a name that is taken gets a number when the account is made."""
        return username

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to one's own page."""
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        """Believe only our own proxies."""
        return client_address(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Pass on what is said in words; allauth's own messages have no words here."""
        if kwargs.get("message"):
            messages.add_message(request, level, kwargs["message"])

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Tell somebody who has left no more than that."""
        messages.error(request, _("This account may not sign in. Please ask an administrator."))
        return redirect("accounts:sign_in")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Leave a trail, and let the person's own language follow them."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        note_sign_in(actor=user)
        if user.language:
            remember_language(response, user.language)
        return response


class CompanyAdapter(DefaultSocialAccountAdapter):
    """Accounts of other systems: joined by an invitation, by oneself, or by a name that both systems share."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join a company account to whom it belongs; turn away whoever belongs to nobody."""
        way = way_of(sociallogin.account.provider)
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        user = self._taking_up(request)
        if user is None and way is not None and way.match:
            claim = getattr(sociallogin, "claims", {}).get(way.match)
            user = services.person_named(claim if isinstance(claim, str) else "", way.id)
        if user is not None:
            sociallogin.user = sociallogin.account.user = user
            services.join_company_account(actor=user, account=sociallogin.account, user=user)
        elif way is None or not way.may_sign_up:
            messages.error(
                request, _("Nobody here has that account. Ask an administrator for an invitation, then sign in again.")
            )
            raise ImmediateHttpResponse(redirect("accounts:sign_in"))

    def _taking_up(self, request: HttpRequest) -> User | None:
        found = invitation_held(request.session.pop(INVITATION, None))
        return found.user if found and services.take_invitation(actor=found.user, invitation=found) else None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say yes where the operator did."""
        way = way_of(sociallogin.account.provider)
        return way is not None and way.may_sign_up

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Suggest a user name and a name; the rest of what the other system tells is not kept."""
        user = sociallogin.user
        user.username = str(data.get("username") or "")[:150]
        user.display_name = str(data.get("name") or data.get("username") or "")[:150]
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Make the account of somebody who may sign up."""
        asked = sociallogin.user
        user = services.sign_up(
            actor=None, username=asked.username or sociallogin.account.uid, display_name=asked.display_name
        )
        sociallogin.user = sociallogin.account.user = user
        services.join_company_account(actor=user, account=sociallogin.account, user=user)
        return user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Say on our own page that it did not work."""
        messages.error(request, _("Signing in with %(name)s did not work. Please try again.") % {"name": provider.name})
        raise ImmediateHttpResponse(redirect("accounts:sign_in"))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return to the list of one's ways to sign in."""
        return reverse("mfa_index")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes: sealed at rest, told in our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That did not match. Please try again."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return sealed(text, SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return opened(encrypted_text, SEALED_FOR)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """Number the passkeys of a person."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(n)s") % {"n": count + 1}

    def _get_user_identifier(self, user: User) -> str:
        return user.username
