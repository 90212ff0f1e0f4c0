"""Going to a company's own sign-in and coming back; and taking up an invitation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from pacemark.web.accounts import sign_in_services as services
from pacemark.web.accounts.adapters import INVITATION
from pacemark.web.accounts.forms import FirstPasswordForm
from pacemark.web.accounts.provider import DingTalkAdapter, FeishuAdapter, OidcAdapter, WeComAdapter
from pacemark.web.accounts.queries import live_invitation, way_of, ways

ADAPTERS: dict[str, Callable[..., OAuth2Adapter]] = {
    "feishu": FeishuAdapter,
    "dingtalk": DingTalkAdapter,
    "wecom": WeComAdapter,
}
# What a server says that does not keep to its own description.
NONSENSE = (RequestException, KeyError, TypeError, ValueError, AttributeError)


@login_not_required
@never_cache
@require_POST
def start(request: HttpRequest, way_id: str) -> HttpResponse:
    """Send somebody to the company's own sign-in, to come in or to join that account to theirs.

    By a page that goes on by itself: our security policy lets no form lead to another site.
    """
    way = way_of(way_id)
    if way is None:
        raise Http404
    provider = get_adapter().get_provider(request, way.id)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = ""
    process = "connect" if request.user.is_authenticated else "login"
    try:
        response = provider.redirect(request, process=process, next_url=back or None)
    except NONSENSE:
        messages.error(request, _("%(name)s does not answer. Please try again later.") % {"name": way.name})
        return redirect("mfa_index" if request.user.is_authenticated else "accounts:sign_in")
    except ImmediateHttpResponse as instead:
        answer: HttpResponse = instead.response
        return answer
    return render(request, "accounts/go_on.html", {"way": way, "address": response.url})


def _told_plainly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say on the sign-in page that it did not work, whatever the other server answered."""

    @login_not_required
    @never_cache
    @require_GET
    @wraps(view)
    def guarded(request: HttpRequest, way_id: str) -> HttpResponse:
        way = way_of(way_id)
        if way is None:
            raise Http404
        try:
            return view(request, way_id)
        except NONSENSE:
            told = _("Signing in with %(name)s did not work. Please try again.") % {"name": way.name}
            messages.error(request, told)
            return redirect("accounts:sign_in")

    return guarded


@_told_plainly
def come_back(request: HttpRequest, way_id: str) -> HttpResponse:
    """Take in who comes back from the company's sign-in."""
    make = ADAPTERS.get(way_id)
    adapter = make(request) if make else OidcAdapter(request, way_id)
    response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    return response


@login_not_required
def oidc_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take in who comes back from an OpenID Connect server; allauth names the argument."""
    return come_back(request, provider_id)


@sensitive_post_parameters()
@sensitive_variables("secret")
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let an invited person choose a password, or a company account."""
    found = live_invitation(secret)
    if found is None:
        return render(request, "accounts/invitation_over.html", status=410)
    form = FirstPasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["password"]
        if services.take_invitation(actor=found.user, invitation=found, password=chosen):
            request.session.pop(INVITATION, None)
            answer: HttpResponse = perform_password_login(request, {}, Login(user=found.user))
            return answer
        return render(request, "accounts/invitation_over.html", status=410)
    request.session[INVITATION] = found.pk
    context: dict[str, Any] = {"form": form, "person": found.user, "ways": ways()}
    return render(request, "accounts/invitation.html", context)
