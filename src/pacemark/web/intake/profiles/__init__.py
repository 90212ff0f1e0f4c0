"""Profiles: which column means what, written as a text that a person edits."""

from __future__ import annotations

from pacemark.web.intake.profiles.profile import KindProfile, Profile, Rule
from pacemark.web.intake.profiles.text import profile_from_text, profile_to_text

__all__ = ["KindProfile", "Profile", "Rule", "profile_from_text", "profile_to_text"]
