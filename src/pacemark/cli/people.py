"""`pacemark people`: accounts for those who sign in."""

from __future__ import annotations

from typing import Annotated

import typer
from django.urls import reverse
from rich.console import Console
from rich.table import Table

from pacemark.cli.start import UserMistake, output
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.accounts.sign_in_services import INVITATION_DAYS, invite

app = typer.Typer(no_args_is_help=True, help="Accounts for those who sign in.")


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="What the person types to sign in.")],
    access: Annotated[AccessRole, typer.Option(help="What the person may see and do.")] = AccessRole.REP,
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
    ] = "",
) -> None:
    """Let somebody sign in."""
    if User.objects.filter(username=username).exists():
        raise UserMistake(f"there is already an account named {username!r}; choose another name")
    create_user(actor=None, username=username, display_name=name or username, access_role=access, password=password)
    Console(stderr=True).print(f"{username} may sign in as {access.value}.")


@app.command("invite")
def invite_(username: Annotated[str, typer.Argument(help="Who is invited.")]) -> None:
    """Print a path that lets somebody in once, to choose a password or a company account."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise UserMistake(f"nobody named {username!r} may sign in; `pacemark people list` shows who may")
    made = invite(actor=None, user=user)
    Console(stderr=True).print(f"Opens once, within {INVITATION_DAYS} days; put your own address before it:")
    typer.echo(reverse("accounts:invitation", args=[made.secret]))


@app.command("list")
def list_() -> None:
    """Show who may sign in."""
    table = Table("username", "name", "access", "active")
    for user in User.objects.order_by("access_role", "username"):
        table.add_row(user.username, user.display_name, user.access_role, "yes" if user.is_active else "no")
    output().print(table)
