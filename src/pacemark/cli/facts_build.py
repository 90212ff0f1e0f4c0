"""`pacemark facts build`: facts from event logs that lie elsewhere, by DuckDB, PostgreSQL or Spark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pacemark.cli.facts import app
from pacemark.cli.start import UserMistake, output
from pacemark.facts import duckdb_engine, postgres_engine, spark_engine
from pacemark.web.pipeline.facts_built import Engine, build_facts, leave_logs
from pacemark.web.pipeline.facts_services import rebuild_facts, refresh_changed_days
from pacemark.web.pipeline.queries.event_logs import export_event_logs

_console = Console(stderr=True)


class EngineName(StrEnum):
    """What counts."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


@app.command()
def build(
    engine: Annotated[EngineName, typer.Option(help="What counts.")],
    source: Annotated[str, typer.Option(help="The folder of Parquet event logs; for Spark also hdfs://… or s3a://…")],
    master: Annotated[
        str,
        typer.Option(help="Where: spark://host:7077 or local[2] for Spark, postgresql://… for PostgreSQL."),
    ] = "",
) -> None:
    """Count facts from event logs that never enter this database, and put them in the place of ours."""
    with _engine(engine, source, master) as count:
        built = build_facts(actor=None, engine=engine.value, source=source, count=count)
    refresh_changed_days()
    table = Table("fact", "rows")
    for name, rows in built.rows.items():
        table.add_row(name, f"{rows:,}")
    output().print(table)
    _console.print(
        f"Counted in {built.count_seconds:.2f} s and written in {built.write_seconds:.2f} s; "
        f"the logs end on {built.last_day}, later days are counted from this database.",
        highlight=False,
    )


@app.command("leave-logs")
def leave() -> None:
    """Forget the event logs: count this database's own events again, for every day."""
    if not leave_logs(actor=None):
        raise UserMistake("the facts come from this database's own events already")
    rebuilt = rebuild_facts(actor=None)
    _console.print(f"Rebuilt {sum(rebuilt.rows.values()):,} rows from this database's own events.")


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Where to write them; made when it is not there.")]) -> None:
    """Write this database's events as Parquet event logs, in the form that `build` reads."""
    if folder.exists() and any(folder.iterdir()):
        raise UserMistake(f"{folder} is not empty")
    written = export_event_logs(folder)
    _console.print(", ".join(f"{rows:,} {kind}" for kind, rows in written.items()), highlight=False)


@contextmanager
def _engine(engine: EngineName, source: str, master: str) -> Iterator[Engine]:
    """Yield what counts; what an engine says of logs or of a server that it cannot use is the user's to mend."""
    if "://" not in source:
        _look_for_logs(Path(source))
    try:
        match engine:
            case EngineName.DUCKDB:
                yield lambda folder, definitions: duckdb_engine.build(Path(source), folder, definitions, kind="csv")
            case EngineName.POSTGRES:
                server = master or _own_server()
                yield lambda folder, definitions: postgres_engine.build(Path(source), folder, definitions, server)
            case EngineName.SPARK:
                with _spark(master or "local[*]") as spark:
                    yield lambda folder, definitions: spark_engine.build(source, folder, definitions, spark)
    except Exception as error:
        if type(error).__module__.split(".")[0] not in {"duckdb", "_duckdb", "psycopg", "pyspark"}:
            raise
        raise UserMistake(f"{engine.value} cannot count these logs: {str(error).splitlines()[0]}") from error


def _look_for_logs(folder: Path) -> None:
    for log in duckdb_engine.EVENT_COLUMNS:
        if not any((folder / log).glob("*.parquet")):
            raise UserMistake(f"{folder} holds no Parquet file in {log}/; `pacemark facts export` writes all six logs")


def _own_server() -> str:
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        raise UserMistake("--engine postgres needs --master postgresql://…, since Pacemark itself is not on PostgreSQL")
    return address


def _spark(master: str) -> AbstractContextManager[Any]:
    if find_spec("pyspark") is None:
        raise UserMistake("Spark is not installed; install the extra `spark`, and Java 17")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise UserMistake("Spark needs Java 17; install a Java runtime (default-jre-headless), or set JAVA_HOME")
    return spark_engine.session(master)
