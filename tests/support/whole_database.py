"""Everything a database holds, as text: for tests that something is nowhere, or that nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Collection

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder


def whole_database(leave_out: Collection[str] = ()) -> dict[str, str]:
    """Return each table's rows as one JSON text, by the model's label."""
    return {
        model._meta.label_lower: json.dumps(
            sorted(
                (json.dumps(row, sort_keys=True, cls=DjangoJSONEncoder, ensure_ascii=False) for row in rows),
            ),
            ensure_ascii=False,
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label_lower not in leave_out
        for rows in [model._base_manager.values(*(f.attname for f in model._meta.concrete_fields if not _is_bytes(f)))]
    }


def _is_bytes(field: object) -> bool:
    return type(field).__name__ == "BinaryField"


def tables_that_tell(words: Collection[str]) -> dict[str, list[str]]:
    """Return where any of these words stands, by table."""
    told = {
        label: [word for word in words if word in text.replace('\\"', '"')] for label, text in whole_database().items()
    }
    return {label: found for label, found in told.items() if found}
