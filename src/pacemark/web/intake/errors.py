"""What a person who brings data can mend, each said in one sentence."""

from __future__ import annotations


class FileError(Exception):
    """A file that cannot be brought in as a whole; the text says why and what to do."""


class ProfileError(Exception):
    """A mapping that cannot be used; the text says where and what is wrong."""
