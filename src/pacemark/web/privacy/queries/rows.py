"""Rows of any table as plain values. What is kept about a person lies in every room, so this reads by relations.

A table that a room adds tomorrow with a key to a lead, a rep or an account is in tomorrow's answer without a line here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignObjectRel, Model, QuerySet

Rows = dict[str, list[dict[str, Any]]]

# Hashes, ciphers and sign-in secrets tell nobody anything, and a file with them would be one more to guard.
_SECRETS = frozenset({"password", "digest", "session_data", "session_key", "key", "secret", "data", "key_sealed"})


def is_secret(column: str) -> bool:
    """Say whether a column holds a hash, a cipher or a secret."""
    return column in _SECRETS or column.endswith(("_hash", "_encrypted", "_digest"))


def add_rows(rows: Rows, found: QuerySet[Any], omit: Collection[str] = ()) -> None:
    """Add a query's rows under their table's name, each once; keys to people stay the ids they are."""
    model = found.model
    label = model._meta.label_lower
    columns = [
        field.attname
        for field in model._meta.concrete_fields
        if not is_secret(field.name) and field.name not in omit and field.get_internal_type() != "BinaryField"
    ]
    there = rows.setdefault(label, [])
    seen = {json.dumps(row, sort_keys=True, cls=DjangoJSONEncoder) for row in there}
    for row in found.values(*columns):
        text = json.dumps(row, sort_keys=True, cls=DjangoJSONEncoder)
        if text not in seen:
            seen.add(text)
            there.append(json.loads(text))
    if not there:
        del rows[label]


def relations_to(model: type[Model]) -> Iterable[ForeignObjectRel]:
    """Return how other tables point at one."""
    return [one for one in model._meta.related_objects if one.one_to_many or one.one_to_one]


def rows_pointing_at(model: type[Model], ids: Collection[int]) -> Iterable[QuerySet[Any]]:
    """Return the rows of every table that point at rows of one."""
    for relation in relations_to(model):
        other: type[Model] = relation.related_model
        yield other._default_manager.filter(**{f"{relation.field.name}__in": list(ids)}).order_by("pk")
