"""Erasing a person, and clearing what is old."""
