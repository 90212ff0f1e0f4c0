"""Pacemark: sales operations for telesales organisations."""

__version__ = "0.1.0"
