"""Amounts as people type them: 30000, 30,000 or 30 000.50 in major units; the answer is in minor units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from pacemark.web.organization.queries import organization
from pacemark.web.shared.currency import minor_digits

MOST_DIGITS = 12


class AmountField(forms.DecimalField):
    """A money amount; ``None`` where nothing is typed. What is below zero is let through for the service to word."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_digits=MOST_DIGITS + 3, **given)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        """Read the text without its separators."""
        if isinstance(value, str):
            value = value.replace(",", "").replace("，", "").replace(" ", "").replace("\u00a0", "")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        """Return whole minor units; smaller coins than the currency has are refused."""
        amount: Decimal | None = super().clean(value)
        if amount is None:
            return None
        minor = amount.scaleb(minor_digits(organization().currency))
        if minor != minor.to_integral_value():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(minor)


def amount_input() -> forms.TextInput:
    """Return a text box: a number box would refuse separators and scroll values away."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
