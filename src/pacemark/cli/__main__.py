"""Lets ``python -m pacemark.cli`` be the command line."""

from __future__ import annotations

from pacemark.cli import main

main()
