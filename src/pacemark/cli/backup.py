"""`pacemark backup` and `pacemark restore`: a whole installation in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console

from pacemark.cli.start import UserMistake
from pacemark.web.config.backup import BackupError, Manifest, make_backup, restore_backup
from pacemark.web.config.running import InUseError, alone


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="A new file; default: one named after the moment, in PACEMARK_HOME/backups.")
    ] = None,
    with_keys: Annotated[
        bool, typer.Option(help="Put both key files in: whoever has the file can then read every phone number.")
    ] = False,
) -> None:
    """Write a consistent copy of the database to one file, while everybody works on."""
    now = timezone.now()
    path = file or Path(settings.PACEMARK_HOME) / "backups" / f"pacemark-{now:%Y%m%d-%H%M%S}.tar.gz"
    try:
        made = make_backup(path, now=now, with_keys=with_keys)
    except BackupError as error:
        raise UserMistake(str(error)) from error
    console = Console(stderr=True)
    console.print(f"{path}: {_size(made)}, {path.stat().st_size / 1e6:.1f} MB", soft_wrap=True)
    if not with_keys:
        console.print("The keys are not in it. Keep phone.key of PACEMARK_HOME somewhere else as well.")


def restore(
    file: Annotated[Path, typer.Argument(help="What `pacemark backup` wrote.")],
    replace: Annotated[bool, typer.Option(help="Let it take the place of what is there.")] = False,
) -> None:
    """Make the database what it was when a backup was made: all of it or, when anything is amiss, nothing."""
    try:
        with alone():
            found = restore_backup(file, replace=replace)
    except (BackupError, InUseError) as error:
        raise UserMistake(str(error)) from error
    Console(stderr=True).print(f"Restored what was there at {found.made_at[:19]} UTC: {_size(found)}.")


def _size(manifest: Manifest) -> str:
    return f"{sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables"
