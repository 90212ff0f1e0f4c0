"""Background work of the Process room, by noun; importing a module registers its jobs."""

from pacemark.web.process.jobs import audit, findings, quality

__all__ = ["audit", "findings", "quality"]
