"""Spark on a cluster of real processes counts what loops count, also when one of them is killed in mid-work."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import duckdb
import pytest

from pacemark.cli import facts_build
from pacemark.facts import duckdb_engine, spark_engine
from pacemark.facts.statements import FACTS
from pacemark.web.organization.models import Organization
from pacemark.web.pipeline.bridge import definitions_of
from pacemark.web.pipeline.facts_services import rebuild_facts
from pacemark.web.pipeline.models import Call, Opportunity
from pacemark.web.pipeline.queries.event_logs import export_event_logs
from tests.facts.oracle import expected_facts, stored_facts
from tests.facts.random_floor import make_floor
from tests.facts.test_build import build, fetch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.spark,
    # PySpark leaves the sockets over which it hands rows over to the garbage collector.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]
CLUSTER = "local-cluster[2,1,1024]"  # a master, two workers and their executors: processes of their own


SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.files.openCostInBytes": "1g",  # a task for each file, so that a stage has a middle
    # There is little to count: programs would be compiled for longer than they run.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture
def spark() -> Iterator[SparkSession]:
    with spark_engine.session(CLUSTER, **SETTINGS) as session:
        yield session


@pytest.mark.django_db
def test_spark_sqlite_and_duckdb_find_the_same_though_an_executor_is_killed(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_floor(6, sales_month_start_day=31, revenue_basis="cash")
    rebuild_facts(actor=None)
    expected = stored_facts(fetch)
    assert expected == expected_facts()
    export_event_logs(tmp_path / "logs")
    duckdb_engine.build(tmp_path / "logs", tmp_path / "duckdb", definitions_of(Organization.objects.get()), kind="csv")
    assert {fact.name: rows_of(tmp_path / "duckdb", fact.name) for fact in FACTS} == {
        name: sorted(tuple(str(value) for value in row) for row in rows) for name, rows in expected.items()
    }
    Opportunity.objects.update(sourced_call=None)
    Call.objects.all().delete()

    in_many_files(tmp_path / "logs" / "calls", 8)
    monkeypatch.setattr(facts_build, "_spark", lambda master: nullcontext(spark))
    victim = executors()[0]
    killer = Thread(target=kill_in_mid_stage, args=(spark, victim))
    killer.start()
    build("--engine", "spark", "--source", str(tmp_path / "logs"), "--master", CLUSTER)
    killer.join()

    assert victim not in executors(), "it was killed while a stage was half done"
    assert stored_facts(fetch) == expected


def rows_of(folder: Path, name: str) -> list[tuple[str, ...]]:
    with (folder / f"{name}.csv").open(newline="") as file:
        return sorted(tuple(row) for row in csv.reader(file))


def in_many_files(log: Path, n_files: int) -> None:
    (source,) = log.glob("*.parquet")
    with duckdb.connect() as engine:
        for part in range(n_files):
            rows = f"SELECT * FROM read_parquet('{source}') WHERE id % {n_files} = {part}"
            engine.execute(f"COPY ({rows}) TO '{log / f'part-{part}.parquet'}'")
    source.unlink()


def executors() -> list[int]:
    """Return the executors' processes, which the workers started for us: children of our Java, and of theirs."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            words = (status.parent / "cmdline").read_text()
            parent = next(line for line in status.read_text().splitlines() if line.startswith("PPid:")).split()[1]
        except OSError:
            continue
        found[int(status.parent.name)] = int(parent), words
    family = {os.getpid()}
    while more := {pid for pid, (parent, _words) in found.items() if parent in family} - family:
        family |= more
    return sorted(pid for pid in family if pid in found and "CoarseGrainedExecutorBackend" in found[pid][1])


def kill_in_mid_stage(spark: SparkSession, victim: int) -> None:
    tracker = spark.sparkContext.statusTracker()
    for _ in range(3000):
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage and 0 < stage.numCompletedTasks < stage.numTasks and stage.numTasks > 5 for stage in stages):
            os.kill(victim, signal.SIGKILL)
            return
        time.sleep(0.01)
