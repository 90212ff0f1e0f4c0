"""Background jobs by name. An upper room registers under a name; a lower room enqueues the name and knows no more.

A room keeps its jobs in a module called ``jobs``, which is loaded when Django starts. A job may run twice (a worker
can be killed after the work and before the note of it), so a job must be **idempotent**; and a job is about a batch
of events, never about one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

AFTER_IMPORT = "after import"
FACTS_CHANGED = "facts changed"
DEFINITIONS_CHANGED = "definitions changed"
MEMBERSHIP_CHANGED = "membership changed"
CLOCK_RUNS_OUT = "clock runs out"
AGREEMENT_WAITING = "agreement waiting"
TIER_OFFERED = "tier offered"
RESULTS_CHANGED = "results changed"
# Names that lower rooms tell upper rooms something with. Nobody, one room or several may listen.
ANNOUNCEMENTS = frozenset(
    {
        AFTER_IMPORT,
        AGREEMENT_WAITING,
        CLOCK_RUNS_OUT,
        DEFINITIONS_CHANGED,
        FACTS_CHANGED,
        MEMBERSHIP_CHANGED,
        RESULTS_CHANGED,
        TIER_OFFERED,
    }
)

DEFAULT_ATTEMPTS = 5


class UnknownJobError(LookupError):
    """A name that no room has registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One function that runs in the background."""

    name: str
    handler: str
    function: Callable[..., object]
    max_attempts: int
    can_wait: bool
    is_express: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a periodic job is due: every so often, counted from a Monday's midnight in UTC plus an offset."""

    name: str
    every: timedelta
    offset: timedelta


_jobs: dict[str, dict[str, Job]] = {}
_timetables: dict[str, Timetable] = {}


def job(
    name: str, *, max_attempts: int = DEFAULT_ATTEMPTS, can_wait: bool = False, is_express: bool = False
) -> Callable[[F], F]:
    """Register a function under a name. Its keyword arguments are the payload and must survive JSON.

    A job that ``can_wait`` is left to a worker by commands: whatever shows its outcome works it out itself meanwhile.
    One that ``is_express`` overtakes the others, and runs beside one that has begun: somebody looks at the page.
    """

    def register(function: F) -> F:
        handler = f"{function.__module__}.{function.__qualname__}"
        others = _jobs.setdefault(name, {})
        if others and handler not in others and name not in ANNOUNCEMENTS:
            raise ValueError(f"the job {name!r} is registered already, by {next(iter(others))}")
        others[handler] = Job(
            name=name,
            handler=handler,
            function=function,
            max_attempts=max_attempts,
            can_wait=can_wait,
            is_express=is_express,
        )
        return function

    return register


def periodic(name: str, *, every: timedelta, offset: timedelta = timedelta()) -> Callable[[F], F]:
    """Register a function that takes no arguments and runs once in each slot, however many workers there are."""

    def register(function: F) -> F:
        _timetables[name] = Timetable(name=name, every=every, offset=offset)
        return job(name)(function)

    return register


def jobs_named(name: str) -> tuple[Job, ...]:
    """Return what is registered under a name; an announcement may find nobody listening."""
    found = tuple(_jobs.get(name, {}).values())
    if not found and name not in ANNOUNCEMENTS:
        raise UnknownJobError(f"no room has registered a job named {name!r}")
    return found


def names_handled_by(handlers: Collection[str]) -> list[str]:
    """Return every name that one of some functions is registered under."""
    return [name for name, found in _jobs.items() if not found.keys().isdisjoint(handlers)]


def job_handled_by(name: str, handler: str) -> Job:
    """Return one registered function."""
    try:
        return _jobs[name][handler]
    except KeyError as error:
        raise UnknownJobError(f"no room registers {handler!r} for {name!r} any more") from error


def timetables() -> tuple[Timetable, ...]:
    """Return every periodic job."""
    return tuple(_timetables.values())
