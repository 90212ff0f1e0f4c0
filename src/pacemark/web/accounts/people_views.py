"""Settings: who may sign in, and what each of them may open. For administrators alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pacemark.web.accounts import services, sign_in_services
from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.forms import AccountChangeForm, NewAccountForm
from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.accounts.queries import all_users, has_second_factor

administrators = allow(AccessRole.ADMIN)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@administrators
def people(request: PageRequest) -> HttpResponse:
    """List everyone who may sign in; make a new account."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data.pop("password") or None
        user = services.create_user(actor=request.user, password=password, **form.cleaned_data)
        if password is None:
            return _show_invitation(request, user)
        messages.success(request, _("The account is made. Tell the person the name and the password yourself."))
        return redirect("accounts:people")
    return render(request, "accounts/people.html", {"form": form, "users": all_users(), "tab": "accounts"})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@administrators
def change(request: PageRequest, user_id: int) -> HttpResponse:
    """Change what somebody may open, and give a new password where theirs is lost."""
    user = get_object_or_404(User, pk=user_id)
    form = AccountChangeForm(request.POST or None, initial={"access_role": user.access_role}, user=user)
    if request.method == "POST" and form.is_valid():
        role = AccessRole(form.cleaned_data["access_role"])
        if user.pk == request.user.pk and role != AccessRole.ADMIN:
            form.add_error("access_role", _("You cannot take your own access away; ask another administrator."))
        else:
            services.change_account(
                actor=request.user, user=user, access_role=role, password=form.cleaned_data["password"]
            )
            messages.success(request, _("Saved."))
            return redirect("accounts:people")
    context = {"form": form, "person": user, "factors": has_second_factor(user), "tab": "accounts"}
    return render(request, "accounts/person.html", context)


def _show_invitation(request: PageRequest, user: User) -> HttpResponse:
    # Shown in this very answer: a redirect would have to keep the words somewhere.
    made = sign_in_services.invite(actor=request.user, user=user)
    address = request.build_absolute_uri(reverse("accounts:invitation", args=[made.secret]))
    context = {"person": user, "address": address, "days": sign_in_services.INVITATION_DAYS, "tab": "accounts"}
    return render(request, "accounts/invited.html", context)


@never_cache
@require_POST
@administrators
def invite(request: PageRequest, user_id: int) -> HttpResponse:
    """Make a link that lets somebody in once, to choose a password or a company account."""
    return _show_invitation(request, get_object_or_404(User, pk=user_id, is_active=True))


@require_POST
@administrators
def take_factors(request: PageRequest, user_id: int) -> HttpResponse:
    """Let somebody who lost their phone or key in with the password alone again."""
    user = get_object_or_404(User, pk=user_id)
    sign_in_services.take_second_factors_away(actor=request.user, user=user)
    messages.success(request, _("%(name)s signs in with the password alone now.") % {"name": user})
    return redirect("accounts:change", user.pk)


@require_POST
@administrators
def end_sessions(request: PageRequest, user_id: int) -> HttpResponse:
    """Sign somebody out on every device."""
    user = get_object_or_404(User, pk=user_id)
    sign_in_services.end_all_sessions(actor=request.user, user=user)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": user})
    return redirect("accounts:change", user.pk)


@require_POST
@administrators
def switch(request: PageRequest, user_id: int) -> HttpResponse:
    """Let somebody sign in no more, or again. Nobody locks themselves out."""
    user = get_object_or_404(User, pk=user_id)
    if user.pk == request.user.pk:
        messages.error(request, _("You cannot take your own access away; ask another administrator."))
    elif user.is_active:
        services.deactivate_user(actor=request.user, user=user)
        messages.success(request, _("%(name)s may sign in no more.") % {"name": user})
    else:
        services.activate_user(actor=request.user, user=user)
        messages.success(request, _("%(name)s may sign in again.") % {"name": user})
    return redirect("accounts:people")
