"""The one shape of every failure, for the schema."""

from __future__ import annotations

from ninja import Schema


class FailureDetail(Schema):
    """What went wrong: a stable code, one plain English sentence, the field at fault."""

    code: str
    message: str
    field: str | None


class Failure(Schema):
    """The one shape of every failure."""

    error: FailureDetail
