"""`pacemark import`: bring records in from the terminal."""

from __future__ import annotations

import json
import locale
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from pacemark.cli.start import UserMistake
from pacemark.web.intake.errors import FileError, ProfileError
from pacemark.web.intake.models import BatchState, ImportBatch, Profile
from pacemark.web.intake.planning import ImportPlan, plan_import
from pacemark.web.intake.profiles import Profile as Mapping
from pacemark.web.intake.profiles import profile_from_text, profile_to_text
from pacemark.web.intake.services import ImportResult, StagedBatch, fail_batch, open_batch, staged_batch
from pacemark.web.jobs.worker import run_pending

_KIND_ORDER = ("leads", "calls", "opportunities", "deals", "refunds")


def import_(
    paths: Annotated[list[Path], typer.Argument(help="files or folders: CSV, XLSX, Parquet")],
    profile: Annotated[str, typer.Option(help="a profile's file, or the name of a saved one; else it is guessed")] = "",
    source: Annotated[
        str, typer.Option(help="the system the records come from; else the profile's, or the folder")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show what would go in")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the counts as JSON")] = False,
) -> None:
    """Import leads, calls, opportunities, deals and refunds; the same records twice change nothing.

    With a terminal it previews first and asks; without one it commits. People whom nobody knows are created.
    """
    with translation.override(_language()):
        plan = plan_import(paths, _profile(profile), source)
        asks = not (dry_run or yes or as_json) and _is_at_terminal()
        result = _run(plan, dry_run=dry_run, asks=asks)
        run_pending(urgent_only=True)  # facts and holdings; what rooms make of them waits for a worker
        if result is None:
            raise typer.Exit(0)
        _tell(plan, result, as_json=as_json, is_preview=dry_run)
    if not result.went_in and result.refused:
        raise typer.Exit(1)


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _language() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    name = name or (locale.getlocale()[0] or "")
    return "zh-hans" if name.lower().startswith("zh") else "en"


def _profile(name: str) -> Mapping | None:
    if not name:
        return None
    path = Path(name)
    if path.is_file():
        try:
            return profile_from_text(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            raise UserMistake(f"the profile {name} is not UTF-8 text") from error
    saved = Profile.objects.filter(name=name).first()
    if saved is None:
        raise UserMistake(f"there is no profile file and no saved profile called {name!r}")
    return profile_from_text(saved.text)


def _run(plan: ImportPlan, *, dry_run: bool, asks: bool) -> ImportResult | None:
    """Stage, then preview or commit; None when the person at the terminal says no."""
    console = Console(stderr=True)
    batch = None if dry_run else open_batch(actor=None, plan=plan)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    try:
        with bar:
            task = bar.add_task("", total=1.0)
            with staged_batch(
                plan, batch=batch, progress=lambda share, name: bar.update(task, completed=share, description=name)
            ) as staged:
                if batch is None:
                    return staged.preview()
                if asks:
                    bar.stop()
                    if not _confirmed(plan, staged):
                        _cancel(batch)
                        return None
                return staged.commit(actor=None)
    except (FileError, ProfileError, KeyboardInterrupt) as error:
        if batch is not None:
            fail_batch(actor=None, batch=batch, message=str(error) or "interrupted")
        raise


def _confirmed(plan: ImportPlan, staged: StagedBatch) -> bool:
    _tell(plan, staged.preview(), as_json=False, is_preview=True)
    return typer.confirm("Bring these in?", default=True)


def _cancel(batch: ImportBatch) -> None:
    batch.state = BatchState.CANCELLED
    batch.save(update_fields=["state"])


def _tell(plan: ImportPlan, result: ImportResult, *, as_json: bool, is_preview: bool) -> None:
    for item in plan.skipped:
        if item.is_mistake:
            sys.stderr.write(f"pacemark: {item.reason}\n")
    for note in result.notes:
        sys.stderr.write(f"{note}\n")
    if as_json:
        sys.stdout.write(json.dumps(_as_json(plan, result), ensure_ascii=False, indent=2) + "\n")
        return
    _print_table(plan, result, is_preview=is_preview)


def _as_json(plan: ImportPlan, result: ImportResult) -> dict[str, object]:
    counts: dict[str, object] = {kind: result.counts[kind] for kind in _KIND_ORDER if kind in result.counts}
    return {
        **counts,
        "errors_file": str(result.errors_path) if result.errors_path else None,
        "skipped_files": [{"file": item.name, "reason": item.reason} for item in plan.skipped],
        "people_created": list(result.people_created),
    }


def _print_table(plan: ImportPlan, result: ImportResult, *, is_preview: bool) -> None:
    console = Console()
    table = Table(title=f"{'Preview of' if is_preview else 'Imported from'} {plan.source_name}", title_justify="left")
    for name in ("kind", "accepted", "updated", "unchanged", "refused"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in _KIND_ORDER:
        if kind in result.counts:
            count = result.counts[kind]
            table.add_row(kind, *(f"{count[name]:,}" for name in ("accepted", "updated", "unchanged", "refused")))
    console.print(table)
    for row in result.first_errors[:5]:
        where = f"{row['file']}:{row['line']}"
        console.print(f"  {where}  {row['column']}: {row['reason']}  {row['value']!r}", markup=False, highlight=False)
    if result.people_created:
        verb = "People to create" if is_preview else "People created"
        console.print(f"{verb} ({len(result.people_created)}): {', '.join(result.people_created[:30])}", markup=False)
    for item in plan.skipped:
        console.print(f"Left out: {item.reason}", markup=False, highlight=False)
    if result.errors_path:
        console.print(f"Refused rows: {result.errors_path}", markup=False, highlight=False, soft_wrap=True)
    if is_preview and plan.is_guessed:
        console.print("The guessed profile (save it to a file to correct it):", markup=False)
        console.print(profile_to_text(plan.profile), markup=False, highlight=False)
