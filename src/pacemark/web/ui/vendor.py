"""Bring the third-party front-end files that ``static/vendor.toml`` names: exact versions, checked, never committed.

``python -m pacemark.web.ui.vendor`` is part of ``make setup``. It does nothing when every file is there and right.
The registry is whichever one npm is set up to use on the machine; no address is written here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
MANIFEST = STATIC / "vendor.toml"
VENDOR = STATIC / "vendor"
NODE_REQUIREMENTS = Path(__file__).resolve().parents[4] / "requirements" / "node.txt"
SOURCE_MAP = re.compile(rb"^[ \t]*(?://|/\*)[#@][ \t]*sourceMappingURL=.*$\n?", re.MULTILINE)


class VendorError(RuntimeError):
    """A file could not be brought, or is not the one the manifest names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFile:
    """One file of a package: its name inside, its place under ``vendor/``, and what it must hash to."""

    source: str
    target: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An npm package at an exact version."""

    name: str
    version: str
    integrity: str
    files: tuple[VendorFile, ...]


def read_manifest(path: Path = MANIFEST) -> tuple[Package, ...]:
    """Return the packages the manifest names."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Package(
            name=package["name"],
            version=package["version"],
            integrity=package["integrity"],
            files=tuple(
                VendorFile(source=one["from"], target=one["to"], sha256=one["sha256"]) for one in package["file"]
            ),
        )
        for package in data["package"]
    )


def is_present(package: Package, vendor: Path = VENDOR) -> bool:
    """Return whether every file of the package is there with the right content."""
    return all(_is_right(vendor / one.target, one.sha256) for one in package.files)


def _is_right(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def check_integrity(archive: Path, integrity: str) -> None:
    """Raise unless the archive hashes to ``algorithm-base64``."""
    algorithm, _dash, expected = integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode()
    if found != expected:
        raise VendorError(f"{archive.name} is not the file that vendor.toml names: its {algorithm} is {found}.")


def unpack(package: Package, archive: Path, vendor: Path = VENDOR) -> None:
    """Put the named files of a checked archive in their places, without pointers to source maps that are not there."""
    with tarfile.open(archive) as tar:
        contents = {one: _member(tar, one.source) for one in package.files}
    for one, content in contents.items():
        if hashlib.sha256(content).hexdigest() != one.sha256:
            raise VendorError(f"{package.name} {package.version}: {one.source} differs from its sha256 in vendor.toml.")
    for one, content in contents.items():
        target = vendor / one.target
        target.parent.mkdir(parents=True, exist_ok=True)
        # a reader never sees half a file, and two set-ups at once do not disturb each other
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
            part.write(content)
        Path(part.name).chmod(0o644)
        Path(part.name).replace(target)


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        stream = tar.extractfile(f"package/{name}")
    except KeyError:
        stream = None
    if stream is None:
        raise VendorError(f"The archive holds no file {name}.")
    return SOURCE_MAP.sub(b"", stream.read())


def find_npm() -> str:
    """Return npm's path; where the machine has none, a wheel brings one into this environment."""
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if found:
        return found
    if not NODE_REQUIREMENTS.is_file():
        raise VendorError("There is no npm on this machine, and no requirements/node.txt to install one from.")
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_REQUIREMENTS)])
    if not beside.exists():
        raise VendorError("npm was installed but cannot be found beside Python.")
    return str(beside)


def fetch(package: Package, folder: Path) -> Path:
    """Download one package with npm and return the archive, checked."""
    _run([find_npm(), "pack", f"{package.name}@{package.version}", "--pack-destination", str(folder)], folder)
    archives = sorted(folder.glob("*.tgz"))
    if len(archives) != 1:
        raise VendorError(f"npm brought {len(archives)} archives for {package.name}, not one.")
    check_integrity(archives[0], package.integrity)
    return archives[0]


def _run(command: list[str], folder: Path | None = None) -> None:
    # the words are ours and the manifest's; there is no shell in between
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise VendorError(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def bring_all() -> int:
    """Bring what is missing and return how many packages that were."""
    missing = [package for package in read_manifest() if not is_present(package)]
    for package in missing:
        with tempfile.TemporaryDirectory() as folder:
            unpack(package, fetch(package, Path(folder)))
    return len(missing)


def main() -> int:
    """Bring the files; say in one line what was done."""
    try:
        brought = bring_all()
    except (VendorError, OSError) as error:
        sys.stderr.write(f"Front-end files: {error}\n")
        return 1
    sys.stdout.write(f"Front-end files: {brought} brought.\n" if brought else "Front-end files: all there.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
