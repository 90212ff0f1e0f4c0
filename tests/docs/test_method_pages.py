"""The pages on methods keep up with the code: every error and reason is explained, every example is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pacemark.engine
from pacemark.engine.calc import calculate_text

_ENGINE = Path(pacemark.engine.__file__).parent
_PAGES = Path(__file__).parents[2] / "docs" / "methods"
_MODULES = (
    "calc",
    *("rates", "priors", "attain", "chance", "values", "lags", "cohorts", "memory"),
    *(f"goals/{name}" for name in ("quantify", "reading", "decompose", "replan", "seasons", "work_back")),
    *(f"goals/plan_{name}" for name in ("batch", "inputs")),
    "handover",
    *(f"results/{name}" for name in ("ladder", "climbing", "contrast", "case", "proving", "practice")),
    *(f"results/{name}" for name in ("attribution", "attainment")),
    *(f"resources/{name}" for name in ("policy", "reading", "allocation", "shares", "matching", "dealing", "ledger")),
    *("padding", "talks", "multiplicity"),
    *(f"process/{name}" for name in ("diagnosis", "luck", "audit", "audit_json", "causes", "gap", "execution")),
    "process/coaching_effect",
    *(f"resources/{name}" for name in ("eligibility", "score", "clock")),
)
_CODE = re.compile(
    r'"((?:calc|chance|goals|lags|multiplicity|padding|process|rates|resources|results|values)\.[a-z_]+)"'
)
_EXAMPLE = re.compile(r"^pacemark calc (\w+) --json '(.+)'\n(.+)$", re.MULTILINE)


def _text() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in sorted(_PAGES.glob("*.md")))


@pytest.mark.parametrize("module", _MODULES)
def test_every_code_is_explained(module: str) -> None:
    codes = set(_CODE.findall((_ENGINE / f"{module}.py").read_text(encoding="utf-8")))
    text = _text()

    assert {code for code in codes if f"`{code}`" not in text} == set()


def test_every_example_on_the_pages_is_true() -> None:
    examples = _EXAMPLE.findall(_text())

    assert examples
    for method, given, answer in examples:
        assert calculate_text(method, given) == (0, answer)
