"""The one door by which files with data leave: each says for whom and when it was made, and stands on the trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from pacemark.web.accounts.http import PageRequest
from pacemark.web.accounts.models import User
from pacemark.web.trail.services import record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
JSON = "application/json"
PNG = "image/png"
SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One file on its way out. ``rows`` counts what it tells of, so that a hundred rows too many show on the trail."""

    kind: str
    name: str
    content_type: str
    rows: int
    is_attached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """For whom and when a file was made, to be written into it."""

    account: str
    at: datetime

    @property
    def text(self) -> str:
        """Return the line that stands in the file, in the reader's language and the organisation's time."""
        when = timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M")
        return _("Exported from Pacemark by %(account)s on %(when)s; confidential.") % {
            "account": self.account, "when": when,
        }  # fmt: skip


def command_line_mark() -> Watermark:
    """Return the watermark of what is written at the machine itself."""
    return Watermark(account="pacemark", at=timezone.now())


def watermark_of(user: User) -> Watermark:
    """Return the watermark of what a person exports now: name and sign-in, so that print tells whose it was."""
    return Watermark(account=f"{user.display_name} ({user.username})", at=timezone.now())


def note_export(actor: User | None, export: Export) -> None:
    """Leave on the trail who took which file and how many rows it tells of."""
    record(actor=actor, action="exports.sent", subject=("export", export.kind), changes={"rows": export.rows})


def send_export(request: PageRequest, export: Export, body: bytes | Iterator[bytes]) -> HttpResponseBase:
    """Send a file whole or piece by piece, and leave it on the trail. Nobody keeps a copy on the way."""
    note_export(request.user, export)
    response: HttpResponseBase
    if isinstance(body, bytes):
        response = HttpResponse(body, content_type=export.content_type)
    else:
        response = StreamingHttpResponse(body, content_type=export.content_type)
    if export.is_attached:
        response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["Cache-Control"] = "private, no-store"
    return response
