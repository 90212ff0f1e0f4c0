"""Throw-away PostgreSQL databases on the server that PACEMARK_TEST_POSTGRES names."""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from pacemark.web.config.databases import database_from_url


def _named(server: str, database: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


@contextmanager
def fresh_database(server: str, template: str = "template0") -> Iterator[tuple[str, str]]:
    """Make a database, yield its name and address, and drop it."""
    name = f"pacemark_test_{secrets.token_hex(6)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name, _named(server, name)
        finally:
            connection.execute(drop.format(sql.Identifier(name)))


@contextmanager
def django_on(url: str) -> Iterator[None]:
    """Let Django's default connection, in this thread and in new ones, be the database at an address."""
    old_connection, old_settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**old_settings, "TEST": old_settings["TEST"], **database_from_url(url, Path())}
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = old_settings
        connections["default"] = old_connection


@contextmanager
def copied_template(
    server: str, memory: Path, fill: Callable[[str], None], template: str = "template0"
) -> Iterator[str]:
    """Yield the name of a filled database: a copy of the one that another test process made, while it is there."""
    with ExitStack() as stack:
        with memory.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                name, _url = stack.enter_context(fresh_database(server, memory.read_text()))
            except (FileNotFoundError, psycopg.errors.InvalidCatalogName):
                name, url = stack.enter_context(fresh_database(server, template))
                fill(url)
                memory.write_text(name)
        yield name


def migrate(url: str) -> None:
    """Bring an empty database up to date."""
    with django_on(url):
        call_command("migrate", verbosity=0, interactive=False)
