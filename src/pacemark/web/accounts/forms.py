"""What may be typed in about oneself, and by administrators about others."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.choices import AccessRole, TokenScope
from pacemark.web.accounts.models import User

TOKEN_DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))


class PasswordAgainForm(forms.Form):
    """One's own password once more, before something that matters. Named by ``ACCOUNT_FORMS``."""

    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Check it; wrong ones count towards the lock."""
        password: str = self.cleaned_data["password"]
        adapter = get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("incorrect_password")
        return password


class _NoPlaceholder:
    """Codes are asked for by the label, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("placeholder", None)  # type: ignore[attr-defined]


class SecondStepForm(_NoPlaceholder, AuthenticateForm):
    """A code in the second step of signing in. Named by ``MFA_FORMS``."""


class CodeAgainForm(_NoPlaceholder, ReauthenticateForm):
    """A code once more, before something that matters."""


class FirstCodeForm(_NoPlaceholder, ActivateTOTPForm):
    """The first code of an authenticator app."""


class FirstPasswordForm(forms.Form):
    """The password that an invited person chooses."""

    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules, said beside it."""
        data = super().clean() or self.cleaned_data
        if data.get("again") and data.get("password") != data["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        _check_password(self, self.user)
        return data


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for"), max_length=100)
    scope = forms.ChoiceField(label=_("May"), choices=TokenScope.choices, initial=TokenScope.READ)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, coerce=int, initial=90)


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new account with its first password."""

    password = forms.CharField(
        label=_("First password (empty: the person gets an invitation)"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
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
