"""Every public function of the engine says, in numpydoc, what it takes and gives; the examples run."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import pacemark.engine

_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_PARAMETER = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : .+)?$", re.MULTILINE)


def _modules() -> list[ModuleType]:
    prefix = pacemark.engine.__name__ + "."
    return [import_module(found.name) for found in pkgutil.walk_packages(pacemark.engine.__path__, prefix)]


def _public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in inspect.getmembers(module):
        ours = getattr(member, "__module__", None) == module.__name__
        if ours and not name.startswith("_") and (inspect.isfunction(member) or inspect.isclass(member)):
            yield f"{module.__name__}.{name}", member


_FUNCTIONS = [pair for module in _modules() for pair in _public(module)]


def _sections(member: Callable[..., Any]) -> dict[str, str]:
    text = inspect.getdoc(member) or ""
    pieces = _SECTION.split(text)
    return {"Summary": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def _documented(section: str) -> list[str]:
    return [name.strip("* ") for match in _PARAMETER.finditer(section) for name in match[1].split(",")]


def _parameters(member: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(member).parameters if name != "self"]


def _faults(member: Callable[..., Any]) -> list[str]:
    sections = _sections(member)
    faults = []
    if not sections["Summary"].strip():
        faults.append("has no summary")
    documented, taken = _documented(sections.get("Parameters", "")), _parameters(member)
    if documented != taken:
        faults.append(f"documents {documented}, takes {taken}")
    if inspect.isfunction(member):
        returns = inspect.signature(member).return_annotation
        if returns not in (None, "None") and not {"Returns", "Yields"} & set(sections):
            faults.append("does not say what it returns")
        if "raise EngineError" in inspect.getsource(member) and "Raises" not in sections:
            faults.append("does not say what it raises")
    return faults


@pytest.mark.parametrize(("name", "member"), _FUNCTIONS, ids=[name for name, _ in _FUNCTIONS])
def test_docstring_and_signature_agree(name: str, member: Callable[..., Any]) -> None:
    assert _faults(member) == []


def test_examples_run() -> None:
    failed = {module.__name__: doctest.testmod(module).failed for module in _modules()}

    assert {name: count for name, count in failed.items() if count} == {}


def test_a_planted_disagreement_is_noticed() -> None:
    def planted(amount: int, step: int) -> int:
        """Split.

        Parameters
        ----------
        step, amount : int
            Swapped.
        """
        return amount // step

    assert len(_faults(planted)) == 2
