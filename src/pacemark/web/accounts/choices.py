from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessRole(models.TextChoices):
    """What a person may see and do; not to be confused with a rep's sales role."""

    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    DIRECTOR = "director", _("Director")
    OPERATIONS = "operations", _("Operations")
    ADMIN = "admin", _("Administrator")


class Theme(models.TextChoices):
    AUTO = "auto", _("Follow the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class TokenScope(models.TextChoices):
    READ = "read", _("Read")
    WRITE = "write", _("Write")
    INGEST = "ingest", _("Post leads and events alone")
