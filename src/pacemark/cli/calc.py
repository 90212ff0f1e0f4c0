"""`pacemark calc`: the calculator in a terminal; needs no database."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pacemark.engine.calc import METHODS, calculate_text

_METHOD_HELP = "One of: " + "; ".join(f"{name} ({method.summary})" for name, method in METHODS.items()) + "."


def calc(
    method: Annotated[str, typer.Argument(help=_METHOD_HELP, show_default=False)],
    json_text: Annotated[
        str | None, typer.Option("--json", help="The input as one JSON object; without it, standard input is read.")
    ] = None,
) -> None:
    """Answer one method of the calculator: JSON in, JSON out.

    Exit code 0 with the answer, or 2 with {"error": {"code", "message", "field"}}, both on standard output.
    """
    text = sys.stdin.buffer.read() if json_text is None else json_text
    exit_code, answer = calculate_text(method, text)
    typer.echo(answer)
    raise typer.Exit(exit_code)
