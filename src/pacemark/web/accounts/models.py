"""People who sign in, and the tokens that programs sign in with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from pacemark.web.accounts.choices import AccessRole, Theme, TokenScope


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a user with a hashed password; without one, nobody can sign in as them."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may see follows from the access role and the organisation."""

    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=150)
    access_role = models.CharField(max_length=12, choices=AccessRole.choices, default=AccessRole.REP)
    language = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sign_outs = models.PositiveIntegerField(default=0)  # counted up, every session made before is void

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Tie sessions to the password and to the times somebody was signed out everywhere."""
        sealed_in = f"{self.password}{self.sign_outs or ''}"
        key = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"  # sessions made before stay
        return salted_hmac(key, sealed_in, secret=secret, algorithm="sha256").hexdigest()


class ApiToken(models.Model):
    """A program's key. Only its digest is kept; the words are shown once, when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=TokenScope.choices, default=TokenScope.READ)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A link that lets one person in once, to choose a password or a company account. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class Shortlived(models.Model):
    """Django's cache table: counts of limits, shared by all web processes. Written by the cache alone."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_shortlived"

    def __str__(self) -> str:
        return self.cache_key
