"""Signing in and out, and a person's own choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pacemark.web.accounts import services
from pacemark.web.accounts.access import allow_everyone
from pacemark.web.accounts.choices import Theme, TokenScope
from pacemark.web.accounts.forms import TokenForm
from pacemark.web.accounts.http import PageRequest, remember_language
from pacemark.web.accounts.keeping import keep_this_session
from pacemark.web.accounts.limits import may_try, note_wrong_password, too_many
from pacemark.web.accounts.models import ApiToken, User
from pacemark.web.accounts.queries import tokens_of, ways


class SignInView(LoginView):
    """The sign-in page. Open to anyone; whoever is signed in already goes on to their page."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the password, unless too many were wrong of late, here or for this name."""
        if not may_try(request, request.POST.get("username", "")):
            return too_many(request)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the wrong password."""
        note_wrong_password(self.request, self.request.POST.get("username", ""))
        return super().form_invalid(form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second step where there is one, else in."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        answer: HttpResponse = perform_password_login(self.request, {}, login)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the company accounts beside the password."""
        return {**super().get_context_data(**kwargs), "ways": ways()}


sign_in = SignInView.as_view()


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Return to the page the form stood on, never to another site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    return HttpResponseRedirect(target)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in the cookie, and on the person when one is signed in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("There is no such language."))
    if isinstance(request.user, User):
        services.choose_language(actor=request.user, language=chosen)
    response = _back(request)
    remember_language(response, chosen)
    return response


@require_POST
@allow_everyone
def theme(request: PageRequest) -> HttpResponse:
    """Keep the chosen look on the person."""
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        return HttpResponseBadRequest(_("There is no such look."))
    services.choose_theme(actor=request.user, theme=Theme(chosen))
    return _back(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage:
    """What the password page shows."""

    form: PasswordChangeForm


@sensitive_post_parameters()
@never_cache
@allow_everyone
def password(request: PageRequest) -> HttpResponse:
    """Change one's own password; this session stays, the others end."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.set_password(actor=request.user, user=request.user, password=form.cleaned_data["new_password1"])
        keep_this_session(request)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:password")
    return render(request, "accounts/password.html", {"page": PasswordPage(form=form)})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensPage:
    """What the tokens page shows. ``new_secret`` is filled once, in answer to the making."""

    form: TokenForm
    tokens: list[ApiToken]
    new_secret: str
    api_url: str


@sensitive_post_parameters()
@never_cache
@allow_everyone
def tokens(request: PageRequest) -> HttpResponse:
    """List one's own tokens and make new ones."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        made = services.create_token(
            actor=request.user,
            user=request.user,
            name=form.cleaned_data["name"],
            scope=TokenScope(form.cleaned_data["scope"]),
            days=form.cleaned_data["days"],
        )
        # Shown in this very answer: a redirect would have to keep the words somewhere.
        form, secret = TokenForm(), made.secret
    page = TokensPage(form=form, tokens=tokens_of(request.user), new_secret=secret, api_url=reverse("api:openapi-json"))
    return render(request, "accounts/tokens.html", {"page": page})


@require_POST
@allow_everyone
def revoke_token(request: PageRequest, token_id: int) -> HttpResponse:
    """Stop one of one's own tokens."""
    services.revoke_token(actor=request.user, token=get_object_or_404(ApiToken, pk=token_id, user=request.user))
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")
