"""What may be typed on the privacy pages: form and format only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FindForm(forms.Form):
    """Who is asked about. It is posted, never part of an address: addresses end up in logs."""

    sought = forms.CharField(label=_("Whole telephone number, SOURCE:ID, or #number of a lead"), max_length=200)


class EraseForm(forms.Form):
    """The box that stands between a click and something that cannot be undone."""

    is_sure = forms.BooleanField(label=_("I know that this cannot be undone"))
