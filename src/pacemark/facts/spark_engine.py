"""The same facts from event logs that lie as Parquet files, counted by Apache Spark on as many machines as it has."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pacemark.facts.definitions import Definitions
from pacemark.facts.duckdb_engine import EVENT_COLUMNS
from pacemark.facts.relations import Tables, relations_in
from pacemark.facts.statements import FACTS, Fact

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# On one machine Spark need not be reached from others, nor find out its own name.
_AT_HOME = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_SETTINGS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC"}


@contextmanager
def session(master: str, **settings: str) -> Iterator[SparkSession]:
    """Work on a Spark master, such as ``spark://host:7077`` or ``local-cluster[2,1,1024]``; stops it at the end."""
    from pyspark import SparkContext  # noqa: PLC0415 - an extra, and slow to load
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to load

    builder = SparkSession.builder.master(master).appName("pacemark facts")
    for name, value in {**_SETTINGS, **(_AT_HOME if master.startswith("local") else {}), **settings}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()
        _end_java(SparkContext)


def _end_java(context: type) -> None:
    """End the Java process too, which PySpark would keep for as long as Python runs."""
    gateway = context._gateway  # type: ignore[attr-defined]
    if gateway is not None:
        process = gateway.proc
        gateway.shutdown()
        process.stdin.close()
        process.wait(timeout=60)
        context._gateway = context._jvm = None  # type: ignore[attr-defined]


def build(events: str, facts: Path, definitions: Definitions, spark: SparkSession) -> dict[str, int]:
    """Count facts from a folder of event logs into another folder, one CSV file per fact.

    Parameters
    ----------
    events : str
        As for :func:`pacemark.facts.duckdb_engine.build`, but wherever all of Spark's machines can read: a folder
        that they share, ``hdfs://…``, ``s3a://…``.
    facts : Path
        Folder on this machine to write to; files of an earlier build are replaced.
    definitions : Definitions
        Thresholds and revenue basis.
    spark : SparkSession
        Where to count; see :func:`session`.

    Returns
    -------
    dict of str to int
        Number of rows per fact.
    """
    facts.mkdir(parents=True, exist_ok=True)
    for table in EVENT_COLUMNS:
        spark.read.parquet(f"{events}/{table}").createOrReplaceTempView(table)
    return {fact.name: _write(spark, fact, definitions, facts) for fact in FACTS}


def _write(spark: SparkSession, fact: Fact, definitions: Definitions, facts: Path) -> int:
    select = fact.select(relations_in(Tables()), definitions)
    counted = spark.sql(f"SELECT {', '.join(fact.columns)} FROM ({select}) AS counted")
    n_rows = 0
    with (facts / f"{fact.name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in counted.toLocalIterator(prefetchPartitions=True):
            writer.writerow(row)
            n_rows += 1
    return n_rows
