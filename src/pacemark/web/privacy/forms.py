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


class RetentionForm(forms.Form):
    """How long what is personal is kept; empty: without an end."""

    lead_months = forms.IntegerField(
        label=_("Names, numbers and notes of customers: months after the last event"), min_value=1, max_value=240,
        required=False,
    )  # fmt: skip
    upload_days = forms.IntegerField(
        label=_("Files received and never brought in: days"), min_value=1, max_value=3650, required=False
    )
    refusal_days = forms.IntegerField(
        label=_("Lists of refused rows: days"), min_value=1, max_value=3650, required=False
    )
    message_days = forms.IntegerField(
        label=_("Messages that were sent or dropped: days (90 at most)"), min_value=1, max_value=90, required=False
    )
