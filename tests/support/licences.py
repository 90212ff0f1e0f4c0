"""Licences of everything Pacemark stands on, from the packages' own metadata: ``python -m tests.support.licences``."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata

from pacemark.web.ui.vendor import MANIFEST
from tests.support.needs import ROOT

PAGE = ROOT / "docs" / "licences.md"
_PIN = re.compile(r"^([a-zA-Z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
_CLASSIFIER = "License :: OSI Approved :: "
# Words of licences in old metadata → the SPDX name; a text that is none of these is looked at by a person.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD-3-Clause License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
HEAD = """# Licences

Pacemark itself is under the [Apache License 2.0](../LICENSE). It stands on the packages below, at the versions that
`requirements/*.txt` pin; none of them is copied into this repository. The lists are made by
`python -m tests.support.licences` from what the packages say of themselves, and a test keeps them equal to what is
installed and free of licences that would bind Pacemark's own users.

"""


def pins(name: str) -> dict[str, str]:
    """Return the pinned packages of one requirements file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {package.lower(): version for package, version in _PIN.findall(text)}


def licence_of(package: str) -> str:
    """Return what a package says of its licence, in SPDX's words where they are known; "" when it is not here."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return ""
    expression = told.get("License-Expression", "")
    classified = [
        name.removeprefix(_CLASSIFIER) for name in told.get_all("Classifier", []) if name.startswith(_CLASSIFIER)
    ]
    field = (told.get("License") or "").strip().splitlines()[:1]
    words = [expression] if expression else classified or field
    return " AND ".join(sorted({_SPDX.get(word, word) for word in words})) or "not said"


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = ["| package | version | licence |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {version} | {licence} |" for name, version, licence in rows)])


def _rows(packages: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(name, version, licence_of(name)) for name, version in sorted(packages.items())]


def front_end() -> list[tuple[str, str, str]]:
    """Return the packages of the front end, as their manifest says."""
    packages = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["package"]
    return [(one["name"], one["version"], one["licence"]) for one in packages]


def page() -> str:
    """Return the whole page."""
    base = pins("base")
    more = {name: version for name, version in pins("dev").items() if name not in base}
    parts = ["## What runs", _table(_rows(base)), "## In the browser", _table(front_end())]
    parts += ["## For developers alone, and optional extras", _table(_rows(more))]
    return HEAD + "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
