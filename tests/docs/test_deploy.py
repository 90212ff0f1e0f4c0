"""What is handed to operators is checked as far as a machine without a container engine can."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pacemark.web.config.spec import SETTINGS
from tests.support.needs import ROOT

DEPLOY = ROOT / "deploy"


def _compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def test_the_containerfile_passes_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint has no wheel for this machine")
    done = subprocess.run([hadolint, str(DEPLOY / "Containerfile")], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_compose_names_only_what_it_has_and_opens_only_this_machine() -> None:
    found = _compose()
    for name, service in found["services"].items():
        assert set(service.get("secrets", [])) <= set(found["secrets"]), name
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert volumes <= set(found["volumes"]), name
        assert set(service.get("depends_on", {})) <= set(found["services"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if service.get("build"):
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_the_example_environment_sets_only_what_exists() -> None:
    lines = (DEPLOY / "pacemark.env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= {setting.name for setting in SETTINGS}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_the_units_are_what_systemd_understands(tmp_path: Path) -> None:
    for unit in DEPLOY.glob("pacemark-*.*"):
        if unit.suffix in {".service", ".timer"}:
            # The program is not installed where the unit looks for it; systemd only asks whether it can run.
            text = re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", unit.read_text(), flags=re.MULTILINE)
            (tmp_path / unit.name).write_text(text)
    units = sorted(str(unit) for unit in tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "pacemark" in line] == []
    assert len(units) == 4


def test_what_the_units_start_is_on_the_command_line() -> None:
    from pacemark.cli.root import COMMANDS

    started = [
        re.search(r"^ExecStart=/srv/pacemark/\.venv/bin/pacemark (\S+)", unit.read_text(), flags=re.MULTILINE)
        for unit in DEPLOY.glob("*.service")
    ]
    assert {match[1] for match in started if match} == {"serve", "work", "backup"}
    assert {"serve", "work", "backup"} <= set(COMMANDS)
