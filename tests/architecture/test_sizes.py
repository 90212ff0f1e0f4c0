"""The stop column of the size table: what grows past it is split. The list of exceptions may only shrink."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.needs import ROOT

FILE_LINES, FUNCTION_LINES, METHODS, PARAMETERS, NESTING, PAGE_LINES = 400, 40, 12, 6, 3, 160

# "path" or "path:name" → why it is as it is. A name that no longer needs its place here fails the second test.
EXCEPTIONS: dict[str, str] = {}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# A with block is no branch: it does not ask the reader to hold another case in mind.
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try, ast.Match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Something past its stop."""

    where: str
    what: str


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def _depth(node: ast.AST, depth: int = 0) -> int:
    deepest = depth
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, FUNCTIONS):
                continue
            is_elif = field == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If)
            deepest = max(deepest, _depth(child, depth + (isinstance(child, BLOCKS) and not is_elif)))
    return deepest


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([name for name in named if name.arg not in {"self", "cls"}])


def _of_function(
    function: ast.FunctionDef | ast.AsyncFunctionDef, where: str, counts_parameters: bool
) -> Iterator[Excess]:
    name = f"{where}:{function.name}"
    if (lines := _body_lines(function)) > FUNCTION_LINES:
        yield Excess(where=name, what=f"{lines} lines")
    if counts_parameters and (parameters := _parameters(function)) > PARAMETERS:
        yield Excess(where=name, what=f"{parameters} parameters")
    if (depth := _depth(function)) > NESTING:
        yield Excess(where=name, what=f"nested {depth} deep")


def _is_public_method(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A property is a value that a class shows, not a thing it does."""
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    return not function.name.startswith("_") and not decorators & {"property", "cached_property"}


def excesses(source: str, where: str, counts_parameters: bool = True) -> Iterator[Excess]:
    """Yield everything in a module's text that is past its stop."""
    if (lines := source.count("\n")) > FILE_LINES:
        yield Excess(where=where, what=f"{lines} lines")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTIONS):
            yield from _of_function(node, where, counts_parameters)
        elif isinstance(node, ast.ClassDef):
            public = [item for item in node.body if isinstance(item, FUNCTIONS) and _is_public_method(item)]
            if len(public) > METHODS and not where.startswith("tests/"):
                yield Excess(where=f"{where}:{node.name}", what=f"{len(public)} public methods")


def _modules() -> Iterator[Path]:
    for folder in ("src", "tests", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def _all_excesses() -> list[Excess]:
    found: list[Excess] = []
    for path in _modules():
        where = path.relative_to(ROOT).as_posix()
        # A test's parameters are fixtures and cases, a command's are its options: no caller has to pass them in order.
        counts_parameters = not where.startswith(("tests/", "src/pacemark/cli/"))
        found += excesses(path.read_text(encoding="utf-8"), where, counts_parameters)
    web = ROOT / "src" / "pacemark" / "web"
    for path in [*(web / "templates").rglob("*.html"), *(web / "static" / "js").rglob("*.js")]:
        if (lines := path.read_text(encoding="utf-8").count("\n")) > PAGE_LINES:
            found.append(Excess(where=path.relative_to(ROOT).as_posix(), what=f"{lines} lines"))
    return found


def test_nothing_has_grown_past_its_stop() -> None:
    assert [excess for excess in _all_excesses() if excess.where not in EXCEPTIONS] == []


def test_the_list_of_exceptions_only_shrinks() -> None:
    still_needed = {excess.where for excess in _all_excesses()}

    assert set(EXCEPTIONS) - still_needed == set()


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ("x = 1\n" * 401, "401 lines"),
        ("def f():\n" + "    x = 1\n" * 41, "41 lines"),
        ("def f(a, b, c, *, d, e, f, g): ...\n", "7 parameters"),
        ("class C:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(13)), "13 public methods"),
        ("def f():\n if a:\n  for b in c:\n   while d:\n    if e:\n     pass\n", "nested 4 deep"),
    ],
)
def test_a_planted_excess_is_seen(planted: str, what: str) -> None:
    assert [excess.what for excess in excesses(planted, "planted.py")] == [what]


@pytest.mark.parametrize(
    "fair",
    [
        "x = 1\n" * 400,
        'def f():\n    """Say\n\n    much.\n    """\n' + "    x = 1\n" * 40,
        "def f(self, a, b, c, *, d, e, f): ...\n",
        "def f():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  pass\n elif d:\n  pass\n",
    ],
)
def test_what_is_just_within_passes(fair: str) -> None:
    assert list(excesses(fair, "fair.py")) == []
