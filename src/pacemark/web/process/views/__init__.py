"""Requests, by noun."""
