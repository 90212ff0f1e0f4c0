from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

import pacemark.engine
from pacemark.web.ui.wording import ANY_AREA, WORDS, is_worded, words_for

ENGINE = Path(pacemark.engine.__file__).parent
CODE = re.compile(r"[a-z]+(\.[a-z_0-9]+)+")


def text_of(node: ast.expr) -> Iterator[str]:
    """Yield the codes an expression may stand for; a part filled in later reads as a star."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.IfExp):
        yield from text_of(node.body)
        yield from text_of(node.orelse)


def codes_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [one.value for one in node.keywords if one.arg in {"code", "reason"}]
            if name == "EngineError" and node.args:
                given.append(node.args[0])
            for one in given:
                yield from text_of(one)


def loose_codes_in(tree: ast.AST) -> Iterator[str]:
    """Yield texts that look like a code wherever they stand; a rate's path (``rates.x_per_y``) is a field."""
    areas = "|".join(sorted({code.partition(".")[0] for code in WORDS}))
    form = re.compile(rf"({areas})\.(?!\w*_per_)[a-z_0-9]+")
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    yield from (text for text in texts if form.fullmatch(text))


def engine_codes() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ENGINE.rglob("*.py")]
    return {code for tree in trees for find in (codes_in, loose_codes_in) for code in find(tree) if "." in code}


def is_covered(code: str) -> bool:
    if "*" not in code:
        return is_worded(code)
    _area, _dot, what = code.partition(".")
    if "*" not in what:
        return what in ANY_AREA
    pattern = re.compile(re.escape(code).replace(r"\*", "[a-z_]+"))
    return any(pattern.fullmatch(known) for known in WORDS)


def test_the_search_finds_codes_of_every_form() -> None:
    tree = ast.parse('EngineError("a.b", "", "f"); EngineError(f"{area}.c"); Reason(code=f"goals.{kind}_unknown")')
    assert set(codes_in(tree)) == {"a.b", "*.c", "goals.*_unknown"}
    assert not is_covered("goals.never_heard_of")


def test_every_code_of_the_engine_has_words() -> None:
    found = engine_codes()
    assert len(found) > 30
    assert sorted(code for code in found if not is_covered(code)) == []


def test_words_exist_in_both_languages_and_name_the_field() -> None:
    for language, is_ascii in (("en", True), ("zh-hans", False)):
        with translation.override(language):
            for code in (*WORDS, *(f"goals.{what}" for what in ANY_AREA)):
                sentence = words_for(code, "rate")
                assert all(ord(letter) < 0x2E80 for letter in sentence) is is_ascii, (language, code)
                assert "%(" not in sentence
    with translation.override("en"):
        assert words_for("goals.negative", "amount") == "amount must not be negative."
        assert words_for("goals.negative") == "The value must not be negative."
        assert "new.code" in words_for("new.code")


def test_codes_are_well_formed() -> None:
    assert all(CODE.fullmatch(code) for code in WORDS)
