"""What may be typed in about receivers and callers: form and format only; what must hold is the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacemark.web.intake.models import Profile
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.webhooks.choices import HookEvent
from pacemark.web.webhooks.happenings import SOURCES
from pacemark.web.webhooks.models import Caller, Receiver
from pacemark.web.webhooks.services.ends import CallerWords, ReceiverWords


class ReceiverForm(forms.Form):
    """A receiver. Its address is never shown again; left empty, it stays."""

    name = forms.CharField(label=_("Name"), max_length=64)
    address = forms.CharField(
        label=_("Address (https)"), max_length=1000, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    wants = forms.MultipleChoiceField(
        label=_("What it is told"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(event.value, event.label) for event in HookEvent if event in SOURCES],
    )  # fmt: skip
    is_on = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, data: Any = None, *, end: Receiver | None) -> None:
        shown = ("name", "wants", "is_on")
        super().__init__(data, initial={name: getattr(end, name) for name in shown} if end else {"is_on": True})
        if end is not None:
            self.fields["address"].label = _("New address (empty: it stays)")

    def words(self) -> ReceiverWords:
        """Return what was written, once it is valid."""
        data = self.cleaned_data
        return ReceiverWords(
            name=data["name"], address=data["address"], wants=tuple(data["wants"]), is_on=data["is_on"]
        )


class CallerForm(forms.Form):
    """A caller: what it posts, and in whose words."""

    name = forms.CharField(label=_("Name of the source"), max_length=64)
    kind = forms.ChoiceField(label=_("What it posts"), choices=EventKind.choices)
    saved = forms.ModelChoiceField(
        label=_("Saved mapping"), queryset=Profile.objects.order_by("name"), required=False,
        empty_label=_("None: it uses Pacemark's own field names"),
    )  # fmt: skip
    mapping = forms.CharField(
        label=_("Mapping (empty: the saved one)"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )  # fmt: skip
    is_on = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, data: Any = None, *, end: Caller | None) -> None:
        shown = ("name", "kind", "mapping", "is_on")
        super().__init__(data, initial={name: getattr(end, name) for name in shown} if end else {"is_on": True})

    def words(self) -> CallerWords:
        """Return what was written, once it is valid."""
        data, saved = self.cleaned_data, self.cleaned_data["saved"]
        mapping = data["mapping"].strip() or (saved.text if saved else "")
        return CallerWords(name=data["name"], kind=data["kind"], mapping=mapping, is_on=data["is_on"])
