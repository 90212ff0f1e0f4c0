"""What answers look like, taken from what they are made of: a value's fields, a table's columns.

A field that somebody adds to a value is told by itself; one that an answer holds and its shape does not is a fault.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, get_type_hints

import pydantic
from django.db.models import Field, Model

_PLAIN: dict[str, Any] = {
    "BooleanField": bool, "CharField": str, "DateField": date, "DateTimeField": datetime, "DecimalField": Decimal,
    "FloatField": float, "JSONField": Any, "TextField": str, "TimeField": time,
}  # fmt: skip


class Told(pydantic.BaseModel):
    """An answer as it is told, read from a value, a row, or a mapping that holds nothing else."""

    model_config = pydantic.ConfigDict(from_attributes=True, extra="forbid")


def shape_of(source: type, *properties: str, name: str = "", without: Collection[str] = (), **others: Any) -> Any:
    """Return the shape of a value: its fields but some, these properties of it, and ``others`` as they are typed."""
    hints = get_type_hints(source)
    told = {one.name: hints[one.name] for one in fields(source) if one.name not in without}
    told |= {one: get_type_hints(getattr(source, one).fget)["return"] for one in properties}
    return _made(name or source.__name__, source.__doc__, told | others)


def columns_of(model: type[Model], *names: str, name: str = "", **others: Any) -> Any:
    """Return the shape of some columns of a table, or of all that people write; ``pk`` is told as ``id``.

    What points at a row is told as that row's id.
    """
    written = [one.name for one in model._meta.concrete_fields if one.editable and not one.primary_key]
    told = {"id" if one == "pk" else one: _column(model, one) for one in names or ("pk", *written)}
    return _made(name or model.__name__, model.__doc__, told | others)


def via(*path: str, default: Any = ...) -> Any:
    """Return a field that is read by a way of attributes; ``default`` where the way leads nowhere."""
    return pydantic.Field(default, validation_alias=pydantic.AliasPath(*path))


def kept(shape: Any) -> Any:
    """Return a document as it was kept: told as the shape says, given out as it lies there, whatever year it is of."""
    told = pydantic.TypeAdapter(shape).json_schema(mode="serialization")
    return Annotated[Any, pydantic.WithJsonSchema(inlined(told, told.pop("$defs", {})))]


def inlined(told: Any, named: dict[str, Any]) -> Any:
    """Return a schema with its parts in place: a reference would be looked for elsewhere in the document."""
    if isinstance(told, list):
        return [inlined(one, named) for one in told]
    if not isinstance(told, dict):
        return told
    if "$ref" in told:
        return inlined(named[told["$ref"].rpartition("/")[2]], named)
    return {name: inlined(one, named) for name, one in told.items()}


def _column(model: type[Model], name: str) -> Any:
    column: Field[Any, Any] = model._meta.pk if name == "pk" else model._meta.get_field(name)  # type: ignore[assignment]
    plain = _PLAIN.get(column.get_internal_type(), int)
    if column.choices:
        known = [value for value, _words in column.flatchoices] + ([""] if column.blank else [])
        plain = Annotated[str, pydantic.WithJsonSchema({"type": "string", "enum": list(dict.fromkeys(known))})]
    alias = pydantic.AliasChoices("pk", "id") if name == "pk" else pydantic.AliasChoices(column.attname, name)
    return plain | None if column.null else plain, pydantic.Field(validation_alias=alias)


def _made(name: str, words: str | None, told: dict[str, Any]) -> Any:
    typed: dict[str, Any] = {one: kind if isinstance(kind, tuple) else (kind, ...) for one, kind in told.items()}
    return pydantic.create_model(name, __base__=Told, __doc__=words, **typed)
