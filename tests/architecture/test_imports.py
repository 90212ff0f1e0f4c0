"""The directions of 2-house.md: the contracts themselves are proven by planted faults, the rest is read here."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.support.needs import ROOT

SOURCE = ROOT / "src" / "pacemark"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

PLANTED = {
    "house": ("facts/__init__.py", "import pacemark.engine.errors"),
    "rooms": ("web/shared/rest.py", "import pacemark.web.accounts.models"),
    "furniture": ("web/accounts/models.py", "import pacemark.web.accounts.services"),
    "engine": ("engine/errors.py", "import pacemark.engine.fields"),
    "engine-foundation": ("engine/sums.py", "import pacemark.engine.goals.quantify"),
    "engine-is-pure": ("engine/rates.py", "import django"),
    "facts-are-given": ("facts/__init__.py", "import django.db"),
    "who-may-calculate": ("web/accounts/views.py", "import pacemark.engine.calc"),
}


def _lint(source: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "import importlinter.cli as c; c.lint_imports_command()",
        "--no-cache",
        "--no-logo",
    ]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_planted_import_breaks_each_contract(tmp_path: Path) -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(PLANTED)
    ignore = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(SOURCE, tmp_path / "pacemark", ignore=ignore)
    for name, line in PLANTED.values():
        path = tmp_path / "pacemark" / name
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    told = _lint(tmp_path)

    assert told.returncode == 1
    assert f"Contracts: 0 kept, {len(PLANTED)} broken." in told.stdout, told.stdout[-3000:]


def test_every_room_has_its_furniture_checked() -> None:
    furniture = next(contract for contract in CONTRACTS if contract["id"] == "furniture")
    rooms = {path.parent.name for path in (SOURCE / "web").glob("*/__init__.py")}

    assert {name.removeprefix("pacemark.web.") for name in furniture["containers"]} == rooms - {"config", "shared"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


# --- engine: paper, pencil, NumPy and SciPy ---------------------------------------------------------------------------

# The standard library's doors to the outside: clock, files, network, processes, chance, words for people.
NOT_PURE = frozenset(
    {"asyncio", "ctypes", "getpass", "gettext", "glob", "http", "importlib", "io", "locale", "logging", "os", "pathlib"}
    | {
        "multiprocessing",
        "platform",
        "random",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "sys",
        "time",
    }
    | {"subprocess", "tempfile", "threading", "urllib", "uuid", "zoneinfo"}
)
CLOCKS = frozenset({"now", "today", "utcnow", "time", "perf_counter", "monotonic"})


def impurities(source: str) -> list[str]:
    """Return what in a module's text reaches outside its arguments."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found += _impure_call(node)
    return found


def _impure_call(call: ast.Call) -> list[str]:
    name = ast.unparse(call.func)
    last = name.rsplit(".", 1)[-1]
    if name in {"open", "print", "input", "exec", "eval", "__import__"}:
        return [f"{name} in line {call.lineno}"]
    if "." in name and last in CLOCKS and not call.args:
        return [f"the clock, {name}, in line {call.lineno}"]
    if last == "default_rng" and not call.args and not call.keywords:
        return [f"unseeded randomness in line {call.lineno}"]
    legacy = re.match(r"(np|numpy)\.random\.(?!default_rng|Generator|PCG64|SeedSequence)", name)
    return [f"global randomness, {name}, in line {call.lineno}"] if legacy else []


def test_the_engine_imports_paper_and_pencil_only() -> None:
    # OR-Tools solves the one matching that is not ours to write.
    allowed = (sys.stdlib_module_names - NOT_PURE) | {"numpy", "scipy", "ortools"}
    strangers = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (SOURCE / "engine").rglob("*.py")
        for module in _imports(path)
        if module.split(".")[0] not in allowed and not module.startswith("pacemark.engine")
    }

    assert strangers == set()


def test_the_engine_has_no_clock_no_output_and_no_unseeded_chance() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in (SOURCE / "engine").rglob("*.py")
        for fault in impurities(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_planted_impurities_are_seen() -> None:
    planted = [
        "date.today()",
        "print(1)",
        "np.random.default_rng()",
        "np.random.normal(0, 1)",
        "open('x')",
        "time.time()",
    ]

    assert [len(impurities(line)) for line in planted] == [1] * len(planted)
    assert impurities("np.random.default_rng(7).normal(0, 1)") == []


# --- web: who may ask the engine and the facts ------------------------------------------------------------------------

DOOR = re.compile(r"(^|_)(bridge|queries|services|charts)$")
# A room whose queries or services were split by noun has more modules that calculate. They may, as long as they stay
# what they were: they know no request, no form and no template.
OF_THE_REQUEST = ("django.http", "django.shortcuts", "django.forms", "django.template", "django.views", "ninja")


def _who_calculates() -> dict[str, set[str]]:
    """Return each module of the web that asks engine or facts, with what it imports."""
    found = {}
    for path in (SOURCE / "web").rglob("*.py"):
        imported = set(_imports(path))
        if any(module.startswith(("pacemark.engine", "pacemark.facts")) for module in imported):
            found[".".join(path.relative_to(SOURCE / "web").with_suffix("").parts)] = imported
    return found


def test_the_web_reaches_arithmetic_through_its_doors() -> None:
    calculating = _who_calculates()
    assert calculating, "or this test reads the wrong folder"
    astray = {
        name: sorted(module for module in imported if module.startswith(OF_THE_REQUEST))
        for name, imported in calculating.items()
        if not any(DOOR.search(part) for part in name.split(".")[1:])
    }

    assert {name: modules for name, modules in astray.items() if modules} == {}
