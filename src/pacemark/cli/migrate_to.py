"""`pacemark migrate-to`: from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import UserMistake, output
from pacemark.web.config.moving import MovingError, move_to


def migrate_to(
    url: Annotated[str, typer.Argument(help="The new home, like postgresql://user:password@host:5432/name.")],
) -> None:
    """Move a SQLite installation to PostgreSQL, and compare the rows of every table before anything is kept."""
    console = Console(stderr=True)
    try:
        moved = move_to(url, progress=lambda table, rows: console.print(f"{table}: {rows:,}", highlight=False))
    except MovingError as error:
        raise UserMistake(str(error)) from error
    table = Table("table", "rows here", "rows there")
    for row in moved:
        if row.here:
            table.add_row(row.table, f"{row.here:,}", f"{row.there:,}")
    output().print(table)
    console.print("Moved. Set DATABASE_URL to the new address, keep PACEMARK_HOME with its keys, and start again.")
