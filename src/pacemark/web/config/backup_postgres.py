"""PostgreSQL's own tools, pg_dump, pg_restore and psql, on one snapshot."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.db import connection, transaction


class ToolMissingError(Exception):
    """A program of PostgreSQL's that is not installed, or would not."""


def copy_out(path: Path) -> dict[str, int]:
    """Dump one snapshot of the database to a file while others read and write, and return its rows per table."""
    tool = _tool("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        _run([tool, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}"])
        return _rows()


def copy_in(path: Path, rows: Mapping[str, int]) -> str:
    """Put a dump in the database's place, in one transaction; return what is wrong with it, if anything is.

    Everything that is there goes first: a table younger than the dump would stand in the way of its own migration.
    """
    restore, shell = _tool("pg_restore"), _tool("psql")
    connection.close()
    emptied, script = path.with_suffix(".empty.sql"), path.with_suffix(".sql")
    emptied.write_text("DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n", encoding="ascii")
    _run([restore, "--no-owner", "--no-privileges", f"--file={script}", str(path)])
    strictly = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run([shell, *strictly, f"--file={emptied}", f"--file={script}"])
    if _rows() != dict(rows):
        return "what was restored does not hold the rows that the backup's manifest names"
    return ""


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissingError(f"{name} is not installed here; it comes with PostgreSQL's client (postgresql-client)")
    return found


def _run(command: list[str]) -> None:
    database = connection.settings_dict
    # By environment: a command line can be read by everybody on the machine.
    address = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
    }
    environment = {**os.environ, **{name: value for name, value in address.items() if value}}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        last = (done.stderr.strip() or "no reason was given").splitlines()[-1]
        raise ToolMissingError(f"{Path(command[0]).name} would not: {last}")


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = sorted(table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t")
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            rows[table] = cursor.fetchone()[0]
        return rows
