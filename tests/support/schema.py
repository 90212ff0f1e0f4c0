"""The API's OpenAPI text, as it is committed: ``python -m tests.support.schema`` prints it."""

from __future__ import annotations

import json
import sys

from pacemark.web.config.django_setup import start_django


def schema_text() -> str:
    """Return the schema with sorted keys; Django must have started."""
    from pacemark.web.api.v1 import api

    return json.dumps(api.get_openapi_schema(), indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


if __name__ == "__main__":
    start_django()
    sys.stdout.write(schema_text())
