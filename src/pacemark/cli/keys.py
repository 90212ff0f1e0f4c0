"""`pacemark keys`: the key that phone numbers and robots' addresses are sealed with."""

from __future__ import annotations

import typer
from rich.console import Console

from pacemark.cli.start import UserMistake
from pacemark.web.config.rotation import RotationError, rotate_phone_key
from pacemark.web.config.running import InUseError, alone

app = typer.Typer(no_args_is_help=True, help="The key that phone numbers and robots' addresses are sealed with.")


@app.callback()
def _keys() -> None:
    """The key that phone numbers and robots' addresses are sealed with."""


@app.command()
def rotate() -> None:
    """Make a new phone.key and seal every number and address with it, while nothing else runs.

    Killed half-way, run it again. The former key stays beside the new one: older backups need it. Lock it away.
    """
    try:
        with alone():
            done = rotate_phone_key()
    except (InUseError, RotationError) as error:
        raise UserMistake(str(error)) from error
    told = "The change that was interrupted is complete." if done.was_done else "Everything is sealed anew:"
    counts = "" if done.was_done else f" {done.phones:,} phone numbers, {done.channels} channels."
    Console(stderr=True).print(told + counts)
