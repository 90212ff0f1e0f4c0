"""``pacemark work``: run background jobs until told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Annotated

import typer

from pacemark.cli.start import UserMistake
from pacemark.web.config.running import InUseError, at_work
from pacemark.web.jobs.worker import LEASE, run_pending
from pacemark.web.jobs.worker import work as run_worker


class StopSign:
    """Raised by SIGINT or SIGTERM, or when the process that started this one has gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_up = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._raise)

    def _raise(self, number: int, _frame: FrameType | None) -> None:
        if self._is_up:  # asked twice: give the job back to the queue and go
            raise SystemExit(128 + number)
        self._is_up = True

    def __call__(self) -> bool:
        """Return whether to stop before the next job."""
        return self._is_up or (self._parent != 0 and os.getppid() != self._parent)


def work(
    until_empty: Annotated[bool, typer.Option(help="Run what is due now, then end.")] = False,
    poll_seconds: Annotated[float, typer.Option(min=0.05, help="How often an idle worker looks.")] = 1.0,
    lease_seconds: Annotated[
        float, typer.Option(min=1, help="After how long a silent worker's job goes back to the queue.")
    ] = LEASE.total_seconds(),
    parent: Annotated[int, typer.Option(hidden=True, help="End when this process is no longer the parent.")] = 0,
) -> None:
    """Run background jobs. Any number of workers may run at once."""
    with sharing():
        if until_empty:
            typer.echo(f"{run_pending()} jobs run", err=True)
            return
        run_worker(should_stop=StopSign(parent), poll_seconds=poll_seconds, lease=timedelta(seconds=lease_seconds))


@contextmanager
def sharing() -> Iterator[None]:
    """Work beside others, unless somebody needs the installation alone."""
    try:
        with at_work():
            yield
    except InUseError as error:
        raise UserMistake(str(error)) from error
