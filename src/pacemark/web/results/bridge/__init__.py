"""Loaded rows to engine values and back; nothing is fetched here."""
