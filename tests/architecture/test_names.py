"""Names say what things are, in the words of the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.needs import ROOT

FORBIDDEN_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "base2"})


def _modules() -> Iterator[Path]:
    for folder in ("src", "tests", "bench"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def forbidden_parts(path: Path) -> set[str]:
    """Return the words in a module's path that name nothing."""
    return set(path.with_suffix("").parts) & FORBIDDEN_MODULES


def test_every_module_has_a_name() -> None:
    assert {str(path) for path in _modules() if forbidden_parts(path.relative_to(ROOT))} == set()
    assert forbidden_parts(Path("src/pacemark/web/goals/utils.py")) == {"utils"}


# --- glossary ---------------------------------------------------------------------------------------------------------


def avoided_words() -> dict[str, str]:
    """Return each word that the glossary lists as not ours, and the word to use."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    table = text.split("## Words we avoid")[1]
    rows = re.findall(r"^\| `([a-z_]+)` \| `([a-z_]+)` \|", table, flags=re.MULTILINE)
    return dict(rows)


def names_in(source: str) -> set[str]:
    """Return every name that a module's text defines or uses."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            found.add(node.arg)
    return found


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def avoided_in(names: set[str], avoided: dict[str, str]) -> set[str]:
    """Return the names that contain a word the glossary avoids."""
    patterns = [re.compile(rf"(^|_){word}s?(_|$)") for word in avoided]
    return {name for name in names if any(pattern.search(_snake(name)) for pattern in patterns)}


def test_code_uses_the_glossarys_words() -> None:
    avoided = avoided_words()
    assert len(avoided) >= 10
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in _modules()
        if "src" in path.parts
        for name in avoided_in(names_in(path.read_text(encoding="utf-8")) | {path.stem}, avoided)
    }

    assert found == set()


@pytest.mark.parametrize("planted", ["prospect", "ActivityGoal", "salesperson_id", "list_prospects"])
def test_a_planted_synonym_is_seen(planted: str) -> None:
    assert avoided_in({planted}, avoided_words()) == {planted}


def test_every_term_of_the_glossary_has_both_languages_and_an_identifier() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split("## Words we avoid")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if re.match(r"^\| [^-中]", line)]

    assert len(rows) >= 40
    assert all(len(row) == 4 and row[0].strip() and row[1].strip() for row in rows)


# --- settings and services --------------------------------------------------------------------------------------------


def _services() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in (ROOT / "src" / "pacemark" / "web").rglob("*services.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{path.relative_to(ROOT / 'src' / 'pacemark' / 'web')}:{node.name}", node


# The queue and the trail are records themselves, and nobody acts in them.
WITHOUT_ACTOR = ("jobs/", "trail/")


def service_faults(service: ast.FunctionDef) -> list[str]:
    """Return what a service owes its caller: what writes atomically is keyword-only and knows who acts."""
    arguments = service.args
    faults = [] if ast.get_docstring(service) else ["has no docstring"]
    if not any(ast.unparse(decorator) == "transaction.atomic" for decorator in service.decorator_list):
        return faults
    if arguments.args or arguments.posonlyargs:
        faults.append("takes positional arguments")
    if "actor" not in {argument.arg for argument in arguments.kwonlyargs}:
        faults.append("does not know who acts")
    return faults


def test_services_are_keyword_only_documented_and_know_who_acts() -> None:
    found = {
        where: faults
        for where, service in _services()
        if (faults := service_faults(service)) and not where.startswith(WITHOUT_ACTOR)
    }

    assert found == {}


def test_a_planted_service_is_seen() -> None:
    planted = ast.parse("@transaction.atomic\ndef f(row): ...").body[0]

    assert isinstance(planted, ast.FunctionDef)
    assert service_faults(planted) == ["has no docstring", "takes positional arguments", "does not know who acts"]
