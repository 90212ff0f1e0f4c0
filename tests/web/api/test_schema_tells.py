"""What an operation answers is told field by field, and no two shapes hide under one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pacemark.web.api.v1 import api

# What is told as "an object" and no more. This list only gets shorter.
STILL_OBJECTS = {
    "Card.content",
    "DecisionAnswer.evidence",
    "Document.records.*[]",
    "PolicyVersion.content",
    "QualityItem.evidence",
    "QualityRow.evidence",
    "Replay.summary",
    "calculate",
}


def _vague(schema: Any, at: str) -> Iterator[str]:
    """Give the places where a schema says nothing of what is there."""
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    told = set(schema) - {"title", "description", "default"}
    inner = [(schema.get("additionalProperties"), f"{at}.*"), (schema.get("items"), f"{at}[]")]
    inner += [(one, f"{at}.{name}") for name, one in schema.get("properties", {}).items()]
    inner += [(one, at) for word in ("anyOf", "oneOf", "allOf", "prefixItems") for one in schema.get(word, ())]
    if not told or (schema.get("type") == "object" and not told & {"properties", "patternProperties"}
                    and not isinstance(schema.get("additionalProperties"), dict)):  # fmt: skip
        yield at
    for one, where in inner:
        yield from _vague(one, where)


def _answers() -> Iterator[tuple[str, Any]]:
    """Give each shape that operations answer with, and each answer that is told in place."""
    schema = api.get_openapi_schema()
    yield from schema["components"]["schemas"].items()
    for path in schema["paths"].values():
        for operation in path.values():
            content = operation["responses"][200].get("content", {"": {"schema": {}}})
            yield operation["operationId"], next(iter(content.values()))["schema"]


def test_what_is_told_as_an_object_and_no_more_is_known_by_name() -> None:
    assert {place for name, schema in _answers() for place in _vague(schema, name)} == STILL_OBJECTS


def test_no_two_shapes_hide_under_one_name() -> None:
    """Ninja writes each operation's shapes over those of the same name."""
    known: dict[str, Any] = {}
    for model in _models():
        for name, shape in model.model_json_schema(mode="serialization").get("$defs", {}).items():
            shape.pop("additionalProperties", None)  # a value within a strict shape is strict
            assert known.setdefault(name, shape) == shape, f"another {name} is told already; give one its own name"


def _models() -> Iterator[Any]:
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                yield from filter(None, operation.response_models.values())
