"""One file that holds a whole installation, made while everybody works on, and put back in one step.

The file is a gzipped tar of the database's own kind of copy and a manifest that says what is in it: rows per table,
so that a restore can be compared, and the phone key's fingerprint, because a copy whose key is lost holds phones that
nobody can read.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pacemark.web.config import backup_postgres, backup_sqlite
from pacemark.web.config.backup_postgres import ToolMissingError

KEY_FILES = ("secret.key", "phone.key")
MANIFEST = "manifest.json"
DATABASE = "database"


class BackupError(Exception):
    """A backup that cannot be made or put back; the text is one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    vendor: str
    phone_key: str
    migrations: list[list[str]]
    rows: Mapping[str, int]
    digest: str
    keys: list[str] = field(default_factory=list)


def make_backup(path: Path, *, now: datetime, with_keys: bool = False) -> Manifest:
    """Write a consistent copy of the database to a new file; nobody waits meanwhile."""
    if path.exists():
        raise BackupError(f"{path} exists already; name a new file, a backup is never written over")
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = [name for name in KEY_FILES if with_keys and (Path(settings.PACEMARK_HOME) / name).exists()]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        manifest = Manifest(
            made_at=now.isoformat(),
            vendor=connection.vendor,
            phone_key=key_fingerprint(settings.PHONE_KEY),
            migrations=_applied(),
            rows=_copied(copy),
            digest=_digest(copy),
            keys=keys,
        )
        unfinished = Path(folder) / "backup"
        _pack(unfinished, copy, manifest)
        unfinished.replace(path)  # whole or not at all
    return manifest


def restore_backup(path: Path, *, replace: bool = False) -> Manifest:
    """Make the database what it was; all of it or, when anything is amiss, nothing.

    Raises
    ------
    BackupError
        When the file is no backup, is of the other kind of database, was made by a newer Pacemark, needs another phone
        key, or when there are people in the database and ``replace`` does not say that they may go.
    """
    try:
        archive = tarfile.open(path, "r:gz")  # noqa: SIM115 - closed below; the error needs words of its own
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{path} is no backup that Pacemark wrote") from error
    with archive, tempfile.TemporaryDirectory(prefix="pacemark-restore-") as folder:
        manifest = _manifest_of(archive, path)
        _check(manifest, replace=replace)
        copy = Path(folder) / DATABASE
        _unpack(archive, DATABASE, copy)
        if _digest(copy) != manifest.digest:
            raise BackupError("the backup is damaged: its database is not the one that its manifest names")
        problem = _put_back(copy, manifest.rows)
        if problem:
            raise BackupError(problem)
        for name in manifest.keys:
            _bring_key(archive, name)
    call_command("migrate", verbosity=0, interactive=False)  # a backup may be older than the program
    return manifest


def key_fingerprint(key: str) -> str:
    """Return what tells two phone keys apart without telling the key."""
    return hashlib.sha256(b"pacemark phone key " + key.encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copied(copy: Path) -> dict[str, int]:
    try:
        return backup_sqlite.copy_out(copy) if connection.vendor == "sqlite" else backup_postgres.copy_out(copy)
    except ToolMissingError as error:
        raise BackupError(str(error)) from error


def _put_back(copy: Path, rows: Mapping[str, int]) -> str:
    try:
        put = backup_sqlite.copy_in if connection.vendor == "sqlite" else backup_postgres.copy_in
        return put(copy, rows)
    except ToolMissingError as error:
        raise BackupError(str(error)) from error


def _applied() -> list[list[str]]:
    return sorted(list(key) for key in MigrationExecutor(connection).loader.applied_migrations)


def _check(manifest: Manifest, *, replace: bool) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"this backup is of {manifest.vendor} and DATABASE_URL names {connection.vendor}; restore it to "
            f"{manifest.vendor}, then move over with `pacemark migrate-to`"
        )
    known = set(MigrationExecutor(connection).loader.graph.nodes)
    newer = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if newer:
        raise BackupError(f"this backup was made by a newer Pacemark (it has {newer[0]}); bring the program up to date")
    if manifest.phone_key != key_fingerprint(settings.PHONE_KEY) and "phone.key" not in manifest.keys:
        raise BackupError(
            "this backup was made with another phone key, without which its phone numbers cannot be read; put that "
            "phone.key into PACEMARK_HOME first"
        )
    if not replace and _has_people():
        raise BackupError("there are people in this database already; say --replace to put the backup in their place")


def _has_people() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM accounts_user")
        return bool(cursor.fetchone()[0])


def _pack(path: Path, copy: Path, manifest: Manifest) -> None:
    with tarfile.open(path, "x:gz", compresslevel=1) as archive:
        text = json.dumps(asdict(manifest), sort_keys=True).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(text)
        archive.addfile(about, io.BytesIO(text))
        archive.add(copy, DATABASE)
        for name in manifest.keys:
            archive.add(Path(settings.PACEMARK_HOME) / name, name)
    path.chmod(0o600)


def _manifest_of(archive: tarfile.TarFile, path: Path) -> Manifest:
    try:
        member = archive.extractfile(MANIFEST)
        assert member is not None  # noqa: S101 - a folder of that name is no manifest either
        return Manifest(**json.loads(member.read()))
    except (KeyError, TypeError, ValueError, AssertionError, OSError, EOFError, tarfile.TarError) as error:
        raise BackupError(f"{path} is no backup that Pacemark wrote") from error


def _unpack(archive: tarfile.TarFile, name: str, path: Path) -> None:
    # Only members named here are read, to places chosen here: a name inside the file leads nowhere.
    try:
        member = archive.extractfile(name)
        if member is None:
            raise BackupError(f"the backup's {name} is missing")
        with path.open("wb") as file:
            while piece := member.read(1 << 20):
                file.write(piece)
    except (KeyError, OSError, EOFError, tarfile.TarError) as error:
        raise BackupError("the backup is damaged: it ends early or cannot be unpacked") from error


def _bring_key(archive: tarfile.TarFile, name: str) -> None:
    if name not in KEY_FILES:
        return
    path = Path(settings.PACEMARK_HOME) / name
    fresh = path.with_name(f"{name}.brought")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    _unpack(archive, name, fresh)
    if path.exists() and path.read_bytes() != fresh.read_bytes():
        # What was backed up since needs the key that was here.
        path.with_name(f"{name}.former-{secrets.token_hex(3)}").hardlink_to(path)
    fresh.replace(path)
