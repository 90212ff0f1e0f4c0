"""What the documents point at is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pacemark.cli.root import COMMANDS
from tests.support.needs import ROOT


def documents() -> list[Path]:
    """Return every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _links(path: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target and not target.startswith(("#", "mailto:")):
            yield target.split("#")[0]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    assert [target for target in _links(path) if not (path.parent / target).exists()] == []


def test_the_readmes_have_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make run" in text and "make test" in text


def test_every_make_target_that_documents_name_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {target for path in documents() for target in re.findall(r"`make ([a-z-]+)`", path.read_text("utf-8"))}

    assert {target for target in named if not re.search(rf"^{target}:", makefile, flags=re.MULTILINE)} == set()


def test_every_command_that_documents_name_exists() -> None:
    named = {
        command for path in documents()
        for command in re.findall(r"\bpacemark ([a-z][a-z-]*)\b", path.read_text("utf-8"))
        if path.name != "CHANGELOG.md"
    }  # fmt: skip
    written_as_code = {command for command in named if _is_code(command)}

    assert written_as_code - set(COMMANDS) == set()


def _is_code(command: str) -> bool:
    return any(f"pacemark {command}" in code for path in documents() for code in _code(path))


def _code(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(r"```.*?```", text, flags=re.DOTALL) + re.findall(r"`[^`\n]+`", text)


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in folder.glob("0*.md") if path.name not in listed] == []
