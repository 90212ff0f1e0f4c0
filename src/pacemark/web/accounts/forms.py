"""What may be typed in about oneself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.choices import TokenScope

TOKEN_DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for"), max_length=100)
    scope = forms.ChoiceField(label=_("May"), choices=TokenScope.choices, initial=TokenScope.READ)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TOKEN_DAYS, coerce=int, initial=90)
