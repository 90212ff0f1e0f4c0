from __future__ import annotations

from tests.support.import_fixtures import _in_english, importer, importer_everywhere

__all__ = ["_in_english", "importer", "importer_everywhere"]
