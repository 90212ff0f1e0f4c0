"""The list of commands. Each is loaded when it is asked for, so that `calc` answers without starting Django."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import typer
from typer._click.core import Command, Context  # Typer carries its own Click and names it nowhere else
from typer.core import TyperGroup

_SETUP = "pacemark.web.config.django_setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a command lives and whether it stands on the database."""

    module: str
    attribute: str
    needs_database: bool = True


COMMANDS = {
    "demo": Entry(module="pacemark.cli.demo", attribute="app"),
    "serve": Entry(module="pacemark.cli.serve", attribute="serve"),
    "work": Entry(module="pacemark.cli.work", attribute="work"),
    "import": Entry(module="pacemark.cli.import_", attribute="import_"),
    "facts": Entry(module="pacemark.cli.facts_build", attribute="app"),
    "goals": Entry(module="pacemark.cli.goals", attribute="app"),
    "plan": Entry(module="pacemark.cli.plan", attribute="plan"),
    "allocate": Entry(module="pacemark.cli.allocate", attribute="allocate"),
    "replay": Entry(module="pacemark.cli.replay", attribute="replay"),
    "diagnose": Entry(module="pacemark.cli.diagnose", attribute="diagnose"),
    "review": Entry(module="pacemark.cli.review", attribute="review"),
    "calc": Entry(module="pacemark.cli.calc", attribute="calc", needs_database=False),
    "people": Entry(module="pacemark.cli.people", attribute="app"),
    "trail": Entry(module="pacemark.cli.trail", attribute="app"),
    "backup": Entry(module="pacemark.cli.backup", attribute="backup"),
    "restore": Entry(module="pacemark.cli.backup", attribute="restore"),
    "migrate-to": Entry(module="pacemark.cli.migrate_to", attribute="migrate_to"),
    "privacy": Entry(module="pacemark.cli.privacy", attribute="app"),
    "keys": Entry(module="pacemark.cli.keys", attribute="app"),
    "doctor": Entry(module="pacemark.cli.doctor", attribute="doctor"),
}


class LazyCommands(TyperGroup):
    """A group that imports a command's module only when that command is named."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Load one command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if entry.needs_database:
            import_module(_SETUP).start_django()
        command = getattr(import_module(entry.module), entry.attribute)
        if not isinstance(command, typer.Typer):
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(command)
            command = single
        command._add_completion = False  # Typer offers it per group; here it would belong to no command
        loaded = typer.main.get_command(command)
        loaded.name = cmd_name
        return loaded

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command to run, and have its database ready."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS and COMMANDS[name].needs_database and "--help" not in rest:
            import_module(_SETUP).ensure_database()
        return name, command, rest


app = typer.Typer(cls=LazyCommands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _pacemark() -> None:
    """Pacemark 标杆: set the goal, chase the process, get the result."""
