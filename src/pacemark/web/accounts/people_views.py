"""Settings: who may sign in, and what each of them may open. For administrators alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from pacemark.web.accounts import services
from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.forms import AccountChangeForm, NewAccountForm
from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.accounts.queries import all_users

administrators = allow(AccessRole.ADMIN)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@administrators
def people(request: PageRequest) -> HttpResponse:
    """List everyone who may sign in; make a new account."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.create_user(actor=request.user, **form.cleaned_data)
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
    return render(request, "accounts/person.html", {"form": form, "person": user, "tab": "accounts"})


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
