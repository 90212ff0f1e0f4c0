"""What must never be committed, and what every dependency owes its reader."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.needs import ROOT

# In pieces, so that this file may stand in the repository itself.
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "files.pyth" + "onhosted",
)
INDEX_OPTIONS = ("index" + "-url", "find" + "-links")
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_./}-])/" + r"(work|farm|root|home/[a-z]+|opt/[a-z]+)/[a-z.]")
LOCKS_THAT_NAME_HOSTS = frozenset(
    {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}
)


def _committed() -> Iterator[Path]:
    """Yield every file that is or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("left out: what is committed can only be told in a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            yield ROOT / name


def _texts() -> Iterator[tuple[str, str]]:
    for path in _committed():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def faults_of(text: str) -> list[str]:
    """Return what in a text tells of a package registry or of one machine."""
    found = [word for word in (*HOSTS, *INDEX_OPTIONS) if word in text and "--no-emit-" + word not in text]
    return found + [match.group(0) for line in text.splitlines() if (match := MACHINE_PATH.search(line))]


def test_no_file_names_a_registry_or_a_machine() -> None:
    assert {name: faults for name, text in _texts() if (faults := faults_of(text))} == {}


@pytest.mark.parametrize(
    "planted", ["https://" + HOSTS[0] + "/simple", "--" + INDEX_OPTIONS[0] + "=x", "see /ro" + "ot/notes.txt"]
)
def test_a_planted_trace_is_seen(planted: str) -> None:
    assert faults_of(planted)


def test_lock_files_hold_versions_and_hashes_only() -> None:
    names = {path.name for path in _committed()}
    assert names & LOCKS_THAT_NAME_HOSTS == set()
    assert not [name for name in names if name.startswith("pylock")]
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text and "@ " not in text, lock.name
        pins = re.findall(r"^([a-z0-9._-]+)==\S+ ?(.*)$", text, flags=re.MULTILINE)
        assert pins and all(rest.endswith("\\") for _name, rest in pins), f"{lock.name}: a pin without a hash"


# --- dependencies -----------------------------------------------------------------------------------------------------

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text, flags=re.MULTILINE))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_every_dependency_has_its_reason_beside_it() -> None:
    project = tomllib.loads(PROJECT)["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    without = [one for one in wanted if not re.search(rf'"{re.escape(one)}",\s+# \S', PROJECT)]

    assert without == []


def test_every_ignored_lint_rule_has_its_reason() -> None:
    block = PROJECT.split("\nignore = [")[1].split("]\n")[0]

    assert [line for line in block.strip().splitlines() if "#" not in line] == []


def test_the_locks_pin_what_the_project_asks_for_and_agree() -> None:
    project = tomllib.loads(PROJECT)["project"]
    base, dev = _pins("base.txt"), _pins("dev.txt")

    assert {_name(one) for one in project["dependencies"]} <= set(base)
    assert {_name(one) for one in project["optional-dependencies"]["dev"]} <= set(dev)
    assert {name: version for name, version in base.items() if dev.get(name) != version} == {}


def test_no_front_end_file_of_others_is_committed() -> None:
    assert [name for path in _committed() if "/static/vendor/" in (name := path.as_posix())] == []
