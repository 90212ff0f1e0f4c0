"""What may be typed in about a channel: form and format only; what must hold is the service's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.notifications.choices import ChannelKind
from pacemark.web.notifications.composing import composed_kinds
from pacemark.web.notifications.models import Channel
from pacemark.web.notifications.services.channels import ChannelWords
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import teams_visible_to
from pacemark.web.organization.structure_forms import TimeInput


class ChannelForm(forms.Form):
    """A channel. Its address and secret are never shown again; left empty, they stay."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind of channel"), choices=ChannelKind.choices)
    address = forms.CharField(
        label=_("Webhook address, or one e-mail address"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Signing secret (DingTalk, Feishu)"), max_length=200, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("Everyone")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    wants = forms.MultipleChoiceField(label=_("What it is told"), required=False, widget=forms.CheckboxSelectMultiple)
    digest_at = forms.TimeField(label=_("Digest at"), required=False, widget=TimeInput())
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=TimeInput())
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=TimeInput())
    is_on = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, data: Any = None, *, user: User, channel: Channel | None) -> None:
        super().__init__(data, initial=_initial(channel))
        teams = teams_visible_to(user)
        field: Any = self.fields["team"]
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("name")
        if user.access_role == AccessRole.MANAGER:  # a manager speaks to the own teams alone
            field.required, field.empty_label = True, None
        wants: Any = self.fields["wants"]
        wants.choices = [(kind.value, kind.label) for kind in composed_kinds()]
        if channel is not None:
            self.fields["address"].label = _("New webhook or e-mail address (empty: it stays)")

    def words(self) -> ChannelWords:
        """Return what was written, once it is valid."""
        data = self.cleaned_data
        return ChannelWords(**{**data, "wants": tuple(data["wants"])})


def _initial(channel: Channel | None) -> dict[str, Any]:
    if channel is None:
        return {"language": settings.LANGUAGE_CODE, "wants": ["digest"], "digest_at": "18:10", "is_on": True,
                "quiet_from": "21:00", "quiet_until": "08:30"}  # fmt: skip
    names = ("name", "kind", "team", "language", "wants", "digest_at", "quiet_from", "quiet_until", "is_on")
    return {name: getattr(channel, name) for name in names}
