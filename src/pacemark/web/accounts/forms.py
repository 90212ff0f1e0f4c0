"""What may be typed in about oneself, and by administrators about others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.choices import AccessRole, TokenScope
from pacemark.web.accounts.models import User

TOKEN_DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for"), max_length=100)
    scope = forms.ChoiceField(label=_("May"), choices=TokenScope.choices, initial=TokenScope.READ)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, coerce=int, initial=90)


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new account with its first password."""

    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ["username", "display_name", "access_role"]
        labels = {"username": _("Signs in as"), "display_name": _("Name"), "access_role": _("May open what a … opens")}

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules, said beside it."""
        data = super().clean() or self.cleaned_data
        _check_password(self, User(username=data.get("username", "")))
        return data


class AccountChangeForm(forms.Form):
    """What somebody may open, and a new password where theirs is lost."""

    access_role = forms.ChoiceField(label=_("May open what a … opens"), choices=AccessRole.choices)
    password = forms.CharField(
        label=_("New password (empty: stays)"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules, said beside it."""
        data = super().clean() or self.cleaned_data
        _check_password(self, self.user)
        return data


def _check_password(form: forms.BaseForm, user: User) -> None:
    password = form.cleaned_data.get("password", "")
    if password:
        try:
            validate_password(password, user)
        except forms.ValidationError as error:
            form.add_error("password", error)
