from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from pacemark.web.ui import vendor
from pacemark.web.ui.vendor import Package, VendorError, VendorFile

SCRIPT = b"export const x=1;\n//# sourceMappingURL=lib.js.map\n"
STRIPPED = b"export const x=1;\n"


def archive_in(folder: Path, content: bytes = SCRIPT) -> Path:
    path = folder / "lib-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/lib.js")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return path


def package_of(archive: Path) -> Package:
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    one = VendorFile(source="dist/lib.js", target="lib/lib.js", sha256=hashlib.sha256(STRIPPED).hexdigest())
    return Package(name="lib", version="1.0.0", integrity=f"sha512-{digest}", files=(one,))


def test_a_checked_file_is_put_in_place_without_its_source_map(tmp_path: Path) -> None:
    archive = archive_in(tmp_path)
    package = package_of(archive)
    vendor.check_integrity(archive, package.integrity)
    assert not vendor.is_present(package, tmp_path / "vendor")
    vendor.unpack(package, archive, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "lib" / "lib.js").read_bytes() == STRIPPED
    assert vendor.is_present(package, tmp_path / "vendor")


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    package = package_of(archive_in(tmp_path))
    with pytest.raises(VendorError, match="not the file"):
        vendor.check_integrity(archive_in(tmp_path, SCRIPT + b"evil()"), package.integrity)


def test_a_file_that_differs_or_is_missing_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = archive_in(tmp_path)
    package = package_of(archive)
    other = replace(package, files=(replace(package.files[0], sha256="0" * 64),))
    absent = replace(package, files=(*package.files, replace(package.files[0], source="dist/none.js")))
    for wrong in (other, absent):
        with pytest.raises(VendorError):
            vendor.unpack(wrong, archive, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_nothing_is_fetched_when_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_in(tmp_path)
    vendor.unpack(package_of(archive), archive, tmp_path / "vendor")
    monkeypatch.setattr(vendor, "read_manifest", lambda: (package_of(archive),))
    monkeypatch.setattr(vendor, "is_present", lambda package: True)
    monkeypatch.setattr(vendor, "fetch", lambda *_: pytest.fail("nothing needed to be fetched"))
    assert vendor.bring_all() == 0


def test_the_manifest_pins_versions_sums_and_licences() -> None:
    for package in vendor.read_manifest():
        assert package.integrity.startswith("sha512-")
        assert package.version.replace(".", "").isdigit()
        assert any("LICENSE" in one.target for one in package.files)
        assert all(len(one.sha256) == 64 and ".." not in one.target for one in package.files)
    assert "://" not in vendor.MANIFEST.read_text(encoding="utf-8")


def test_what_set_up_brought_is_what_the_manifest_names() -> None:
    assert all(vendor.is_present(package) for package in vendor.read_manifest()), "run `make setup`"
