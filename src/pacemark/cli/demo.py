"""`pacemark demo`: an organisation made up, with truths planted in it that are known."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import UserMistake, date_of
from pacemark.demo.advance import DemoChangedError, advance_demo
from pacemark.demo.layout import make_layout
from pacemark.demo.load import (
    complete_facts,
    empty_database,
    holds_an_organization,
    kept_demo,
    write_demo,
)
from pacemark.demo.load_people import SIGN_INS
from pacemark.demo.sign_ins import keep_password, kept_password, new_password
from pacemark.demo.spec import DemoSpec, SpecError, usual_months
from pacemark.demo.truths import hidden_truths
from pacemark.demo.world import Chronicle
from pacemark.web.accounts.models import User
from pacemark.web.organization.clock import local_now

TIME_ZONE = "Asia/Shanghai"
app = typer.Typer(help="Fill the database with a made-up organisation whose hidden truths are known.")
_progress = Console(stderr=True)


@app.callback(invoke_without_command=True)
def demo(  # noqa: PLR0913, PLR0917 - the command's options
    context: typer.Context,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same organisation.")] = 1,
    end: Annotated[str | None, typer.Option(help="The last day with events; today by default.")] = None,
    reps: Annotated[int, typer.Option(help="How many people sell.")] = 60,
    months: Annotated[
        int | None, typer.Option(help="Whole months of events before the last one: 9, or 4 from 500 reps on.")
    ] = None,
    monthly_history: Annotated[int, typer.Option(min=0, help="Months of totals before the events.")] = 30,
    null: Annotated[bool, typer.Option("--null", help="Nobody differs for long, and nothing is planted.")] = False,
    truths: Annotated[Path | None, typer.Option(help="Write the hidden truths to this file, as JSON.")] = None,
    password: Annotated[str | None, typer.Option(help="For all sign-ins; made up by default.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave a database alone that holds an organisation.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Delete everything in the database first.")] = False,
) -> None:
    """Make up an organisation: people, teams, leads, calls, opportunities, deals."""
    if context.invoked_subcommand is not None:
        return
    if keep and holds_an_organization():
        _show_kept(truths)
        return
    if holds_an_organization() and not force:
        raise UserMistake(
            "the database already holds an organisation; --keep leaves it as it is, --force deletes all of it first"
        )
    now = local_now(TIME_ZONE)
    try:
        spec = DemoSpec(
            seed=seed, end=date_of(end, "--end") or now.date(), reps=reps,
            months=usual_months(reps) if months is None else months, monthly_history=monthly_history, is_null=null,
        )  # fmt: skip
    except SpecError as error:
        raise UserMistake(str(error)) from error
    _make(Chronicle.of(spec, _moment(spec, now)), password, truths)


def _moment(spec: DemoSpec, now: datetime) -> datetime | None:
    """Return where life stops: now where the last day is today, else the end of that day."""
    return now if spec.last_day == now.date() else None


def _make(chronicle: Chronicle, password: str | None, truths: Path | None) -> None:
    began = time.monotonic()
    _write_truths(truths, chronicle.layout.spec)  # first, so that a wrong path costs nothing
    chosen = password or new_password()
    if holds_an_organization():
        empty_database()
    with _progress.status("making up an organisation") as status:
        counts = write_demo(chronicle, chosen, lambda part: status.update(f"writing {part}"))
    keep_password(settings.PACEMARK_HOME, chosen)
    written = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    _progress.print(f"Made up {written} in {time.monotonic() - began:.1f} s.")
    _show_sign_ins()


def _show_kept(truths: Path | None) -> None:
    complete_facts(lambda part: _progress.print(f"Writing {part}, which an earlier run did not finish."))
    _progress.print("The database already holds an organisation; it is left as it is.")
    kept = kept_demo()
    if kept is not None:
        _write_truths(truths, kept.spec)
        _show_sign_ins()


def _write_truths(path: Path | None, spec: DemoSpec) -> None:
    if path is None:
        return
    text = json.dumps(hidden_truths(make_layout(spec)), ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UserMistake(f"the truths cannot be written to {path}: {error.strerror}") from error


def _show_sign_ins() -> None:
    """Print one sign-in per role, as long as those accounts are there."""
    present = set(User.objects.filter(username__in=SIGN_INS, is_active=True).values_list("username", flat=True))
    password = kept_password(settings.PACEMARK_HOME) or "the one given when it was made"
    table = Table("access", "username", "password")
    for username, role in SIGN_INS.items():
        if username in present:
            table.add_row(role.value, username, password)
    Console().print(table)


@app.command("advance")
def advance(days: Annotated[int, typer.Option(min=1, help="How many days to live on.")] = 1) -> None:
    """Let the made-up organisation live on; its past stays what it was."""
    kept = kept_demo()
    if kept is None:
        raise UserMistake("the database holds no made-up organisation to live on; `pacemark demo` makes one")
    began = time.monotonic()
    try:
        with _progress.status("living on") as status:
            counts = advance_demo(kept, days, lambda part: status.update(f"writing {part}"))
    except DemoChangedError as error:
        raise UserMistake(str(error)) from error
    written = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    _progress.print(f"Lived on {days} days: {written} in {time.monotonic() - began:.1f} s.")
