"""The words of an API token and the digest that is kept in their place."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "pmk_"


def new_secret() -> str:
    """Return a fresh token of 256 random bits; the prefix lets secret scanners know it when it leaks."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a token. A plain hash is enough: 256 random bits cannot be guessed from it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
