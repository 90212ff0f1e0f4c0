"""Rows of the room ↔ the engine's values, by noun. Fetches nothing."""
