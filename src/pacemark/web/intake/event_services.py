"""Taking in events that a program posts: through the import's staging and versions, a batch in one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from pacemark.engine.errors import EngineError
from pacemark.web.accounts.models import User
from pacemark.web.intake.mapping.cells import TablePlan
from pacemark.web.intake.models import PostedBatch
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.posting.fields import FIELDS, MAX_ROWS, profile_of
from pacemark.web.intake.posting.mapped import mapped_plan, read_mapped_rows
from pacemark.web.intake.posting.rows import PostedRows, RowRefusal, read_rows
from pacemark.web.intake.profiles import KindProfile, Profile
from pacemark.web.intake.readers import FileFormat, SourceTable
from pacemark.web.intake.refused_rows import RefusedRows
from pacemark.web.intake.services import ImportResult, StagedBatch
from pacemark.web.intake.staging_run import stage_posted
from pacemark.web.pipeline.choices import EventKind
from pacemark.web.pipeline.publishing.reported import REPORTED_SOURCE
from pacemark.web.pipeline.services import count_soon, take_turn
from pacemark.web.pipeline.staging import open_staging

Answer = dict[str, Any]
KEEP_KEYS = timedelta(days=7)
_MOST_SOURCE_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was posted. ``digest`` is that of the whole request, so that a key is not used for another one.

    ``mapping`` reads rows in a sender's own words, amounts in major units; without one they use our field names.
    """

    kind: EventKind
    source_name: str
    rows: Sequence[object]
    key: str | None
    digest: str
    mapping: KindProfile | None = None


def take_events(*, actor: User, posted: Posted) -> Answer:
    """Bring good rows in and say which ones were refused; a worker counts their days within a second or so.

    Atomic: rows, people they name, versions and the trail's entry stand together, and with them the answer under the
    key: the same request again is answered the same and writes nothing. Must not run inside a transaction.

    Raises
    ------
    EngineError
        ``intake.bad_source``, ``intake.bad_rows``, or ``intake.key_reused`` for a key that came with something else.
    """
    _check(posted)
    key = f"{actor.pk}:{posted.key}" if posted.key else ""
    before = PostedBatch.objects.filter(key=key).first() if key else None
    if before is not None:
        return _same(before, posted)
    with override("en"), _staged(posted) as (batch, read):
        batch.prepare()
        with transaction.atomic():
            take_turn()
            before = PostedBatch.objects.filter(key=key).first() if key else None
            if before is not None:
                return _same(before, posted)
            answer = _answer(posted, read, batch.publish(actor=actor))
            if key:
                PostedBatch.objects.create(key=key, digest=posted.digest, answer=answer, created_at=timezone.now())
            count_soon()
    return answer


def forget_keys() -> int:
    """Forget the answers under keys of long ago; return how many."""
    count, _by_model = PostedBatch.objects.filter(created_at__lt=timezone.now() - KEEP_KEYS).delete()
    return count


def _check(posted: Posted) -> None:
    name = posted.source_name
    if not name or name != name.strip() or len(name) > _MOST_SOURCE_CHARS or not name.isprintable():
        raise EngineError("intake.bad_source", "Name the source, in up to 64 characters.", "source")
    if name == REPORTED_SOURCE:
        raise EngineError("intake.bad_source", "This name is kept for what is reported here; take another.", "source")
    if not 0 < len(posted.rows) <= MAX_ROWS:
        raise EngineError("intake.bad_rows", f"Send a list of 1 to {MAX_ROWS} rows.", "rows")


def _same(before: PostedBatch, posted: Posted) -> Answer:
    if before.digest != posted.digest:
        raise EngineError("intake.key_reused", "This key was used before with other content; take a new key.", None)
    answer: Answer = before.answer
    return answer


@contextmanager
def _staged(posted: Posted) -> Iterator[tuple[StagedBatch, PostedRows]]:
    read = _read(posted)
    table = mapped_plan(read, posted.mapping) if posted.mapping else _table_plan(posted.kind)
    with tempfile.TemporaryDirectory(prefix="events-") as folder, open_staging(Path(folder)) as staging:
        refused = RefusedRows(Path(folder) / "errors.csv", keep=MAX_ROWS)
        rows = stage_posted(
            _plan(posted, table), read.chunk, staging, refused, are_amounts_major=posted.mapping is not None
        )
        yield StagedBatch(rows, None, {}), read


def _read(posted: Posted) -> PostedRows:
    if posted.mapping is not None:
        return read_mapped_rows(posted.rows, posted.mapping)
    return read_rows(posted.rows, FIELDS[posted.kind])


def _table_plan(kind: EventKind) -> TablePlan:
    fields, profile = FIELDS[kind], profile_of(kind)
    table = SourceTable(
        path=Path(kind.value),
        name=kind.value,
        format=FileFormat.TEXT,
        columns=tuple(field.name for field in fields),
        sample=(),
    )
    shapes = {field.mapped: field.shape for field in fields}
    return TablePlan(
        table=table,
        profile=profile,
        file_no=1,
        orders={name: "ymd" for name, shape in shapes.items() if shape == "moment"},
        decimals={name: "." for name, shape in shapes.items() if shape == "whole"},
    )


def _plan(posted: Posted, table: TablePlan) -> ImportPlan:
    return ImportPlan(
        profile=Profile(kinds=(table.profile,), source=posted.source_name),
        source_name=posted.source_name,
        tables=(table,),
        skipped=(),
        is_guessed=False,
    )


def _answer(posted: Posted, read: PostedRows, result: ImportResult) -> Answer:
    counts = result.counts[posted.kind.value]
    refusals = read.refusals + [
        RowRefusal(index=row["line"], field=row["column"], reason=row["reason"]) for row in result.first_errors
    ]
    return {
        "source": posted.source_name,
        **counts,
        "refused": len(refusals),
        "people_created": len(result.people_created),
        "refusals": [asdict(refusal) for refusal in sorted(refusals, key=lambda refusal: refusal.index)],
    }
