"""The command line: each command parses its words and calls one service."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)


def main() -> None:
    """Run the command line; a user's mistake is one sentence, never a traceback."""
    app()
