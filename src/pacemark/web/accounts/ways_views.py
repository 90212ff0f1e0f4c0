"""Me: how do I get in? Second factors, company accounts and devices; the steps are allauth's, on our pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pacemark.web.accounts import sign_in_services as services
from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.company_accounts import Way
from pacemark.web.accounts.devices import device_of
from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.keeping import keep_this_session
from pacemark.web.accounts.queries import company_accounts_of, way_of, ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One place where the person is signed in."""

    session: UserSession
    name: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One company account that is the person's."""

    account: SocialAccount
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysPage:
    """What the page of one's ways to sign in shows."""

    has_password: bool
    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int
    joined: list[Joined]
    to_join: list[Way]
    devices: list[Device]


@never_cache
@allow_everyone
def ways_in(request: PageRequest) -> HttpResponse:
    """Show how one gets in, and where one is in."""
    return render(request, "accounts/ways.html", {"page": _ways_page(request)})


def _ways_page(request: PageRequest) -> WaysPage:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    joined = company_accounts_of(request.user)
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return WaysPage(
        has_password=request.user.has_usable_password(),
        app=next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        passkeys=[one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        joined=[Joined(account=one, name=getattr(way_of(one.provider), "name", one.provider)) for one in joined],
        to_join=[way for way in ways() if way.id not in {one.provider for one in joined}],
        devices=[
            Device(session=one, name=device_of(one.user_agent), is_this=one.is_current())
            for one in sorted(
                UserSession.objects.purge_and_list(request.user), key=lambda one: one.created_at, reverse=True
            )
        ],
    )


@require_POST
@allow_everyone
def end_others(request: PageRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_all_sessions(actor=request.user, user=request.user)
    keep_this_session(request)
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("mfa_index")


@require_POST
@allow_everyone
def end_one(request: PageRequest, session_id: int) -> HttpResponse:
    """Sign out on one of one's own devices."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    services.end_session(actor=request.user, session=session)
    messages.success(request, _("That device is signed out."))
    return redirect("mfa_index")


@require_POST
@allow_everyone
@reauthentication_required(app="allauth.socialaccount")
def leave(request: PageRequest, account_id: int) -> HttpResponse:
    """Part from a company account, as long as another way in remains."""
    account = get_object_or_404(SocialAccount, pk=account_id, user=request.user)
    others = SocialAccount.objects.filter(user=request.user).exclude(pk=account.pk)
    passkeys = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    if request.user.has_usable_password() or others.exists() or passkeys.exists():
        services.leave_company_account(actor=request.user, account=account)
        messages.success(request, _("That account opens the door for you no more."))
    else:
        messages.error(request, _("It is your only way in. Add a passkey first."))
    return redirect("mfa_index")


# --- allauth's steps on our pages -------------------------------------------------------------------------------------


class _AddPasskey(AddWebAuthnView):
    """A key that signs in by itself, so that it has to know who holds it."""

    template_name = "accounts/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["options"] = begin_registration(self.request.user, True)
        return context


class _AuthenticateAgain(ReauthenticateWebAuthnView):
    template_name = "accounts/passkey_again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "options": context["js_data"]["request_options"]}


class _SecondStep(AuthenticateView):
    template_name = "accounts/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        context["takes_code"] = bool(kinds - {Authenticator.Type.WEBAUTHN})
        context["takes_key"] = Authenticator.Type.WEBAUTHN in kinds
        context["options"] = context["js_data"]["request_options"]
        return context


def _page(view: Any) -> Any:
    """Open one of allauth's steps to everyone who is signed in."""
    return sensitive_post_parameters()(never_cache(allow_everyone(view)))


second_step = sensitive_post_parameters()(_SecondStep.as_view())
passkey_login = never_cache(LoginWebAuthnView.as_view())
password_again = _page(ReauthenticateView.as_view(template_name="accounts/password_again.html"))
code_again = _page(CodeAgainView.as_view(template_name="accounts/code_again.html"))
passkey_again = _page(_AuthenticateAgain.as_view())
app_on = _page(ActivateTOTPView.as_view(template_name="accounts/app_on.html"))
app_off = _page(DeactivateTOTPView.as_view(template_name="accounts/app_off.html"))
codes = _page(ViewRecoveryCodesView.as_view(template_name="accounts/codes.html"))
new_codes = _page(GenerateRecoveryCodesView.as_view(template_name="accounts/codes_new.html"))
passkey_add = _page(_AddPasskey.as_view())
passkey_remove = _page(
    RemoveWebAuthnView.as_view(template_name="accounts/passkey_remove.html", success_url=reverse_lazy("mfa_index"))
)
