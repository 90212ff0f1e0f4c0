"""Settings · Channels: where words go, what they would say now, and what became of those on their way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pacemark.web.accounts.access import allow
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.notifications.choices import MessageState
from pacemark.web.notifications.forms import ChannelForm
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.notifications.queries import STUCK, channel_rows, channels_seen_by, messages_seen_by
from pacemark.web.notifications.refusals import Refused, sentence
from pacemark.web.notifications.services.channels import drop_channel, save_channel
from pacemark.web.notifications.services.queue import previews_of, queue_test, send_again, settle_by_hand
from pacemark.web.ui.wording import is_worded, words_for

runners = allow(AccessRole.MANAGER, AccessRole.OPERATIONS, AccessRole.ADMIN)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """One line of a message: what is bold, and what follows."""

    bold: str
    text: str


@runners
@require_safe
def channels(request: PageRequest) -> HttpResponse:
    """List the channels with what waits and what is stuck, and the newest messages."""
    asked = request.GET.get("state", "")
    state = asked if asked in MessageState.values else ""
    page = Paginator(messages_seen_by(request.user, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    found = channel_rows(request.user)
    context = {
        "channels": found, "page": page, "rows": [(row, said(row.text), _why(row)) for row in page], "state": state,
        "states": MessageState.choices, "stuck": STUCK, "n_stuck": sum(row.n_stuck for row in found),
        "tab": "channels",
    }  # fmt: skip
    return render(request, "notifications/channels.html", context)


def said(text: str) -> list[SaidLine]:
    """Return a message's lines as a group shows them: what Markdown sets in bold stands first."""
    lines = []
    for line in text.split("\n"):
        _before, _stars, marked = line.partition("**") if line.startswith("**") else ("", "", "")
        bold, _end, rest = marked.partition("**")
        lines.append(SaidLine(bold=bold, text=rest if bold else line))
    return lines


def _why(message: Message) -> str:
    """Return why a message has not arrived: the vendor's own words, or ours."""
    return words_for(message.failure) if is_worded(message.failure) else message.failure


@runners
@require_http_methods(["GET", "POST"])
def channel(request: PageRequest, channel_id: int = 0) -> HttpResponse:
    """Make a channel (id 0) or change one."""
    found = _channel(request, channel_id) if channel_id else None
    form = ChannelForm(request.POST or None, user=request.user, channel=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_channel(actor=request.user, channel=found, words=form.words())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
        else:
            messages.success(request, _("Saved. Try it: a test message shows whether it arrives."))
            return redirect("notifications:channel", channel_id=saved.pk)
    context = {"form": form, "channel": found, "tab": "channels"}
    return render(request, "notifications/channel.html", context, status=422 if form.errors else 200)


@runners
@require_safe
def preview(request: PageRequest, channel_id: int) -> HttpResponse:
    """Show what the channel would be told now, of every kind, with today's records."""
    found = _channel(request, channel_id)
    previews = [(one, [(draft.title, said(draft.text)) for draft in one.drafts]) for one in previews_of(found)]
    return render(request, "notifications/preview.html", {"channel": found, "previews": previews, "tab": "channels"})


@runners
@require_POST
def test(request: PageRequest, channel_id: int) -> HttpResponse:
    """Send a short word that shows whether the channel works."""
    queue_test(actor=request.user, channel=_channel(request, channel_id))
    messages.success(request, _("On its way. What becomes of it stands below within a moment."))
    return redirect("notifications:channels")


@runners
@require_POST
def drop(request: PageRequest, channel_id: int) -> HttpResponse:
    """Remove a channel and what was queued for it."""
    drop_channel(actor=request.user, channel=_channel(request, channel_id))
    messages.success(request, _("Removed."))
    return redirect("notifications:channels")


@runners
@require_POST
def again(request: PageRequest, message_id: int) -> HttpResponse:
    """Send a message once more that failed, or of which nobody knows whether it arrived."""
    return _settled(request, message_id, lambda: send_again(actor=request.user, message_id=message_id))


@runners
@require_POST
def settle(request: PageRequest, message_id: int) -> HttpResponse:
    """Close a message: it arrived, or it is not wanted any more."""
    arrived = request.POST.get("arrived") == "yes"
    return _settled(
        request, message_id, lambda: settle_by_hand(actor=request.user, message_id=message_id, arrived=arrived)
    )


def _settled(request: PageRequest, message_id: int, act: Callable[[], Message]) -> HttpResponse:
    if not messages_seen_by(request.user).filter(pk=message_id).exists():
        raise Http404
    try:
        act()
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Noted."))
    return redirect("notifications:channels")


def _channel(request: PageRequest, channel_id: int) -> Channel:
    found = channels_seen_by(request.user).filter(pk=channel_id).first()
    if found is None:
        raise Http404
    return found
