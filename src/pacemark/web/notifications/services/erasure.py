"""What kept messages say of a person by name: it goes with the name."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from pacemark.web.notifications.models import Message


@transaction.atomic
def forget_name_in_messages(*, name: str, word: str) -> int:
    """Put a neutral word for a name into messages that are still kept, and drop their pictures. Returns how many."""
    messages = list(Message.objects.filter(Q(title__contains=name) | Q(text__contains=name)))
    for message in messages:
        message.title = message.title.replace(name, word)[:200]
        message.text = message.text.replace(name, word)
        message.picture = None
    Message.objects.bulk_update(messages, ["title", "text", "picture"])
    return len(messages)
