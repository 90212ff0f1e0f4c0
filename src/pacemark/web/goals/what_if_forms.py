"""What may be typed in on the what-if page: form and format only. Everything is text, so that numbers stay exact."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_NUMBER = re.compile(r"\d{1,15}(\.\d{1,12})?|\d{1,15}/0*[1-9]\d{0,14}")
_LISTED = re.compile(r"[\s,;，、；]+")
MAX_PERIODS = 24


def plain_number(text: str) -> str:
    """Return a typed number without its dressing: full-width digits, separators, a percent sign."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace("%", "").replace(" ", "").strip()


class NumberField(forms.CharField):
    """A number as typed, exact; ``is_percent`` says that 20 means 20 %."""

    def __init__(self, *, is_percent: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40, "strip": True, **kwargs})
        self.is_percent = is_percent
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        """Return the number's text, or an empty one where nothing is typed."""
        text = plain_number(super().clean(value))
        if text and not _NUMBER.fullmatch(text):
            raise forms.ValidationError(_("Write a number that is not negative, for example 30000 or 12.5."))
        return text


class WhatIfForm(forms.Form):
    """A chain's inputs; rates and shares in per cent, money in major units. What stays empty is as it is."""

    target = NumberField(label=_("Target"))
    booked = NumberField(label=_("Booked so far"))
    win_rate = NumberField(label=_("Win rate"), is_percent=True)
    deal_value = NumberField(label=_("Deal value"))
    expected_amount = NumberField(label=_("Expected amount of an opportunity"))
    opportunity_per_deep_talk = NumberField(label=_("Deep talk → opportunity"), is_percent=True)
    deep_talk_per_connect = NumberField(label=_("Connect → deep talk"), is_percent=True)
    connect_per_dial = NumberField(label=_("Dial → connect"), is_percent=True)
    closing_share = NumberField(label=_("Closing share of new pipeline"), is_percent=True)
    open_pipeline = NumberField(label=_("Open pipeline"))
    open_closing_share = NumberField(label=_("Closing share of the open pipeline"), is_percent=True)
    direct_opportunities = NumberField(label=_("Opportunities without a talk"))
    days = NumberField(label=_("Working days of the month"))
    day = NumberField(label=_("Working days completed"))
    days_per_week = NumberField(label=_("Working days a week"))
    capacity_dials_per_day = NumberField(label=_("Dials that fit into a day"))
    won = NumberField(label=_("Wins that the win rate rests on"))
    lost = NumberField(label=_("Losses that it rests on"))


class KeepForm(forms.Form):
    """The name under which a trial is kept."""

    name = forms.CharField(label=_("Name of the draft"), max_length=100, strip=True)


class SplitForm(forms.Form):
    """An amount over periods: weights, working days and closed parts as lists."""

    amount = NumberField(label=_("Amount"), required=False)
    weights = forms.CharField(label=_("Weights"), max_length=300, required=False)
    workdays = forms.CharField(label=_("Working days"), max_length=300, required=False)
    closed = forms.CharField(label=_("Closed parts (– for open)"), max_length=300, required=False)
    step = NumberField(label=_("Whole steps of"), required=False)

    def listed(self, name: str) -> list[str | None]:
        """Return a typed list; a dash stands for an open period."""
        texts = [text for text in _LISTED.split(self.cleaned_data.get(name, "").strip()) if text][:MAX_PERIODS]
        return [None if text in {"-", "–", "—"} else plain_number(text) for text in texts]
