from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """Hash passwords in no time, where the test is about what they open."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
