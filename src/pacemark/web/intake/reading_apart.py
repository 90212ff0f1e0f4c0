"""Reading large files in a process of its own, so that rows are staged on one core while another reads the next.

The process maps and nothing else: it opens no database. It is told the plan and the settings on its standard input,
and answers with a stream of pieces. It ends when it has told everything, or when nobody listens any more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from traceback import extract_tb
from typing import Any

import django
from django.conf import settings as django_settings
from django.utils import translation
from django.utils.translation import gettext as _

from pacemark.web.intake.errors import FileError
from pacemark.web.intake.planning import ImportPlan
from pacemark.web.intake.reading import ImportSettings, Named, Piece, Reading
from pacemark.web.pipeline.staging import Cell

# Below this the process's start costs more than it saves.
MIN_BYTES = 16_000_000
_PIPE_BYTES = 1 << 20  # a chunk waits here while the one before it is staged
_BETWEEN = "\x1f"  # between the cells of a column of texts
_CHILD = "from pacemark.web.intake.reading_apart import tell; tell()"
# What reading asks the settings for. No app is loaded there: the rooms' models would take longer than small files.
_SETTINGS = ("PHONE_KEY", "LANGUAGE_CODE", "LOCALE_PATHS", "USE_I18N", "USE_TZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    plan: ImportPlan
    settings: ImportSettings
    language: str
    django_settings: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """Why reading ended early; ``is_mistake``: the file's, told in a sentence already."""

    text: str
    is_mistake: bool


class ReadingApart:
    """Like :class:`Reading`, from another process; whom and what it names is known once all pieces were taken."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._named = Named()

    def pieces(self) -> Iterator[Piece]:
        """Take the pieces as they come. Raises FileError where the other process could not go on."""
        while not isinstance(told := self._next(), Named):
            yield replace(told, columns=[_unpacked(column) for column in told.columns])
        self._named = told

    def named(self) -> Named:
        """Return whom and what the pieces name."""
        return self._named

    def _next(self) -> Piece | Named:
        stream: Any = self._process.stdout
        try:
            told = pickle.load(stream)  # noqa: S301 - from our own process
        except (EOFError, pickle.UnpicklingError):
            raise _stopped(_("its process ended with code %(code)s") % {"code": self._process.wait()}) from None
        if isinstance(told, _Fault):
            raise FileError(told.text) if told.is_mistake else _stopped(told.text)
        found: Piece | Named = told
        return found


def _stopped(why: str) -> FileError:
    return FileError(_("The files could not be read to the end (%(why)s); nothing of them went in.") % {"why": why})


@contextlib.contextmanager
def reading_of(plan: ImportPlan, settings: ImportSettings) -> Iterator[Reading | ReadingApart]:
    """Read here, or in another process where the files are large enough to repay its start."""
    size = sum({table.table.path: table.table.path.stat().st_size for table in plan.tables}.values())
    if size < MIN_BYTES or (os.cpu_count() or 1) < 2:
        yield Reading(plan, settings)
        return
    with _started() as process:
        try:
            with contextlib.suppress(BrokenPipeError):  # it ended at once: what is read of it tells
                _give(process, plan, settings)
            yield ReadingApart(process)
        finally:
            process.kill()


def _started() -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-P", "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        pipesize=_PIPE_BYTES,
        process_group=0,  # Ctrl-C is for the process that imports; it ends this one
    )


def _give(process: subprocess.Popen[bytes], plan: ImportPlan, settings: ImportSettings) -> None:
    if process.stdin is not None:
        task = _Task(
            plan=plan,
            settings=settings,
            language=translation.get_language() or django_settings.LANGUAGE_CODE,
            django_settings={name: getattr(django_settings, name) for name in _SETTINGS},
        )
        with process.stdin as stream:
            pickle.dump(task, stream)


def tell() -> None:
    """Read what standard input asks for and tell it piece by piece: what the other process does."""
    gc.disable()
    task: _Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    django_settings.configure(**task.django_settings)
    django.setup(set_prefix=False)
    with os.fdopen(os.dup(1), "wb") as stream, translation.override(task.language):
        os.dup2(2, 1)  # what a library prints must not stand between two pieces
        pickler = pickle.Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.fast = True  # looks for no cell that it wrote before: half the time
        with contextlib.suppress(BrokenPipeError):
            for told in _told(task):
                pickler.dump(told)
                stream.flush()


def _packed(column: list[Cell]) -> Any:
    """Return a column of texts as one text, which is told and taken in half the time; others as they are."""
    try:
        packed = _BETWEEN.join(column)  # type: ignore[arg-type]
    except TypeError:
        return column
    return packed if packed.count(_BETWEEN) == len(column) - 1 else column


def _unpacked(told: Any) -> Any:
    return told.split(_BETWEEN) if isinstance(told, str) else told


def _told(task: _Task) -> Iterator[Piece | Named | _Fault]:
    try:
        reading = Reading(task.plan, task.settings)
        for piece in reading.pieces():
            yield replace(piece, columns=[_packed(column) for column in piece.columns])
        yield reading.named()
    except FileError as error:
        yield _Fault(text=str(error), is_mistake=True)
    except Exception as error:
        frame = extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119
        yield _Fault(text=f"{type(error).__name__}: {error} ({place})", is_mistake=False)
